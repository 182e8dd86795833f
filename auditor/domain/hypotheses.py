"""What a class may rely on where it has no masks. docs/science.md section 5."""

from __future__ import annotations

from enum import StrEnum

from auditor.domain.messages import N_


class HypothesisStatus(StrEnum):
    """How far the evidence for a hypothesis goes."""

    CONFIRMED = "confirmed"
    """a property of the whole picture is confirmed, and this is it or the part that explains it"""
    SUSPECTED = "suspected"
    """it costs, it wins, and it lies where other classes' maps do not"""
    OPEN = "open"
    """it may as well be the object"""


HYPOTHESIS_STATUS_LABEL: dict[HypothesisStatus, str] = {
    HypothesisStatus.CONFIRMED: N_("confirmed"),
    HypothesisStatus.SUSPECTED: N_("suspected"),
    HypothesisStatus.OPEN: N_("open"),
}
HYPOTHESIS_STATUS_MEANING: dict[HypothesisStatus, str] = {
    HypothesisStatus.CONFIRMED: N_("changed pictures show it"),
    HypothesisStatus.SUSPECTED: N_("carries the class, at a place of its own"),
    HypothesisStatus.OPEN: N_("may be the object itself: look at the pictures"),
}

PATCH = "patch"
"""`kind` of a hypothesis about alike salient patches."""
REGION = "region"
"""`kind` of a hypothesis about a part of the picture that lies where it lies in every picture; the
others are named as their cue."""
LOG_ODDS_FLOOR = 1.0
"""Log odds that a hypothesis has to move in both directions, surely, to be shown by them. Control
patches of the same size, filled at a mirrored place, move the mean log odds of a class by less than
.5 in 95 of 100 classes and by less than .9 in 99; patches pasted from the same class by up to 1.9
in 99, classes with a cue among them (61 classes, docs/maskless.md)."""
