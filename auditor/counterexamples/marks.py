"""Where in the file the mark lies that the audit removed, or that a map points at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from auditor.domain.places import read_place, square_of
from auditor.domain.preprocess import Preprocess
from auditor.imagery.rle import decode_rle
from auditor.imagery.view import resized_size
from auditor.scoring.cells import cell_average

Box = tuple[int, int, int, int]
"""Top, bottom, left, right in pixels, the ends not included."""

REACH = 0.5
"""How far the box reaches beyond the peak's cell, in cells: a peak sits beside what made it."""


def mark_box(case: Mapping[Any, Any], preprocess: Preprocess) -> Box | None:
    """The patch of the upright image under the highest background value of a case's map.

    Args:
        case: a row of the cases table with `cam*`, `mask`, `image_width`, `image_height`.
        preprocess: the geometry in which the map was made.

    Returns:
        None where there is no mask, the map is zero, or no cell is free of the object.
    """
    if not case["mask"] or not case["cam_scale"]:
        return None
    grid = int(case["cam_height"]), int(case["cam_width"])
    values = np.frombuffer(case["cam"], np.uint8).reshape(grid).astype(float)
    mask = decode_rle(case["mask"])
    share = cell_average(torch.from_numpy(mask)[None], grid)[0].numpy()
    values[share > 0] = 0.0
    if values.max() <= 0:
        return None
    row, column = np.unravel_index(int(values.argmax()), grid)
    down, across = _ends(int(row), grid[0]), _ends(int(column), grid[1])
    return _in_file(case, mask.shape, down, across, preprocess)


def tried_box(case: Mapping[Any, Any], place: str, preprocess: Preprocess) -> Box | None:
    """The patch of the upright image that a trial of the audit filled.

    Args:
        case: a row of the cases table with `mask`, `image_width`, `image_height`.
        place: of the trial, as it is stored (`auditor.domain.places`).
        preprocess: the geometry in which the trial was made.

    Returns:
        None where no pixel of the file is left of it, or where the trial filled no square.

    Raises:
        ValueError: a text that names no place.
    """
    square = square_of(read_place(place))
    if square is None:
        return None
    view = decode_rle(case["mask"]).shape
    height, width = (square.side * min(view) / length for length in view)
    down, across = (square.top, square.top + height), (square.left, square.left + width)
    return _in_file(case, view, down, across, preprocess)


def _ends(cell: int, cells: int) -> tuple[float, float]:
    """A cell and what is within reach of it, as shares of the view."""
    return (cell - REACH) / cells, (cell + 1 + REACH) / cells


def _in_file(
    case: Mapping[Any, Any],
    view: tuple[int, ...],
    down: tuple[float, float],
    across: tuple[float, float],
    preprocess: Preprocess,
) -> Box | None:
    """Shares of the view as pixels of the file."""
    height, width = int(case["image_height"]), int(case["image_width"])
    resized = resized_size((width, height), preprocess.resize)
    top, bottom = _pixels(down, view[0], resized[1], height)
    left, right = _pixels(across, view[1], resized[0], width)
    return (top, bottom, left, right) if bottom > top and right > left else None


def _pixels(ends: tuple[float, float], view: int, resized: int, file: int) -> tuple[int, int]:
    """Along one axis, from the view back over crop and resize to the file.

    Where nothing is cropped the view is as long as the resized file, and the offset 0.
    """
    cropped = round((resized - view) / 2)
    low, high = (round((end * view + cropped) * file / resized) for end in ends)
    return min(max(low, 0), file), min(max(high, 0), file)
