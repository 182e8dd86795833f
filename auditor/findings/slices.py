"""Findings on metadata slices: where accuracy drops, where shortcuts gather."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from auditor.domain.schema import SLICE_PREFIX
from auditor.domain.verdicts import CaseVerdict
from auditor.findings.rates import Rate, rate, swap_tested
from auditor.findings.significance import benjamini_hochberg

NEEDED = ("group", "correct", "sampled", "has_trials", "verdict", "label", "mask_source")
MIN_GROUP = 10
"""Images below which a group's accuracy is not held up as the worst."""


def slice_rows(cases: pd.DataFrame) -> list[dict[str, Any]]:
    """One row for every value of every `slice_*` column, sorted by column and value.

    Images whose value is null belong to no slice of that column, nor to its rest. The accuracy
    gap is tested by Fisher's exact test, two-sided, a duplicate group counting once;
    Benjamini-Hochberg over all slices.

    Args:
        cases: judged cases with `group`, `correct`, `sampled`, `has_trials`, `verdict`, `label`.
    """
    rows: list[dict[str, Any]] = []
    p_values: list[tuple[int, float]] = []
    for column in sorted(name for name in cases.columns if name.startswith(SLICE_PREFIX)):
        known = cases.loc[cases[column].notna(), [name for name in NEEDED if name in cases]]
        values = cases.loc[known.index, column].astype("category")
        association = cramers_v(pd.crosstab(values, known["label"]).to_numpy())
        start = len(rows)
        for each in sorted(values.unique(), key=str):
            value, inside, rest = str(each), known[values == each], known[values != each]
            right, others = rate(inside, inside["correct"]), rate(rest, rest["correct"])
            p_value = gap_p_value(right, others)
            if p_value is not None:
                p_values.append((len(rows), p_value))
            name = column.removeprefix(SLICE_PREFIX)
            row = {"slice": name, "value": value, "association": association, "q_value": None}
            rows.append(row | _row(inside, right, others))
        _flag_worst(rows[start:])
    for (index, _), q in zip(p_values, benjamini_hochberg([p for _, p in p_values]), strict=True):
        rows[index]["q_value"] = q
    return rows


def cramers_v(table: NDArray[np.int64]) -> float | None:
    """Bias-corrected Cramér's V (Bergsma 2013, J. Korean Stat. Soc. 42:323), 0..1.

    Null where either side has one value only, or where the correction leaves nothing.

    Args:
        table: (r, k) counts; rows and columns without counts are ignored.
    """
    counts = np.asarray(table, dtype=np.float64)
    if counts.size:
        counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    total = counts.sum()
    if counts.size == 0 or min(counts.shape) < 2 or total < 2:
        return None
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / total
    phi2 = float(((counts - expected) ** 2 / expected).sum() / total)
    r, k = counts.shape
    corrected = max(0.0, phi2 - (r - 1) * (k - 1) / (total - 1))
    sides = min(r - (r - 1) ** 2 / (total - 1), k - (k - 1) ** 2 / (total - 1)) - 1
    return None if sides <= 0 else float(min(1.0, np.sqrt(corrected / sides)))


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
