"""Rates over cases with Wilson intervals in which a duplicate group has one vote."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from auditor.statistics.intervals import wilson


@dataclass(frozen=True, slots=True)
class Rate:
    """Share of cases for which something holds; None without cases.

    Attributes:
        value: share of images, 0..1.
        low, high: 95% Wilson interval with as many observations as independent groups.
        groups: independent groups.
    """

    value: float | None
    low: float | None
    high: float | None
    groups: int


def rate(cases: pd.DataFrame, holds: pd.Series) -> Rate:
    """The rate of `holds` (bool, aligned) over `cases` (with `group`)."""
    if cases.empty:
        return Rate(None, None, None, 0)
    value = float(holds.astype("float64").mean())
    groups = int(cases["group"].nunique())
    interval = wilson(value * groups, groups)
    if interval is None:
        return Rate(value, None, None, groups)
    return Rate(value, interval.low, interval.high, groups)


def swap_tested(cases: pd.DataFrame) -> pd.DataFrame:
    """The random sample of which a shortcut could be shown: tested on other backgrounds."""
    swapped = cases["p_background_other"].notna()
    return cases[cases["sampled"] & cases["has_trials"] & swapped]
