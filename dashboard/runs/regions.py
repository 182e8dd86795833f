"""A region of the map of pictures: a polygon, as it stands in the address. Pure.

The browser (components/region.js) tests points by the same formula on the same numbers, so that
what is counted there is what the gallery lists.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

STEP = 1000
"""Corners are whole thousandths of the map's unit."""
MOST_CORNERS = 64
_FORM = re.compile(r"-?\d{1,7}\.-?\d{1,7}(_-?\d{1,7}\.-?\d{1,7}){2,63}")

Numbers = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class MapRegion:
    """A polygon; what it encloses an even number of times is outside.

    Attributes:
        corners: x and y in thousandths, 3 to `MOST_CORNERS` of them.
    """

    corners: tuple[tuple[int, int], ...]

    def inside(self, x: Numbers, y: Numbers) -> NDArray[np.bool_]:
        """(n,) which points lie inside; a point without a place (NaN) does not."""
        polygon = np.asarray(self.corners, dtype=np.float64) / STEP
        low, high = polygon.min(axis=0), polygon.max(axis=0)
        box = (x >= low[0]) & (x <= high[0]) & (y >= low[1]) & (y <= high[1])
        near = np.flatnonzero(box)
        near = near[np.argsort(y[near], kind="stable")]
        across, up = x[near].astype(np.float64), y[near].astype(np.float64)
        odd = np.zeros(len(near), dtype=bool)
        for (x1, y1), (x2, y2) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
            first, last = np.searchsorted(up, [min(y1, y2), max(y1, y2)])
            crossed = slice(first, last)
            if y1 != y2:
                odd[crossed] ^= across[crossed] < (x2 - x1) * (up[crossed] - y1) / (y2 - y1) + x1
        found = np.zeros(len(x), dtype=bool)
        found[near] = odd
        return found


def write_region(region: MapRegion) -> str:
    """As it stands in the address: `x.y_x.y_x.y`, in thousandths."""
    return "_".join(f"{x}.{y}" for x, y in region.corners)


def read_region(text: str) -> MapRegion | None:
    """The inverse; None for what is none."""
    if not _FORM.fullmatch(text):
        return None
    pairs = (corner.split(".") for corner in text.split("_"))
    return MapRegion(tuple((int(x), int(y)) for x, y in pairs))
