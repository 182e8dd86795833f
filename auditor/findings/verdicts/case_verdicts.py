"""The verdict on one image: what its map suggests joined with what its trials show."""

from __future__ import annotations

import numpy as np
import pandas as pd

from auditor.domain.verdicts import CaseVerdict
from auditor.findings.verdicts import case_reasons
from auditor.findings.verdicts.severity import severity


def judge_cases(cases: pd.DataFrame, *, confirmed: frozenset[str], floor: float) -> pd.DataFrame:
    """Verdict, reason and severity of every case.

    Args:
        cases: scores and `case_effects` of every case, NaN where undefined; `has_trials`
            whether it was tested, `attributable` whether they were held against innocent donors.
        confirmed: classes whose reliance on the background the class verdict has proved.
        floor: effect floor.

    Returns:
        Columns `verdict`, `reason`, `severity`; same index.
    """
    verdict = pd.Series(_verdicts(cases, confirmed, floor), index=cases.index)
    return pd.DataFrame(
        {
            "verdict": verdict,
            "reason": case_reasons.reasons(verdict, cases),
            "severity": severity(verdict, cases),
        }
    )


def depends_on_background(
    cases: pd.DataFrame, confirmed: frozenset[str], floor: float
) -> pd.Series:
    """Whether an image's answer hangs on its background, beyond what noise of one image does.

    Both questions, both fills: on backgrounds that carry no other cue the label loses at least
    the floor, and the image without its object pulls to the label at least the floor more than
    other classes' empty images. Where the second question could not be put fairly, the loss alone
    counts, on flat colours if every donor met carries a cue, but only in a class that is itself
    confirmed.
    """
    loss = cases["swap_agreed"].where(cases["attributable"], cases["neutral_agreed"])
    alone = cases["suffices_agreed"].isna() & cases["label"].isin(confirmed)
    return (loss >= floor) & (alone | (cases["suffices_agreed"] >= floor))


def independent_of_background(cases: pd.DataFrame, floor: float) -> pd.Series:
    """Whether an image needs its object, and neither loses nor is carried by its background."""
    loss = cases["background_effect"].where(cases["attributable"], cases["neutral_agreed"])
    carried = cases["suffices_agreed"] >= floor
    return (loss < floor) & ~carried & (cases["object_effect"] >= floor)


def _verdicts(cases: pd.DataFrame, confirmed: frozenset[str], floor: float) -> np.ndarray:
    """The first rule that holds, in the order of docs/verdicts.md."""
    nominated = cases["nominated"] == 1.0
    depends = cases["correct"] & depends_on_background(cases, confirmed, floor)
    rules = (
        (CaseVerdict.SHORTCUT, depends & nominated),
        (CaseVerdict.MISLED, ~cases["correct"] & (cases["returned"] >= floor)),
        (CaseVerdict.SUSPECTED, depends),
        (CaseVerdict.UNDETERMINED, cases["nominated"].isna()),
        (CaseVerdict.OBJECT, ~nominated),
        (CaseVerdict.CONTEXT, cases["has_trials"] & independent_of_background(cases, floor)),
    )
    return np.select(
        [rule.to_numpy(bool) for _, rule in rules],
        [name.value for name, _ in rules],
        default=CaseVerdict.SUSPECTED.value,
    )
