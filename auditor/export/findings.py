"""The findings of a run, one row per class: what the data team reads."""

from __future__ import annotations

import pandas as pd

from auditor.domain.exports import FINDINGS, FIRST_HYPOTHESIS
from auditor.domain.verdicts import FLAGGED_CASES, ClassVerdict


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
    names = [column.name for column in FINDINGS]
    return counted.loc[counted["verdict"] != ClassVerdict.CLEAN.value, names]
