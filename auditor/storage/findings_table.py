"""The findings of a run, a class a row: what the data team gets to read."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from auditor.domain.schema import CLASSES, HYPOTHESES, Column
from auditor.domain.verdicts import FLAGGED_CASES, ClassVerdict

LOSSES = tuple(column.name for column in CLASSES if column.name.endswith("_loss"))
FIRST_HYPOTHESIS = {
    "hypothesis": "kind",
    "hypothesis_standing": "standing",
    "hypothesis_place": "place",
    "hypothesis_strength": "strength",
    "hypothesis_reason": "reason",
    "hypothesis_examples": "examples",
}
"""Columns of a class's first hypothesis, and their names in the run."""

FINDINGS = (
    "class",
    "verdict",
    "cue",
    "background_effect",
    "background_effect_low",
    "background_effect_high",
    "capture",
    "capture_low",
    "capture_high",
    "q_value",
    "shortcut_rate",
    "images",
    "tested",
    "reason",
    "action",
    "flagged",
    "cue_where",
    "cue_strength",
    "cue_strength_low",
    "cue_strength_high",
    "cue_examples",
    *LOSSES,
    *FIRST_HYPOTHESIS,
)


def findings_of(
    classes: pd.DataFrame, cases: pd.DataFrame, hypotheses: pd.DataFrame
) -> pd.DataFrame:
    """The classes that are not clean, with their flagged cases counted and, where there are any,
    the first of their hypotheses.

    Args:
        classes, hypotheses: tables of the run.
        cases: `label` and `verdict` of every case.
    """
    flagged = cases.loc[cases["verdict"].isin(FLAGGED_CASES), "label"].value_counts()
    counted = classes.assign(flagged=classes["class"].map(flagged).fillna(0).astype("int64"))
    first = hypotheses.drop_duplicates("class").set_index("class")
    for name, column in FIRST_HYPOTHESIS.items():
        counted[name] = counted["class"].map(first[column])
    return counted.loc[counted["verdict"] != ClassVerdict.CLEAN.value, list(FINDINGS)]


def first_hypothesis() -> tuple[Column, ...]:
    """The columns that findings have of the first hypothesis."""
    stored = {column.name: column for column in HYPOTHESES}
    return tuple(
        replace(stored[column], name=name, nullable=True)
        for name, column in FIRST_HYPOTHESIS.items()
    )
