"""The verdict on one image: what its map suggests joined with what its trials show."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from auditor.domain.multilabel import absent
from auditor.domain.verdicts import CaseVerdict, ClassVerdict
from auditor.findings.verdicts import case_reasons
from auditor.findings.verdicts.class_verdicts import Decision
from auditor.findings.verdicts.label_codes import OF_CASES
from auditor.findings.verdicts.severity import severity

ALONE = 0.5
"""Probability that every single swap has to cost before one image is certain by itself, whatever
is known of its class. In the field worlds (docs/benchmark.md) unaffected images of networks that
are right half the time lose .1 to .4 by noise alone."""


@dataclass(frozen=True, slots=True)
class ClassStanding:
    """What is known of the classes where single images are judged.

    Attributes:
        confirmed: classes, also of a pair, whose reliance on the background is proved.
        suspected: classes for which it is neither proved nor ruled out.
        opposite: where an image has several labels, of each answer to a label's question the other
            one; the verdict on the label stands for both.
    """

    confirmed: frozenset[str]
    suspected: frozenset[str] = frozenset()
    opposite: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, decisions: Mapping[str, Decision], *, several: bool = False) -> ClassStanding:
        """From the decisions on all classes, or on labels of which an image has several."""
        opposite = {name: absent(name) for name in decisions} if several else {}
        both = {**decisions, **{opposite[name]: decisions[name] for name in opposite}}
        by_verdict = {
            verdict: frozenset(name for name, d in both.items() if d.verdict is verdict)
            for verdict in (ClassVerdict.CONFIRMED, ClassVerdict.SUSPECTED)
        }
        confirmed, suspected = by_verdict.values()
        back = {there: name for name, there in opposite.items()}
        return cls(confirmed, suspected, {**opposite, **back})


def evaluate_cases(cases: pd.DataFrame, *, standing: ClassStanding, floor: float) -> pd.DataFrame:
    """Verdict, reason and severity of every case.

    Args:
        cases: scores and `case_effects` of every case, NaN where undefined; `has_trials`
            whether it was tested.
        standing: of the classes.
        floor: effect floor.

    Returns:
        Columns `verdict`, `reason`, `severity`, `map_shows_it` (1, 0 or NaN), `reason_code`,
        `reason_numbers`; same index.
    """
    rules = _rules(cases, standing, floor)
    holds = [rule.to_numpy(bool) for _, _, rule in rules]
    codes = pd.Series(
        np.select(holds, [code for _, code, _ in rules], default="object"), index=cases.index
    )
    verdict = pd.Series(
        np.select(holds, [v.value for v, _, _ in rules], default="object"), index=cases.index
    )
    depends = verdict == CaseVerdict.SHORTCUT.value
    if standing.opposite:
        codes = codes.replace(OF_CASES)
        cases = cases.assign(other=cases["label"].map(standing.opposite))
    told = case_reasons.reasons(codes, cases)
    return pd.DataFrame(
        {
            "verdict": verdict,
            "reason": told["reason"],
            "severity": severity(verdict, cases),
            "map_shows_it": cases["nominated"].where(depends),
            "reason_code": told["reason_code"],
            "reason_numbers": told["reason_numbers"],
        }
    )


def depends_on_background(cases: pd.DataFrame, floor: float) -> pd.Series:
    """Whether its own swaps cost an image at least the floor under both fills, what the donors'
    backgrounds add taken away."""
    return cases["swap_agreed"] >= floor


def certain_alone(cases: pd.DataFrame, floor: float) -> pd.Series:
    """Whether one image shows it without its class: every single swap costs `ALONE`, and the image
    without its object pulls to the label by the floor under both fills."""
    return (cases["swap_least"] >= ALONE) & (cases["suffices_agreed"] >= floor)


def _rules(
    cases: pd.DataFrame, standing: ClassStanding, floor: float
) -> list[tuple[CaseVerdict, str, pd.Series]]:
    """Verdict, code and where they hold, in the order of docs/science.md, 8.6: the first counts."""
    nominated = cases["nominated"] == 1.0
    confirmed = _in(cases, standing.confirmed)
    known = cases["swap_agreed"].notna()
    costs = depends_on_background(cases, floor)
    doubtful = known & ~costs & (cases["swap_most"] >= floor)
    right = cases["correct"]
    undetermined = cases["nominated"].isna()
    tested = cases["has_trials"]
    case = CaseVerdict
    return [
        (case.SHORTCUT, "shortcut", right & costs & confirmed),
        (case.SHORTCUT, "shortcut.alone", right & certain_alone(cases, floor)),
        (case.MISLED, "misled", ~right & (cases["returned"] >= floor)),
        (case.MISLED, "misled.own", ~right & _righted_at_home(cases, standing, floor)),
        (case.SUSPECTED, "suspected.fills", right & doubtful & confirmed),
        (case.SUSPECTED, "suspected.class", right & costs & _in(cases, standing.suspected)),
        *_unmapped(cases, undetermined & ~(tested & known)),
        (case.SUSPECTED, "suspected.class", right & costs & nominated),
        (case.CONTEXT, "context.wrong", tested & nominated & costs),  # a right one is suspected
        (case.OBJECT, "object.wrong", tested & costs & ~right),
        (case.CONTEXT, "context.still_wrong", tested & known & nominated & ~right),
        (case.CONTEXT, "context", tested & known & nominated),
        (case.OBJECT, "object.costs", tested & known & costs & ~confirmed),
        (case.OBJECT, "object.still_wrong", tested & known & ~right),
        (case.OBJECT, "object.tested", tested & known),
        (case.SUSPECTED, "suspected.not_swapped", tested & nominated),
        (case.SUSPECTED, "suspected.untested", nominated),
        (case.OBJECT, "object.map", tested),
    ]


def _righted_at_home(cases: pd.DataFrame, standing: ClassStanding, floor: float) -> pd.Series:
    """Whether backgrounds of its own class give the label back, where this class or the one that
    was answered is proved to have a cue: elsewhere a doubtful picture is righted by chance."""
    proved = _in(cases, standing.confirmed) | cases["predicted"].isin(list(standing.confirmed))
    return proved & (cases["returned_own"] >= floor)


def _unmapped(cases: pd.DataFrame, holds: pd.Series) -> list[tuple[CaseVerdict, str, pd.Series]]:
    """Why the map of an image says nothing, where its trials do not either."""
    reasons = {
        "undetermined.mask": cases["mask_doubt"].isin(case_reasons.SCORELESS_DOUBTS),
        "undetermined.no_mask": cases["mask_source"] == case_reasons.NO_MASK,
        "undetermined.zero_map": cases["cam_scale"] == 0.0,
        "undetermined.nothing_left": ~(cases["object_area"] > 0.0),
        "undetermined.grid": pd.Series(True, index=cases.index),
    }
    return [(CaseVerdict.UNDETERMINED, code, holds & why) for code, why in reasons.items()]


def _in(cases: pd.DataFrame, classes: Collection[str]) -> pd.Series:
    return cases["label"].isin(list(classes))
