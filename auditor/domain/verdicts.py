"""Verdicts on images and classes. docs/science.md section 4; `findings` computes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from auditor.domain.messages import N_


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


@dataclass(frozen=True, slots=True)
class VerdictSpec:
    """How a verdict is presented.

    Attributes:
        label: one word, English (a key of the message catalogues).
        meaning: what it says, a clause without full stop; likewise.
        sign: one character, so that colour is never the only signal.
        tone: key of its colour in style sheets and charts; two tables share the keys.
        flagged: whether it needs a review.
    """

    label: str
    meaning: str
    sign: str
    tone: str
    flagged: bool = False


CASE_VERDICTS: Final[Mapping[str, VerdictSpec]] = MappingProxyType(
    {
        CaseVerdict.SHORTCUT: VerdictSpec(
            N_("Shortcut"),
            N_("right answer that depends on the background instead of the object"),
            "▲",
            "confirmed",
            flagged=True,
        ),
        CaseVerdict.MISLED: VerdictSpec(
            N_("Misled"),
            N_("wrong answer; the right one returns when the background is taken away"),
            "✕",
            "misled",
            flagged=True,
        ),
        CaseVerdict.SUSPECTED: VerdictSpec(
            N_("Suspected"),
            N_("signs of a shortcut that no test of this image has settled"),
            "◆",
            "suspected",
            flagged=True,
        ),
        CaseVerdict.CONTEXT: VerdictSpec(
            N_("Context"),
            N_("the model looks at the background but does not depend on it"),
            "●",
            "context",
        ),
        CaseVerdict.UNDETERMINED: VerdictSpec(
            N_("Undetermined"), N_("cannot be determined; the reason is given"), "?", "undetermined"
        ),
        CaseVerdict.OBJECT: VerdictSpec(
            N_("Object"), N_("the model looks at the object"), "■", "clean"
        ),
    }
)
"""By verdict, in the order of their bands of severity."""

CLASS_VERDICTS: Final[Mapping[str, VerdictSpec]] = MappingProxyType(
    {
        ClassVerdict.CONFIRMED: VerdictSpec(
            N_("Confirmed"),
            N_("the class relies on a background shortcut: interventions show it"),
            "▲",
            "confirmed",
            flagged=True,
        ),
        ClassVerdict.SUSPECTED: VerdictSpec(
            N_("Suspected"),
            N_("evidence points to a shortcut, or is too weak to rule one out"),
            "◆",
            "suspected",
            flagged=True,
        ),
        ClassVerdict.UNDETERMINED: VerdictSpec(
            N_("Undetermined"), N_("cannot be determined; the reason is given"), "?", "undetermined"
        ),
        ClassVerdict.CONTEXT: VerdictSpec(
            N_("Context"),
            N_("the model looks at the background more than by chance but does not depend on it"),
            "●",
            "context",
        ),
        ClassVerdict.CLEAN: VerdictSpec(
            N_("Clean"), N_("a shortcut of at least the effect floor is ruled out"), "■", "clean"
        ),
    }
)
"""By verdict, most urgent first."""

FLAGGED_CASES: Final = tuple(str(v) for v, spec in CASE_VERDICTS.items() if spec.flagged)
FLAGGED_CLASSES: Final = tuple(str(v) for v, spec in CLASS_VERDICTS.items() if spec.flagged)

CLASS_RANK: Final[Mapping[str, int]] = MappingProxyType(
    {verdict: rank for rank, verdict in enumerate(CLASS_VERDICTS)}
)
"""Place of a class's verdict in the order of urgency, from 0."""
