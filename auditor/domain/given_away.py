"""What the data give away beside what the model uses: one finding of each, held together."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final

from auditor.domain.cues import CUES, Cue, cue_of
from auditor.domain.data_traits import TraitKind
from auditor.domain.messages import N_
from auditor.domain.verdicts import ClassVerdict


class TraitUse(StrEnum):
    """Whether the model uses a trait that the data give away."""

    USED = "used"
    NOT_USED = "not used"
    OTHER_CUE = "another cue is used"
    OPEN = "open"
    NOT_ASKED = "not asked"


TRAIT_USE_MEANING: Final[Mapping[TraitUse, str]] = {
    TraitUse.USED: N_("The model uses it."),
    TraitUse.NOT_USED: N_("The model does not use it."),
    TraitUse.OTHER_CUE: N_("The model relies on another cue; whether on this one, too, is open."),
    TraitUse.OPEN: N_("Whether the model uses it is open."),
    TraitUse.NOT_ASKED: N_("The audit of the model does not change it, so its use is unknown."),
}

SHOWS_AS: Final[Mapping[TraitKind, frozenset[Cue]]] = {
    kind: frozenset(spec.id for spec in CUES if kind in spec.traits)
    for kind in TraitKind
    if any(kind in spec.traits for spec in CUES)
}
"""As which cues of a model each family of traits shows."""
ASKED_OF_EVERY_CLASS: Final[Collection[TraitKind]] = frozenset(
    (
        TraitKind.BORDER,
        TraitKind.CORNERS,
        TraitKind.BACKGROUND,
        TraitKind.TINT,
        TraitKind.SHARPNESS,
    )
)
"""Families that every audited class is asked about with changed pictures, so that a cleared class
does not use them."""
CLEARED = frozenset((ClassVerdict.CLEAN.value, ClassVerdict.CONTEXT.value))


def trait_use(trait: str, verdict: str, cue: str | None) -> TraitUse:
    """Whether a class's model uses what the data give away of it.

    Args:
        trait: id of the family.
        verdict: on the class, by the audit of the model.
        cue: that the class relies on, None where there is none.
    """
    kind = TraitKind(trait)
    shown = SHOWS_AS.get(kind)
    if shown is None:
        return TraitUse.NOT_ASKED
    if verdict == ClassVerdict.CONFIRMED.value:
        return TraitUse.USED if cue_of(cue) in shown else TraitUse.OTHER_CUE
    if verdict in CLEARED:
        asked = kind in ASKED_OF_EVERY_CLASS
        return TraitUse.NOT_USED if asked else TraitUse.NOT_ASKED
    return TraitUse.OPEN
