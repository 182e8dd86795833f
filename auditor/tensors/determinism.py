"""The same numbers from the same input, also on a GPU."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

WORKSPACE = "CUBLAS_WORKSPACE_CONFIG"


@contextmanager
def deterministic() -> Iterator[None]:
    """Torch's deterministic algorithms inside, its settings as they were after it.

    On a CPU kernels are deterministic for one number of threads anyway. On CUDA convolutions are
    not autotuned and cuBLAS gets a fixed workspace (it reads that when it is first used). An
    operation that has no deterministic form warns instead of failing: an audit of such a network
    is better than none.
    """
    mode = torch.get_deterministic_debug_mode()
    # A module that sets its class for the sake of a property, which type hints do not know.
    memory: Any = torch.utils.deterministic
    filled = memory.fill_uninitialized_memory
    benchmark = torch.backends.cudnn.benchmark
    workspace = os.environ.get(WORKSPACE)
    try:
        # Not use_deterministic_algorithms, which imports the compiler to tell it: more than a
        # second. Where `run.accelerate` compiles, the compiler is told there.
        torch.set_deterministic_debug_mode("warn")
        # No kernel of ours reads memory that it has not written: filling it is only slow.
        memory.fill_uninitialized_memory = False
        torch.backends.cudnn.benchmark = False
        os.environ.setdefault(WORKSPACE, ":4096:8")
        yield
    finally:
        torch.set_deterministic_debug_mode(mode)
        memory.fill_uninitialized_memory = filled
        torch.backends.cudnn.benchmark = benchmark
        if workspace is None:
            os.environ.pop(WORKSPACE, None)
