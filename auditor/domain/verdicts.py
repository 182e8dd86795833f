"""The words of a finding. SCIENCE section 4: the order of decision is in `findings`."""

from __future__ import annotations

from enum import StrEnum


class CaseVerdict(StrEnum):
    """What one image shows."""

    SHORTCUT = "shortcut"
    MISLED = "misled"
    SUSPECTED = "suspected"
    CONTEXT = "context"
    OBJECT = "object"
    UNDETERMINED = "undetermined"


class ClassVerdict(StrEnum):
    """What a class shows."""

    CONFIRMED = "confirmed"
    SUSPECTED = "suspected"
    CONTEXT = "context"
    CLEAN = "clean"
    UNDETERMINED = "undetermined"


CASE_VERDICT_MEANING: dict[CaseVerdict, str] = {
    CaseVerdict.SHORTCUT: (
        "right answer, but the background gives it away: it does not need the object"
    ),
    CaseVerdict.MISLED: "wrong answer, and the right one returns when the background is taken away",
    CaseVerdict.SUSPECTED: (
        "the model looks at the background; not tested, or the test was inconclusive"
    ),
    CaseVerdict.CONTEXT: "the model looks at the background but does not depend on it",
    CaseVerdict.OBJECT: "the model looks at the object",
    CaseVerdict.UNDETERMINED: "cannot be said; the reason is given",
}

CLASS_VERDICT_MEANING: dict[ClassVerdict, str] = {
    ClassVerdict.CONFIRMED: "the class relies on a background shortcut: interventions prove it",
    ClassVerdict.SUSPECTED: "evidence points to a shortcut, or is too weak to rule one out",
    ClassVerdict.CONTEXT: (
        "the model looks at the background more than by chance, yet does not depend on it"
    ),
    ClassVerdict.CLEAN: "a shortcut stronger than the effect floor is ruled out",
    ClassVerdict.UNDETERMINED: "cannot be said; the reason is given",
}
