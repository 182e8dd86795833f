"""Where in the file the mark lies that a map points at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

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
    height, width = int(case["image_height"]), int(case["image_width"])
    across, down = resized_size((width, height), preprocess.resize)
    top, bottom = _pixels(int(row), grid[0], mask.shape[0], down, height)
    left, right = _pixels(int(column), grid[1], mask.shape[1], across, width)
    return (top, bottom, left, right) if bottom > top and right > left else None


def _pixels(cell: int, cells: int, view: int, resized: int, file: int) -> tuple[int, int]:
    """A cell's reach along one axis, from the view back over crop and resize to the file.

    Where nothing is cropped the view is as long as the resized file, and the offset 0.
    """
    cropped = round((resized - view) / 2)
    ends = (cell - REACH) / cells, (cell + 1 + REACH) / cells
    low, high = (round((end * view + cropped) * file / resized) for end in ends)
    return min(max(low, 0), file), min(max(high, 0), file)
