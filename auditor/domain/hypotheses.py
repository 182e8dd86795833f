"""What a class may rely on where no mask tells the object from the rest. SCIENCE section 5."""

from __future__ import annotations

from enum import StrEnum


class HypothesisStatus(StrEnum):
    """How far the evidence for a hypothesis goes."""

    CONFIRMED = "confirmed"
    """a look of the whole picture convicts, and this is it or the part that explains it"""
    SUSPECTED = "suspected"
    """it costs, it wins, and it lies where other classes' maps do not"""
    OPEN = "open"
    """it may as well be the object"""


HYPOTHESIS_STATUS_MEANING: dict[HypothesisStatus, str] = {
    HypothesisStatus.CONFIRMED: "changed pictures prove it",
    HypothesisStatus.SUSPECTED: "carries the class, at a place of its own",
    HypothesisStatus.OPEN: "may be the object itself: look at the pictures",
}

PATCH = "patch"
"""`kind` of a hypothesis about a part of the picture; the others are named as their cue."""
