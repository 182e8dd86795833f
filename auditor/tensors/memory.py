"""How many images go through a network at once: few on a CPU, what fits on a GPU.

A batch that does not fit the device is halved until it does, and the run remembers.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final, TypeVar

import torch

from auditor.domain.errors import ModelError
from auditor.domain.messages import coded

log = logging.getLogger(__name__)

Result = TypeVar("Result")

ON_A_CPU: Final = 8
"""Images at once on a CPU: features of eight stay near the caches, which decoding wants too, and
take a quarter of the memory of thirty-two."""


class MicroBatcher:
    """How many images the device takes at once, as far as this run has learned.

    Attributes:
        images: the largest batch after memory ran out; None as long as it has not.
    """

    def __init__(self) -> None:
        self.images: int | None = None

    def parts(
        self, work: Callable[[slice], Result], images: int, *, device: torch.device
    ) -> list[Result]:
        """`work` over all images in order, in parts that fit: always the same ones.

        Args:
            work: called with consecutive slices of 0..`images`.
            images: how many there are.
            device: where the work is done.

        Raises:
            ModelError: not even one image fits.
        """
        results: list[Result] = []
        most = ON_A_CPU if device.type == "cpu" else images
        start = 0
        while start < images:
            size = min(images - start, self.images or most)
            found = _attempt(work, slice(start, start + size))
            if found is None:
                self._halve(size)
                continue
            results += found
            start += size
        return results

    def words(self) -> str | None:
        """A sentence for the user; None if nothing was halved."""
        if self.images is None:
            return None
        return coded(
            "run.memory",
            "Memory ran out: the audit went on with {n} images at once. Start with"
            " run.batch_size = {n} to save the attempts.",
            n=self.images,
        )

    def _halve(self, size: int) -> None:
        if size == 1:
            raise ModelError(
                "The device has too little memory for a single image.",
                code="model.out_of_memory",
                expected="memory for one forward pass",
                got="out of memory with a batch of one",
                remedy="free the device's memory, use smaller images or --device cpu",
            )
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        log.warning("out of memory with %d images at once: going on with %d", size, size // 2)
        self.images = size // 2


def _attempt(work: Callable[[slice], Result], part: slice) -> list[Result] | None:
    """The result in a list, or None if memory ran out.

    The retry must not happen inside the except block: the exception's traceback keeps the
    frames, and with them the tensors that filled the memory.
    """
    try:
        return [work(part)]
    except torch.OutOfMemoryError:
        return None
    except RuntimeError as error:
        if "DefaultCPUAllocator" not in str(error):
            raise
        return None
