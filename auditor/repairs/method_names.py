"""The methods of a repair by name, and what they are held to."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from auditor.domain.messages import N_

ALLOWED_LOSS = 0.02
"""Accuracy that a repair may cost on the held-out pictures as they are."""


class Method(StrEnum):
    """Ways of repairing, and what they are held against."""

    NOTHING = "nothing"
    PLAIN = "plain training"
    SUPPRESSION = "direction suppressed"
    LAST_LAYER = "last layer refitted"
    PENALISED = "last layer refitted, near the old one"
    COUNTEREXAMPLES = "counterexamples"
    CONSISTENT = "counterexamples with consistency"
    RANDOM = "swaps within the class"


METHOD_LABEL: Final = {
    Method.NOTHING: N_("nothing"),
    Method.PLAIN: N_("plain training"),
    Method.SUPPRESSION: N_("direction suppressed"),
    Method.LAST_LAYER: N_("last layer refitted"),
    Method.PENALISED: N_("last layer refitted, near the old one"),
    Method.COUNTEREXAMPLES: N_("counterexamples"),
    Method.CONSISTENT: N_("counterexamples with consistency"),
    Method.RANDOM: N_("swaps within the class"),
}

REPAIRS = (
    Method.SUPPRESSION,
    Method.LAST_LAYER,
    Method.PENALISED,
    Method.COUNTEREXAMPLES,
    Method.CONSISTENT,
)
"""What may be chosen, in the order in which it is tried."""
COMPARED = (Method.PLAIN, Method.RANDOM)
"""What is trained to be compared with, and never chosen. Swaps within the class are a random repair
of the same size: as many objects on other backgrounds, none of which breaks a cue."""
