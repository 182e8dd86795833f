"""A class or a metadata column taken apart: by object size, by cluster, by group. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import Any

import pandas as pd

from auditor.domain.messages import N_
from auditor.domain.schema import SLICE_PREFIX
from auditor.findings.verdicts.rates import Rate, rate
from dashboard.runs.filters import Test, quoted
from dashboard.runs.queries import Cases

SIZES = (N_("Small"), N_("Medium"), N_("Large"))
MIN_GROUP = 10
"""Pictures below which a rate is shown as open, not as a colour."""
_ROWS = (
    "case_id, object_area, correct, nominated, sampled, tested, verdict, background_effect, "
    'coalesce(duplicate_group, case_id) AS "group"'
)


@dataclass(frozen=True, slots=True)
class Band:
    """The pictures of a class whose objects are about as large.

    Attributes:
        name: of `SIZES`.
        smallest, largest: object's share of the picture, 0..1.
        images: pictures with an outline of that size.
        tested: those of the class's random sample that were tested.
        right, nominated: rates over the pictures.
        shortcut: rate over the tested ones.
        lost: mean loss on other backgrounds over the tested ones; None without any.
    """

    name: str
    smallest: float
    largest: float
    images: int
    tested: int
    right: Rate
    nominated: Rate
    shortcut: Rate
    lost: float | None


def size_bands(cases: Cases, label: str) -> list[Band]:
    """Three bands with equally many pictures; none where no picture has an outline.

    A cue hits small objects harder: a rate over all sizes can hide that, or be made by it.
    """
    rows = cases.ask(_ROWS, [_of(label), ("object_area IS NOT NULL", [])]).df()
    if rows.empty:
        return []
    order = rows["object_area"].rank(method="first").sub(1).mul(len(SIZES)).floordiv(len(rows))
    return [_band(SIZES[int(place)], mine) for place, mine in rows.groupby(order.astype(int))]


def clusters(cases: Cases, label: str) -> pd.DataFrame:
    """The class's clusters of alike cases: cluster, images, shortcuts, wrong; largest first."""
    counts = (
        "cluster, count(*) AS images, count(*) FILTER (verdict = 'shortcut') AS shortcuts, "
        "count(*) FILTER (NOT correct) AS wrong"
    )
    tail = "GROUP BY cluster ORDER BY images DESC, cluster"
    return cases.ask(counts, [_of(label), ("cluster IS NOT NULL", [])], tail).df()


def class_by_group(cases: Cases, column: str) -> pd.DataFrame:
    """Counts for every label and value of a metadata column.

    Returns:
        Columns label, value, images, right, tested, shortcuts (of the tested sample).
    """
    name = quoted(SLICE_PREFIX + column)
    select = (
        f"label, CAST({name} AS VARCHAR) AS value, count(*) AS images, "
        'count(*) FILTER (correct) AS "right", '
        "count(*) FILTER (sampled AND tested) AS tested, "
        "count(*) FILTER (sampled AND tested AND verdict = 'shortcut') AS shortcuts"
    )
    tail = "GROUP BY 1, 2 ORDER BY 1, 2"
    return cases.ask(select, [(f"{name} IS NOT NULL", [])], tail).df()


@dataclass(frozen=True, slots=True)
class Worst:
    """The group of class and metadata value with the lowest share of right answers."""

    label: str
    value: str
    images: int
    right: float


def worst_group(groups: pd.DataFrame) -> Worst | None:
    """Of `class_by_group`; None where every group has fewer than `MIN_GROUP` pictures."""
    enough = groups[groups["images"] >= MIN_GROUP]
    if enough.empty:
        return None
    shares = enough["right"] / enough["images"]
    row = enough.iloc[int(shares.to_numpy().argmin())]
    return Worst(str(row["label"]), str(row["value"]), int(row["images"]), float(shares.min()))


def _of(label: str) -> Test:
    return "label = ?", [label]


def _band(name: str, rows: pd.DataFrame) -> Band:
    sample = rows[rows["sampled"] & rows["tested"]]
    scored = rows[rows["nominated"].notna()]
    return Band(
        name=name,
        smallest=float(rows["object_area"].min()),
        largest=float(rows["object_area"].max()),
        images=len(rows),
        tested=len(sample),
        right=rate(rows, rows["correct"]),
        nominated=rate(scored, scored["nominated"].astype(bool)),
        shortcut=rate(sample, sample["verdict"] == "shortcut"),
        lost=_mean(sample["background_effect"]),
    )


def _mean(values: pd.Series[Any]) -> float | None:
    """Of the known values."""
    mean = float(values.astype("float64").mean())
    return None if isnan(mean) else mean
