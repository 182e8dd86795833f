"""Findings on metadata slices: where accuracy drops, where shortcuts gather."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from auditor.domain.schema import SLICE_PREFIX
from auditor.domain.verdicts import CaseVerdict
from auditor.findings.verdicts.rates import Rate, rate, swap_tested
from auditor.statistics.association import cramers_v
from auditor.statistics.significance import benjamini_hochberg

NEEDED = ("group", "correct", "sampled", "has_trials", "verdict", "label", "p_background_other")
CLUSTER = "cluster"
"""Name of the slices that are clusters of maps."""
MIN_GROUP = 10
"""Images below which a group's accuracy is not held up as the worst."""


def slice_rows(cases: pd.DataFrame) -> list[dict[str, Any]]:
    """One row for every value of every `slice_*` column, sorted by column and value, then one for
    every cluster of maps in a class that has several.

    Images whose value is null belong to no slice of that column, nor to its rest. A cluster is
    held against the other images of its class. The accuracy gap is tested by Fisher's exact test,
    two-sided, a duplicate group counting once; Benjamini-Hochberg over all slices.

    Args:
        cases: judged cases with `NEEDED` columns, and `cluster` where clusters were looked for.
    """
    rows: list[dict[str, Any]] = []
    p_values: list[tuple[int, float]] = []
    for column in (*_metadata(cases), _clusters(cases)):
        start = len(rows)
        for each in column:
            right, others = (rate(side, side["correct"]) for side in (each.inside, each.rest))
            p_value = gap_p_value(right, others)
            if p_value is not None:
                p_values.append((len(rows), p_value))
            row = {"slice": each.name, "value": each.value, "association": each.association}
            rows.append(row | {"q_value": None} | _row(each.inside, right, others))
        _flag_worst(rows[start:])
    for (index, _), q in zip(p_values, benjamini_hochberg([p for _, p in p_values]), strict=True):
        rows[index]["q_value"] = q
    return rows


@dataclass(frozen=True)
class _Slice:
    """Images of one value and those that it is held against."""

    name: str
    value: str
    inside: pd.DataFrame
    rest: pd.DataFrame
    association: float | None


def _metadata(cases: pd.DataFrame) -> Iterator[Iterator[_Slice]]:
    """A column at a time, a value at a time: the whole dataset is in memory once beside it."""
    for column in sorted(name for name in cases.columns if name.startswith(SLICE_PREFIX)):
        given = cases[column].notna()
        known = cases.loc[given, [name for name in NEEDED if name in cases]]
        values = cases.loc[given, column].astype("category")
        association = cramers_v(_crossed(values, known["label"].astype("category")))
        yield _held_against_rest(column.removeprefix(SLICE_PREFIX), known, values, association)


def _crossed(one: pd.Series, other: pd.Series) -> NDArray[np.int64]:
    """Counts of every pair of two columns' categories; `pd.crosstab` takes 100 bytes a row."""
    shape = len(one.cat.categories), len(other.cat.categories)
    pairs = one.cat.codes.to_numpy(np.int64) * shape[1] + other.cat.codes.to_numpy(np.int64)
    return np.bincount(pairs, minlength=shape[0] * shape[1]).reshape(shape)


def _clusters(cases: pd.DataFrame) -> Iterator[_Slice]:
    """No association is asked of a cluster: it belongs to its label by construction."""
    if "cluster" not in cases:
        return
    known = cases.loc[
        cases["cluster"].notna(), [*(name for name in NEEDED if name in cases), CLUSTER]
    ]
    for _, own in known.groupby("label", observed=True):
        if own["cluster"].nunique() > 1:
            yield from _held_against_rest(CLUSTER, own, own["cluster"], None)


def _held_against_rest(
    name: str, known: pd.DataFrame, values: pd.Series, association: float | None
) -> Iterator[_Slice]:
    for each in sorted(values.unique(), key=str):
        inside = values == each
        yield _Slice(name, str(each), known[inside], known[~inside], association)


def gap_p_value(inside: Rate, rest: Rate) -> float | None:
    """Two-sided Fisher's exact test of equal accuracy; null where a side has no images."""
    if inside.value is None or rest.value is None:
        return None
    exact = stats.fisher_exact(np.array([_votes(inside), _votes(rest)]))
    return float(min(1.0, exact.pvalue))


def _votes(side: Rate) -> tuple[int, int]:
    """Right and wrong groups."""
    right = round((side.value or 0.0) * side.groups)
    return right, side.groups - right


def _row(inside: pd.DataFrame, right: Rate, others: Rate) -> dict[str, Any]:
    tested = swap_tested(inside)
    shortcuts = rate(tested, tested["verdict"] == CaseVerdict.SHORTCUT.value)
    gap = None if right.value is None or others.value is None else others.value - right.value
    return {
        "images": len(inside),
        "tested": len(tested),
        "accuracy": right.value,
        "accuracy_low": right.low,
        "accuracy_high": right.high,
        "accuracy_gap": gap,
        "shortcut_rate": shortcuts.value,
        "shortcut_rate_low": shortcuts.low,
        "shortcut_rate_high": shortcuts.high,
        "worst_group": False,
    }


def _flag_worst(rows: list[dict[str, Any]]) -> None:
    """The lowest accuracy of a column with at least two slices that have enough images."""
    enough = [row for row in rows if row["images"] >= MIN_GROUP]
    if len(enough) >= 2:
        min(enough, key=lambda row: (row["accuracy"], row["value"]))["worst_group"] = True
