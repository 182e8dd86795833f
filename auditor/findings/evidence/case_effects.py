"""What the trials of one image say, per case: probabilities, effects, and where fills agree."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from auditor.domain.interventions import HOLE_FILLS, Fill, Intervention
from auditor.findings.evidence.class_evidence import Gathered
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


def case_effects(table: TrialTable, gathered: Gathered) -> pd.DataFrame:
    """One row a case with trials, indexed by case_id; NaN is undefined.

    Swaps count on donors without a cue of their own; a case that met none of those is described by
    all its donors. Of a pair whose cue belongs to one class the other class's swaps count on the
    owner's backgrounds that lack the cue.

    Args:
        table: all trials, of sampled and nominated cases.
        gathered: what is known of the classes.

    Returns:
        `EFFECTS`, plus for the verdict: `swap_agreed` (probability lost by the swaps, what the
        donors' backgrounds add taken away, under the fill that costs less), `swap_most` (under the
        one that costs more), `swap_least` (the smallest loss of any single swap),
        `suffices_agreed` (the pull of the empty image that both fills reach), `returned` (the gain
        of the label where taking the background away makes it the answer under both fills, else
        NaN) and `returned_own` (the same of backgrounds of other images of its class).
    """
    empty = table.of(Intervention.EMPTY_OWN).assign(
        pull=lambda rows: rows["p_label"] - rows["p_label_control"]
    )
    empty = empty[empty["donor_label"].isin(gathered.plain)]
    others = table.of(Intervention.BACKGROUND_OTHER)
    returned_other = _gained(others, HOLE_FILLS)
    swaps = _swaps(_countable(others, gathered), gathered)
    del others  # most of all trials: they are read once, and not held beside what is told of them
    described = _plain_first(swaps, gathered.plain)
    removed = table.of(Intervention.OBJECT_REMOVED)
    alone = table.of(Intervention.BACKGROUND_REMOVED)
    paired = described[described["loss"].notna()]
    columns = {
        "p_object_removed": _mean(removed, "p_label"),
        "p_background_removed": _mean(alone, "p_label"),
        "p_background_same": _mean(paired, "p_label_control"),
        "p_background_other": _mean(paired, "p_label").combine_first(_mean(described, "p_label")),
        "object_effect": _mean(removed, "loss"),
        "background_effect": _mean(paired, "loss"),
        "background_suffices": _mean(empty, "pull"),
        "swap_agreed": _agreed(swaps, "cost", HOLE_FILLS),
        "swap_most": _by_fill(swaps, "cost", HOLE_FILLS).max(axis=1, skipna=False),
        "swap_least": swaps.groupby("case_id")["cost"].min(),
        "suffices_agreed": _agreed(empty, "pull", HOLE_FILLS),
    }
    frame = pd.DataFrame(columns, index=pd.Index(table.case_ids(), name="case_id"), dtype="float64")
    alone_gained, flat = _gained(alone, ALONE_FILLS), table.of(Intervention.NEUTRAL)
    return frame.assign(
        returned=_returned(alone_gained, returned_other, flat), returned_own=_returned_own(table)
    )


def _countable(swaps: pd.DataFrame, gathered: Gathered) -> pd.DataFrame:
    """Beside the owner of a pair's cue only the backgrounds without that cue."""
    pair = gathered.pair
    if pair is None or pair.owner is None:
        return swaps
    return swaps[(swaps["label"] == pair.owner) | swaps["donor"].isin(pair.cueless)]


def _swaps(rows: pd.DataFrame, gathered: Gathered) -> pd.DataFrame:
    """What cases are told of swaps; `cost` is what they lose with what the donors' backgrounds add
    taken away."""
    told = rows[["case_id", "fill", "donor_label", "loss", "p_label", "p_label_control"]]
    return told.assign(cost=rows["p_original"] - _freed(rows, gathered))


def _freed(swaps: pd.DataFrame, gathered: Gathered) -> pd.Series:
    """Probability of the label with what the donor's background adds taken away, as it is where
    no table tells."""
    if gathered.tables is None or swaps.empty:
        return swaps["p_label"]
    return gathered.tables.free(swaps).reindex(swaps.index).fillna(swaps["p_label"])


def _plain_first(rows: pd.DataFrame, plain: frozenset[str]) -> pd.DataFrame:
    """Rows on donors without a cue where a case has any, else all its rows."""
    fair = rows["donor_label"].isin(plain)
    return rows[fair | ~rows["case_id"].isin(set(rows.loc[fair, "case_id"]))]


def _mean(rows: pd.DataFrame, value: str) -> pd.Series:
    return rows.groupby("case_id")[value].mean()


def _agreed(rows: pd.DataFrame, value: str, fills: Iterable[Fill]) -> pd.Series:
    """The mean that every fill reaches; NaN unless all of them were tried."""
    return _by_fill(rows, value, fills).min(axis=1, skipna=False)


def _by_fill(rows: pd.DataFrame, value: str, fills: Iterable[Fill]) -> pd.DataFrame:
    """Means by case and fill."""
    wide = rows.pivot_table(index="case_id", columns="fill", values=value, aggfunc="mean")
    return wide.reindex(columns=[fill.value for fill in fills])


def _answered(rows: pd.DataFrame) -> pd.DataFrame:
    """Of the rows what the label gains over the original, and whether it is the answer."""
    return rows[["case_id", "fill"]].assign(
        gained=rows["p_label"] - rows["p_original"],
        answered=(rows["answer"] == rows["label"]).astype("float64"),
    )


def _returned(alone: pd.Series, other: pd.Series, neutral: pd.DataFrame) -> pd.Series:
    """The best gain over the original that comes with the label as the answer.

    For each way of taking the background away, the smaller of two fills; the label has to be the
    answer of at least half the trials under each. Of flat colours the median, and half of them.

    Args:
        alone, other: what `_gained` tells of backgrounds taken away, and of other classes' ones.
        neutral: trials on flat colours.
    """
    flat = _answered(neutral)
    gained = flat.groupby("case_id")["gained"].median().where(_mean(flat, "answered") >= 0.5)
    return pd.concat([alone, other, gained], axis=1).max(axis=1)


def _returned_own(table: TrialTable) -> pd.Series:
    """The gain that backgrounds of other images of its class bring, with the label as the answer.

    A picture that lacks its class's cue, or carries another class's, is answered right there.
    """
    return _gained(table.of(Intervention.BACKGROUND_SAME), HOLE_FILLS)


def _gained(rows: pd.DataFrame, fills: Iterable[Fill]) -> pd.Series:
    """The smaller gain of the fills; NaN unless under each half the trials are answered right."""
    told = _answered(rows)
    gained, answered = (_agreed(told, value, fills) for value in ("gained", "answered"))
    return gained.where(answered >= 0.5)
