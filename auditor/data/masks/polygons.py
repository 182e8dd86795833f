"""Outlines as pixels: an own scan line, whose memory is that of the mask alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from auditor.domain.mask_references import Size
from auditor.domain.messages import coded

AT_ONCE: Final = 1 << 18
"""Crossings of edges and pixel columns that are computed together."""
MOST_CROSSINGS: Final = 5_000_000
"""Of one mask: a real outline crosses each pixel column a few times."""
MOST_FILLED: Final = 1 << 28
"""Pixels of the boxes around all outlines of a mask; of a larger image `TIMES` its own."""
TIMES: Final = 16


def draw_polygons(outlines: Iterable[Sequence[float]], size: Size) -> NDArray[np.bool_]:
    """(H, W) bool: pixels whose centre lies inside any of the outlines.

    Args:
        outlines: x0, y0, x1, y1... in pixels, closed by itself; the even-odd rule says what is
            inside. What lies outside the image is cut off.

    Raises:
        ValueError: the outlines are so many, or cross themselves so often, that drawing them would
            take minutes.
    """
    mask = np.zeros(size, dtype=bool)
    crossings, filled = 0, 0
    for outline in outlines:
        if len(outline) < 6:
            continue
        edges = _edges(np.asarray(outline, dtype=np.float64).reshape(-1, 2), size)
        crossings += int(edges.spans.sum())
        filled += edges.area
        if crossings > MOST_CROSSINGS:
            raise ValueError(
                coded(
                    "skip.outline_crossings",
                    "its outlines cross the pixel columns {n:,} times",
                    n=crossings,
                )
            )
        if filled > max(MOST_FILLED, TIMES * mask.size):
            raise ValueError(
                coded("skip.outline_span", "its outlines span {n:,} pixels together", n=filled)
            )
        if edges.area:
            _fill(mask, edges)
    return mask


@dataclass(frozen=True)
class _Edges:
    """Edges of an outline, from left to right, and the part of the image that they span.

    Attributes:
        left, right: (N, 2) ends.
        first: (N,) first pixel column whose centre an edge crosses; spans: how many it crosses.
        top, bottom, low, high: rows and columns of the box around them in the image.
    """

    left: NDArray[np.float64]
    right: NDArray[np.float64]
    first: NDArray[np.int64]
    spans: NDArray[np.int64]
    top: int
    bottom: int
    low: int
    high: int

    @property
    def area(self) -> int:
        """Pixels of that box."""
        return (self.bottom - self.top) * (self.high - self.low)


def _edges(points: NDArray[np.float64], size: Size) -> _Edges:
    height, width = size
    start, end = points, np.roll(points, -1, axis=0)
    left = np.where((start[:, 0] <= end[:, 0])[:, None], start, end)
    right = np.where((start[:, 0] <= end[:, 0])[:, None], end, start)
    # Columns c with left.x <= c + .5 < right.x: every vertex belongs to one of its two edges.
    first = np.clip(np.ceil(left[:, 0] - 0.5), 0, width).astype(np.int64)
    last = np.clip(np.ceil(right[:, 0] - 0.5), 0, width).astype(np.int64)
    spans = last - first
    crossed = spans > 0
    top, bottom = _rows(points[:, 1], height)
    low = int(first[crossed].min()) if crossed.any() else 0
    high = int(last[crossed].max()) if crossed.any() else 0
    return _Edges(left, right, first, spans, top, bottom, low, high)


def _fill(mask: NDArray[np.bool_], edges: _Edges) -> None:
    """Toggle below each crossing of an edge and a column's centre, then sum up down the columns."""
    left, right, first, spans = edges.left, edges.right, edges.first, edges.spans
    top, bottom, low, high = edges.top, edges.bottom, edges.low, edges.high
    toggles = np.zeros((bottom - top + 1, high - low), dtype=np.uint8)
    for chosen in _parts(spans):
        edge = np.repeat(chosen, spans[chosen])
        before = np.cumsum(spans[chosen]) - spans[chosen]
        step = np.arange(len(edge)) - np.repeat(before, spans[chosen])
        column = first[edge] + step
        share = (column + 0.5 - left[edge, 0]) / (right[edge, 0] - left[edge, 0])
        crossing = left[edge, 1] + share * (right[edge, 1] - left[edge, 1])
        row = np.clip(np.ceil(crossing - 0.5), top, bottom).astype(np.int64) - top
        np.add.at(toggles, (row, column - low), 1)
    inside = np.cumsum(toggles, axis=0, dtype=np.uint8)[:-1] % 2 == 1
    mask[top:bottom, low:high] |= inside


def _rows(ys: NDArray[np.float64], height: int) -> tuple[int, int]:
    top = int(np.clip(np.ceil(ys.min() - 0.5), 0, height))
    return top, max(top, int(np.clip(np.ceil(ys.max() - 0.5), 0, height)))


def _parts(spans: NDArray[np.int64]) -> Iterable[NDArray[np.int64]]:
    """Edges that cross any column, a number at once whose crossings fit into memory."""
    crossing = np.flatnonzero(spans)
    number = np.cumsum(spans[crossing]) // AT_ONCE
    return np.split(crossing, np.flatnonzero(np.diff(number)) + 1)
