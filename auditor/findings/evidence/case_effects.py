"""What the trials of one image say, per case: probabilities, effects, and where fills agree."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from auditor.domain.interventions import HOLE_FILLS, Fill, Intervention
from auditor.findings.evidence.trial_table import TrialTable

ALONE_FILLS = (Fill.GREY, Fill.MEAN)

EFFECTS = [
    "p_object_removed",
    "p_background_removed",
    "p_background_same",
    "p_background_other",
    "object_effect",
    "background_effect",
    "background_suffices",
]
"""Columns of the cases table that are filled here."""


def case_effects(table: TrialTable, unaffected: frozenset[str]) -> pd.DataFrame:
    """One row a case with trials, indexed by case_id; NaN is undefined.

    Swaps and empty images count on donors that do not capture. A case that met none of those is
    described by all its donors, which convict nobody: `attributable` is then False, and
    `suffices_agreed` undefined.

    Args:
        table: all trials, of sampled and nominated cases.
        innocent: donor classes that do not capture.

    Returns:
        `EFFECTS`, plus for the verdict: `attributable` (bool), `swap_agreed`, `suffices_agreed`
        (the effect that both fills reach), `neutral_agreed` (the median over flat colours), and
        `returned` (the gain of the label where taking the background away makes it the answer
        under both fills, else NaN).
    """
    empty = table.of(Intervention.EMPTY_OWN).assign(
        pull=lambda rows: rows["p_label"] - rows["p_label_control"]
    )
    swaps, swap_known = _innocent_first(table.of(Intervention.BACKGROUND_OTHER), unaffected)
    empty, empty_known = _innocent_first(empty, unaffected)
    removed = table.of(Intervention.OBJECT_REMOVED)
    alone = table.of(Intervention.BACKGROUND_REMOVED)
    neutral = table.of(Intervention.NEUTRAL)
    paired = swaps[swaps["loss"].notna()]
    columns = {
        "p_object_removed": _mean(removed, "p_label"),
        "p_background_removed": _mean(alone, "p_label"),
        "p_background_same": _mean(paired, "p_label_control"),
        "p_background_other": _mean(paired, "p_label").combine_first(_mean(swaps, "p_label")),
        "object_effect": _mean(removed, "loss"),
        "background_effect": _mean(paired, "loss"),
        "background_suffices": _mean(empty, "pull"),
        "swap_agreed": _agreed(swaps, "loss", HOLE_FILLS),
        "suffices_agreed": _agreed(empty, "pull", HOLE_FILLS),
        "neutral_agreed": _median(neutral, "loss"),
    }
    frame = pd.DataFrame(columns, index=pd.Index(_cases(table), name="case_id"), dtype="float64")
    frame["attributable"] = frame.index.isin(swap_known)
    frame.loc[~frame.index.isin(empty_known), "suffices_agreed"] = np.nan
    frame["returned"] = _returned(table)
    return frame


def _cases(table: TrialTable) -> list[str]:
    return sorted(set(table.rows["case_id"]))


def _innocent_first(
    rows: pd.DataFrame, unaffected: frozenset[str]
) -> tuple[pd.DataFrame, frozenset[str]]:
    """Rows on innocent donors where a case has any, else all its rows; and the former cases."""
    fair = rows["donor_label"].isin(unaffected)
    cases = frozenset(rows.loc[fair, "case_id"])
    return rows[fair | ~rows["case_id"].isin(cases)], cases


def _mean(rows: pd.DataFrame, value: str) -> pd.Series:
    return rows.groupby("case_id")[value].mean()


def _agreed(rows: pd.DataFrame, value: str, fills: Iterable[Fill]) -> pd.Series:
    """The mean that every fill reaches; NaN unless all of them were tried."""
    wide = rows.pivot_table(index="case_id", columns="fill", values=value, aggfunc="mean")
    wide = wide.reindex(columns=[fill.value for fill in fills])
    return wide.min(axis=1, skipna=False)


def _median(rows: pd.DataFrame, value: str) -> pd.Series:
    return rows.groupby("case_id")[value].median()


def _answered(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with what the label gains over the original, and whether it is the answer."""
    return rows.assign(
        gained=rows["p_label"] - rows["p_original"],
        answered=(rows["answer"] == rows["label"]).astype("float64"),
    )


def _returned(table: TrialTable) -> pd.Series:
    """The best gain over the original that comes with the label as the answer.

    For each way of taking the background away, the smaller of two fills; the label has to be the
    answer of at least half the trials under each. Of flat colours the median, and half of them.
    """
    gains = []
    for intervention, fills in (
        (Intervention.BACKGROUND_REMOVED, ALONE_FILLS),
        (Intervention.BACKGROUND_OTHER, HOLE_FILLS),
    ):
        rows = _answered(table.of(intervention))
        gained, answered = (_agreed(rows, value, fills) for value in ("gained", "answered"))
        gains.append(gained.where(answered >= 0.5))
    flat = _answered(table.of(Intervention.NEUTRAL))
    gains.append(_median(flat, "gained").where(_mean(flat, "answered") >= 0.5))
    return pd.concat(gains, axis=1).max(axis=1)
