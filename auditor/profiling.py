"""What an audit cost: seconds a stage and memory at its peak, as the manifest keeps them."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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


@dataclass(frozen=True)
class DeviceUse:
    """A GPU as it is used by this process.

    Attributes:
        peak: most bytes held so far.
        percent: of the last moments in which it computed anything; None where nobody can tell
            (torch asks NVIDIA's library through the package nvidia-ml-py).
    """

    peak: int
    percent: int | None


def device_use() -> DeviceUse | None:
    """None without a GPU, and before anything has loaded torch."""
    torch = sys.modules.get("torch")
    if torch is None or not torch.cuda.is_available():
        return None
    try:
        percent: int | None = torch.cuda.utilization()
    except Exception:  # noqa: BLE001 - the package, the library or the permission is missing
        percent = None
    return DeviceUse(torch.cuda.max_memory_allocated(), percent)


def peak_memory(device: torch.device) -> dict[str, int]:
    """Most bytes this process has held so far: `host`, and `device` on a GPU."""
    peak = {"host": host_peak()}
    if device.type == "cuda":
        import torch

        peak["device"] = torch.cuda.max_memory_allocated(device)
    return peak
