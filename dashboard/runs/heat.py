"""Heat maps of many cases: their mean, and which are alike. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditor.domain.bounds import MOST_CELLS
from auditor.imagery.rle import decode_rle
from dashboard.runs.filters import Test
from dashboard.runs.queries import WORST_FIRST, Cases

MOST_MAPS = 2000
MOST_MASKS = 200
SIDE = 64
_MAP = "case_id, cam, cam_height, cam_width"

Grid = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class MeanMap:
    """Where the heat of many cases lies on average.

    Attributes:
        grid: (h, w) float32, sums to 1.
        objects: (`SIDE`, `SIDE`) float32, share of the pictures with object there, 0..1; None
            without outlines.
        maps: cases that were averaged.
    """

    grid: Grid
    objects: Grid | None
    maps: int


def mean_map(cases: Cases, tests: Sequence[Test]) -> MeanMap | None:
    """Over the cases for which `tests` hold; None where all their maps are zero.

    Every map counts with the same weight, however strong it is, and at most `MOST_MAPS` of them,
    drawn by their case_id, so that the answer is always the same.
    """
    draw = f"ORDER BY hash(case_id) LIMIT {MOST_MAPS}"
    rows = cases.ask(f"{_MAP}, mask", tests, draw).df()
    grids = _shares(rows)
    if not grids.size:
        return None
    masks = [mask for mask in rows["mask"].head(MOST_MASKS) if isinstance(mask, str)]
    return MeanMap(grids.mean(axis=0), _mean_mask(masks), len(grids))


def alike(cases: Cases, case: dict[str, Any], most: int) -> list[str]:
    """Cases whose heat lies where that of `case` lies, most alike first, `case` left out.

    Of the same class, and of the same cluster where the audit found one: what relies on one cue.
    Likeness is the cosine of the maps. No case is like one whose map is zero.
    """
    tests: list[Test] = [("label = ?", [case["label"]]), ("cam_height = ?", [case["cam_height"]])]
    tests.append(("cam_width = ?", [case["cam_width"]]))
    if case["cluster"] is not None:
        tests.append(("cluster = ?", [case["cluster"]]))
    rows = cases.ask(_MAP, tests, f"{WORST_FIRST} LIMIT {MOST_MAPS}").df()
    if not _is_map(case["cam"], case["cam_height"], case["cam_width"]):
        return []
    own = _flat(case["cam"])
    rows = _whole(rows)
    maps = np.stack([_flat(cam) for cam in rows["cam"]]) if len(rows) else np.zeros((0, own.size))
    norms = np.linalg.norm(maps, axis=1) * np.linalg.norm(own)
    products = maps @ own
    likeness = np.divide(products, norms, out=np.full(len(maps), -1.0), where=norms > 0)
    order = np.argsort(-likeness, kind="stable")
    found = [rows["case_id"].iloc[place] for place in order if likeness[place] > 0]
    return [case_id for case_id in found if case_id != case["case_id"]][:most]


def levels(grid: Grid) -> bytes:
    """A grid as uint8, row by row, its highest value 255: what the browser paints."""
    top = float(grid.max()) or 1.0
    return (grid / top * 255).round().astype(np.uint8).tobytes()


def _flat(cam: bytes) -> NDArray[np.float32]:
    return np.frombuffer(bytes(cam), dtype=np.uint8).astype(np.float32)


def _whole(rows: pd.DataFrame) -> pd.DataFrame:
    """Only maps that have the size that they claim: a run folder may claim any, or none."""
    maps = zip(rows["cam"], rows["cam_height"], rows["cam_width"], strict=True)
    whole = rows[np.array([_is_map(*each) for each in maps], dtype=bool)]
    return whole.astype({"cam_height": "int64", "cam_width": "int64"})


def _is_map(cam: Any, height: Any, width: Any) -> bool:
    if not isinstance(cam, bytes | bytearray) or pd.isna(height) or pd.isna(width):
        return False
    return bool(0 < len(cam) == height * width <= MOST_CELLS)


def _shares(rows: pd.DataFrame) -> NDArray[np.float32]:
    """(n, h, w): maps of the commonest size that are not zero, each divided by its sum."""
    rows = _whole(rows)
    if rows.empty:
        return np.zeros((0, 1, 1), dtype=np.float32)
    sizes = list(zip(rows["cam_height"].tolist(), rows["cam_width"].tolist(), strict=True))
    commonest = max(sizes, key=sizes.count) if len(set(sizes)) > 1 else sizes[0]
    same = rows[[size == commonest for size in sizes]]
    maps = np.stack([_flat(cam).reshape(commonest) for cam in same["cam"]])
    sums = maps.sum(axis=(1, 2), keepdims=True)
    kept = sums[:, 0, 0] > 0
    shares: NDArray[np.float32] = maps[kept] / sums[kept]
    return shares


def _mean_mask(masks: Sequence[str]) -> Grid | None:
    found = []
    for mask in masks:
        try:
            found.append(_resampled(decode_rle(mask)))
        except ValueError:
            continue
    return np.mean(found, axis=0, dtype=np.float32) if found else None


def _resampled(mask: NDArray[np.bool_]) -> Grid:
    """The nearest pixel of each of `SIDE` x `SIDE` places."""
    rows, columns = ((np.arange(SIDE) + 0.5) / SIDE * size for size in mask.shape)
    return mask[np.ix_(rows.astype(int), columns.astype(int))].astype(np.float32)
