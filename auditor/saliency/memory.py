"""A batch that does not fit the device is halved until it does."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

import torch

from auditor.domain.errors import ModelError

log = logging.getLogger(__name__)

Result = TypeVar("Result")


def in_fitting_parts(
    work: Callable[[slice], Result], images: int, at_most: int | None = None
) -> tuple[list[Result], int]:
    """`work` over all images in order, in parts that fit, and the size of the parts.

    Args:
        work: called with consecutive slices of 0..`images`.
        images: how many there are.
        at_most: start with parts no larger than this (what an earlier batch has taught).

    Raises:
        ModelError: not even one image fits.
    """
    size = min(images, at_most or images)
    results: list[Result] = []
    start = 0
    while start < images:
        result = _attempt(work, slice(start, start + size))
        if result is not None:
            results.append(result)
            start += size
            continue
        if size == 1:
            raise ModelError(
                "The device has too little memory for a single image.",
                expected="memory for one forward pass",
                got="out of memory with a batch of one",
                remedy="free the device's memory, use smaller images or --device cpu",
            )
        _release()
        log.warning("out of memory with %d images at once: going on with %d", size, size // 2)
        size //= 2
    return results, size


def _attempt(work: Callable[[slice], Result], part: slice) -> Result | None:
    """The result, or None if memory ran out.

    The retry must not happen inside the except block: the exception's traceback keeps the
    frames, and with them the tensors that filled the memory.
    """
    try:
        return work(part)
    except torch.OutOfMemoryError:
        return None
    except RuntimeError as error:
        if "DefaultCPUAllocator" not in str(error):
            raise
        return None


def _release() -> None:
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
