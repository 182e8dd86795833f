"""Where classes differ at a fixed place: a map of z values per class, with its null.

Mean pictures of a class and of the rest, high-passed so that slow differences of colour and
exposure do not count, compared per pixel (Welch). A stamp, tag or frame at a fixed place stands
out; what moves about does not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from auditor.domain.messages import N_

STRONG = 4.0
"""|z| that one pixel in 16,000 reaches by chance."""
SMOOTH = 2.0
"""Standard deviation of the low pass, in pixels of the thumbnail."""
NULL_LABELINGS = 20
LEAST = 0.01
"""Share of strong cells below which no place is named: what other classes have at a place leaves
traces in all of them."""

PLACES = (
    (N_("top left"), N_("top middle"), N_("top right")),
    (N_("middle left"), N_("in the middle"), N_("middle right")),
    (N_("bottom left"), N_("bottom middle"), N_("bottom right")),
)
"""Names of the picture's ninths, by row and column."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PlaceMap:
    """Where one class differs from the rest.

    Attributes:
        z: (side, side) high-passed difference over its standard error; NaN where nothing is known.
        share: of the known pixels with |z| above `STRONG`, 0..1.
        null: largest such share under permuted labels.
        where: of the strongest, in words, or None where the share is within its null or below
            `LEAST`.
        mean: (side, side) mean luminance of its pictures, 0..1; NaN where an object always is.
    """

    z: Floats
    share: float
    null: float
    where: str | None
    mean: Floats


def place_maps(
    thumbnails: NDArray[np.float32], labels: NDArray[np.str_], *, seed: int
) -> dict[str, PlaceMap]:
    """Of every class.

    Args:
        thumbnails: (n, side, side) luminance 0..1, NaN where an object is.
        labels: (n,) class names.
        seed: of the permuted labels.
    """
    passed = np.stack([_high_pass(each) for each in thumbnails.astype(np.float64)])
    rng = np.random.default_rng([seed, 11])
    shuffled = [rng.permutation(labels) for _ in range(NULL_LABELINGS)]
    found = {}
    for name in np.unique(labels):
        z = _z(passed, labels == name)
        null = max(_share(_z(passed, other == name)) for other in shuffled)
        share = _share(z)
        told = share > max(null, LEAST)
        where = _where(z) if told else None
        found[str(name)] = PlaceMap(z, share, null, where, _moments(thumbnails[labels == name])[0])
    return found


def _high_pass(picture: Floats) -> Floats:
    """The picture less its surroundings; unknown pixels neither count nor are counted."""
    known = np.isfinite(picture)
    filled = np.where(known, picture, 0.0)
    weight = ndimage.gaussian_filter(known.astype(np.float64), SMOOTH, mode="nearest")
    around = ndimage.gaussian_filter(filled, SMOOTH, mode="nearest")
    mean = np.divide(around, weight, out=np.zeros_like(around), where=weight > 1e-6)
    return np.where(known, picture - mean, np.nan)


def _z(pictures: Floats, own: NDArray[np.bool_]) -> Floats:
    """Welch's statistic per pixel; NaN where a side has fewer than five pictures."""
    sides = [_moments(pictures[own]), _moments(pictures[~own])]
    (mean, error, count), (rest, rest_error, rest_count) = sides
    spread = np.sqrt(error + rest_error)
    enough = (count >= 5) & (rest_count >= 5) & (spread > 1e-9)
    return np.divide(mean - rest, spread, out=np.full_like(mean, np.nan), where=enough)


def _moments(pictures: Floats) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Mean, squared standard error and count of known values per pixel."""
    known = np.isfinite(pictures)
    count = known.sum(axis=0)
    safe = np.maximum(count, 1)
    total = np.where(known, pictures, 0.0).sum(axis=0, dtype=np.float64)
    mean = np.where(count > 0, total / safe, np.nan)
    squares = np.where(known, (pictures - mean) ** 2, 0.0).sum(axis=0)
    return mean, squares / np.maximum(count - 1, 1) / safe, count


def _share(z: Floats) -> float:
    known = np.isfinite(z)
    return float((np.abs(z[known]) > STRONG).mean()) if known.any() else 0.0


def _where(z: Floats) -> str:
    """The third of the picture in which most of the strong pixels lie."""
    strong = np.argwhere(np.abs(np.nan_to_num(z)) > STRONG)
    row, column = (np.median(strong, axis=0) / np.array(z.shape) * 3).astype(int)
    return PLACES[min(row, 2)][min(column, 2)]
