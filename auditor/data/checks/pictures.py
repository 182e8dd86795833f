"""Pictures that show nothing: of one colour, or nearly black."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from auditor.domain.errors import DataError
from auditor.domain.remarks import Remark

if TYPE_CHECKING:
    from torch import Tensor

    Pixels = Tensor | NDArray[np.uint8]

LOOKED_AT: Final = 64
"""Rows and columns that are looked at first; most pictures are done with then."""
DARK: Final = 32
"""Values below which all of a dark picture lie: 12 bits in 16 reach 16 of 255."""
DARK_DEEP: Final = 64
"""The same of a file of more than eight bits: 14 bits in 16 reach 64."""
ENOUGH: Final = 64
"""Pictures after which a reader gives up if most are constant."""


def picture_remarks(pixels: Pixels, *, deep: bool) -> Iterator[Remark]:
    """What is odd about a picture.

    Args:
        pixels: (3, H, W) uint8.
        deep: its file has more than eight bits.
    """
    step = max(1, min(pixels.shape[-2:]) // LOOKED_AT)
    few = pixels[:, ::step, ::step]
    if _is_constant(few) and _is_constant(pixels):
        yield Remark.CONSTANT
    else:
        line = DARK_DEEP if deep else DARK
        if int(few.max()) < line and int(pixels.max()) < line:
            yield Remark.DARK


def refuse_constant(constant: int, seen: int) -> None:
    """Raise `DataError` where more than half of several pictures have one colour throughout."""
    if constant > 1 and 2 * constant > seen:
        raise DataError(
            "Most images have one colour throughout.",
            code="data.one_colour",
            expected="pictures that show something",
            got=f"{constant} of {seen} images are constant",
            remedy="open one in a viewer: a failed export, an empty window (DICOM), a mask folder "
            "in place of the images",
        )


def _is_constant(pixels: Pixels) -> bool:
    return all(int(channel.min()) == int(channel.max()) for channel in pixels)
