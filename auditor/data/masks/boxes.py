"""Boxes as masks of lower grade."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from auditor.domain.mask_references import MaskBox
from auditor.domain.messages import coded

SLACK = 1.0
"""Pixels by which annotation tools let a box reach over the edge; it is clipped."""


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
        raise ValueError(
            coded(
                "skip.box_numbers_of",
                "the box {box} is not four numbers: x0 y0 x1 y1",
                box=repr(text.strip()),
            )
        )
    x0, y0, x1, y1 = numbers
    if x0 >= x1 or y0 >= y1:
        raise ValueError(
            coded(
                "skip.box_order",
                "the box {box} is empty: x0 < x1 and y0 < y1 are needed",
                box=repr(text.strip()),
            )
        )
    return MaskBox(x0, y0, x1, y1)


def draw_box(box: MaskBox, size: tuple[int, int]) -> NDArray[np.bool_]:
    """(H, W) bool: pixels whose centre lies in the box, so for whole numbers x0 <= x < x1.

    Raises:
        ValueError: if the box reaches over the image's edge by more than a pixel.
    """
    height, width = size
    across, down = (width, height) if box.relative else (1, 1)
    x0, y0, x1, y1 = box.x0 * across, box.y0 * down, box.x1 * across, box.y1 * down
    if min(x0, y0) < -SLACK or x1 > width + SLACK or y1 > height + SLACK:
        raise ValueError(
            coded(
                "skip.box_misfit",
                "the box {box} does not fit the image of {size} pixels",
                box=f"{x0:g} {y0:g} {x1:g} {y1:g}",
                size=f"{width}x{height}",
            )
        )
    mask = np.zeros(size, dtype=bool)
    mask[_inside(y0, y1), _inside(x0, x1)] = True
    return mask


def _inside(low: float, high: float) -> slice:
    return slice(max(0, math.ceil(low - 0.5)), max(0, math.ceil(high - 0.5)))


_BETWEEN = str.maketrans(dict.fromkeys(",;[]()", " "))
