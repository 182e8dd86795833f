"""From the network's view back to the upright file: the inverse of resize and centre crop."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from auditor.domain.preprocess import Preprocess
from auditor.imagery.view import resized_size

Scalar = TypeVar("Scalar", bound=np.generic)


def file_values(
    view: NDArray[Scalar],
    size: tuple[int, int],
    preprocess: Preprocess,
    *,
    longest: int | None = None,
) -> NDArray[Scalar]:
    """Values of the network's view, each pixel of the upright file taking the nearest.

    Args:
        view: (h, w).
        size: height and width of the upright file.
        preprocess: the network's geometry.
        longest: the longer side of the result, where the file's own pixels are not needed.

    Returns:
        (height, width), or smaller with the same proportions; zero where the crop cut the file.

    Raises:
        UnreadableImage: as `resized_size`.
    """
    height, width = size
    across, down = resized_size((width, height), preprocess.resize)
    scale = 1.0 if longest is None else min(1.0, longest / max(size))
    rows, inside_rows = _places(height, down, view.shape[0], scale)
    columns, inside_columns = _places(width, across, view.shape[1], scale)
    found = view[np.ix_(rows, columns)].copy()
    found[~inside_rows, :] = 0
    found[:, ~inside_columns] = 0
    return found


def _places(
    length: int, resized: int, view: int, scale: float
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Of every pixel along one side the view's, and whether it lies in the view."""
    count = max(1, round(length * scale))
    start = round((resized - view) / 2)
    found = np.floor((np.arange(count) + 0.5) * resized / count).astype(np.int64) - start
    return np.clip(found, 0, view - 1), (found >= 0) & (found < view)
