"""Boxes as masks of lower grade."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.domain.samples import MaskBox

SLACK = 1.0
"""Pixels by which annotation tools let a box reach over the edge; it is clipped."""


@dataclass(frozen=True, slots=True)
class MaskBoxes(MaskBox):
    """Boxes of several instances, united; the coordinates are those of the box around them all."""

    parts: tuple[MaskBox, ...] = ()


def boxes_of(parts: Sequence[MaskBox]) -> MaskBox:
    """One box as it is, several as their union."""
    if len(parts) == 1:
        return parts[0]
    return MaskBoxes(
        x0=min(box.x0 for box in parts),
        y0=min(box.y0 for box in parts),
        x1=max(box.x1 for box in parts),
        y1=max(box.y1 for box in parts),
        parts=tuple(parts),
    )


def parse_box(text: str) -> MaskBox:
    """A box written as "x0 y0 x1 y1" (commas, brackets and semicolons may stand between).

    Raises:
        ValueError: with the reason in words.
    """
    try:
        numbers = [float(part) for part in text.translate(_BETWEEN).split()]
    except ValueError:
        numbers = []
    if len(numbers) != 4 or not all(map(math.isfinite, numbers)):
        raise ValueError(f"the box {text.strip()!r} is not four numbers: x0 y0 x1 y1")
    x0, y0, x1, y1 = numbers
    if x0 >= x1 or y0 >= y1:
        raise ValueError(f"the box {text.strip()!r} is empty: x0 < x1 and y0 < y1 are needed")
    return MaskBox(x0, y0, x1, y1)


def draw_box(box: MaskBox, size: tuple[int, int]) -> NDArray[np.bool_]:
    """(H, W) bool: pixels whose centre lies in the box, so for whole numbers x0 <= x < x1.

    Raises:
        ValueError: if the box reaches over the image's edge by more than a pixel.
    """
    height, width = size
    if min(box.x0, box.y0) < -SLACK or box.x1 > width + SLACK or box.y1 > height + SLACK:
        raise ValueError(
            f"the box {box.x0:g} {box.y0:g} {box.x1:g} {box.y1:g} does not fit the image of "
            f"{width}x{height} pixels"
        )
    mask = np.zeros(size, dtype=bool)
    for part in box.parts if isinstance(box, MaskBoxes) else (box,):
        mask[_inside(part.y0, part.y1), _inside(part.x0, part.x1)] = True
    return mask


def _inside(low: float, high: float) -> slice:
    return slice(max(0, math.ceil(low - 0.5)), max(0, math.ceil(high - 0.5)))


_BETWEEN = str.maketrans(dict.fromkeys(",;[]()", " "))
