"""Do the data leak the label, and does this model use it? docs/science.md section 0."""

from __future__ import annotations

from enum import StrEnum

from auditor.domain.messages import N_
from auditor.domain.verdicts import ClassVerdict

CHANCE = 0.5
LEAK_FLOOR = 0.6
"""An AUROC whose lower bound is below this is too near chance to call the label readable."""


class LeakUse(StrEnum):
    """The four answers."""

    BOTH = "leaked and used"
    LATENT = "leaked, not used"
    USED_ONLY = "used, no leak found"
    NEITHER = "neither"


LEAK_USE_MEANING: dict[LeakUse, str] = {
    LeakUse.BOTH: N_("fix the data and retrain the model"),
    LeakUse.LATENT: N_("a latent risk: the next training run may come to use it"),
    LeakUse.USED_ONLY: N_("look at the split and at the masks"),
    LeakUse.NEITHER: N_("nothing found"),
}

_USED = {
    ClassVerdict.CONFIRMED.value: True,
    ClassVerdict.CLEAN.value: False,
    ClassVerdict.CONTEXT.value: False,
}


def leaks(low: float | None, hole: float | None, rival: float | None) -> bool | None:
    """Whether the label is readable from what is not the object; None where it was not measured.

    Args:
        low: lower bound of the leak's AUROC.
        hole: AUROC of the same probe on the hole's shape alone; it must not explain the leak.
        rival: AUROC against the class that is hardest to tell apart: what only tells a class from
            those that leak is theirs.
    """
    if low is None:
        return None
    return low > max(LEAK_FLOOR, hole or CHANCE) and (rival is None or rival > LEAK_FLOOR)


def leak_use(
    low: float | None, hole: float | None, rival: float | None, verdict: str
) -> LeakUse | None:
    """Both answers in one; None where one of them is open."""
    leaked, used = leaks(low, hole, rival), _USED.get(verdict)
    if leaked is None or used is None:
        return None
    if leaked:
        return LeakUse.BOTH if used else LeakUse.LATENT
    return LeakUse.USED_ONLY if used else LeakUse.NEITHER
