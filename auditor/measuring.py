"""What an audit cost: seconds a stage and memory at its peak, as the manifest keeps them."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


class Stopwatch:
    """Adds up the wall time of named stages."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def of(self, stage: str) -> Iterator[None]:
        """Time the block as `stage`; a stage may come more than once."""
        began = time.perf_counter()
        try:
            yield
        finally:
            spent = time.perf_counter() - began
            self.seconds[stage] = round(self.seconds.get(stage, 0.0) + spent, 3)


def host_peak() -> int:
    """Most bytes this process has held so far; decoding processes have their own."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def peak_memory(device: torch.device) -> dict[str, int]:
    """Most bytes this process has held so far: `host`, and `device` on a GPU."""
    peak = {"host": host_peak()}
    if device.type == "cuda":
        import torch

        peak["device"] = torch.cuda.max_memory_allocated(device)
    return peak
