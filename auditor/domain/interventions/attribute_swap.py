"""A part of the picture, or a property of the whole of it, exchanged with another picture."""

from __future__ import annotations

from auditor.domain.interventions.kinds import (
    Family,
    Intervention,
    InterventionSpec,
    Pairing,
    Pictured,
)
from auditor.domain.messages import N_

ATTRIBUTE_SWAP: tuple[InterventionSpec, ...] = (
    InterventionSpec(
        Intervention.EXCHANGE_SAME,
        N_("One part or property of its own class"),
        N_(
            "Only the part or property that carries the effect was taken, from another picture of"
            " the same class: the comparison for the next."
        ),
        Family.ATTRIBUTE_SWAP,
        needs_donor=True,
        pictured=Pictured.PLACED,
    ),
    InterventionSpec(
        Intervention.EXCHANGE_OTHER,
        N_("One part or property of another class"),
        N_(
            "Only the part or property that carries the effect was taken from a picture of another "
            "class; all the rest stayed. If the answer falls, this is what the model needs."
        ),
        Family.ATTRIBUTE_SWAP,
        control=Intervention.EXCHANGE_SAME,
        pairing=Pairing.DONOR,
        needs_donor=True,
        pictured=Pictured.PLACED,
    ),
    InterventionSpec(
        Intervention.EXCHANGE_GIVEN,
        N_("With one part or property of this class"),
        N_(
            "A picture of another class, given only one part or property by a picture of this"
            " class. If the model answers this class, it is what the model reads."
        ),
        Family.ATTRIBUTE_SWAP,
        control=Intervention.EXCHANGE_GIVEN_SAME,
        pairing=Pairing.DONOR,
        needs_donor=True,
    ),
    InterventionSpec(
        Intervention.EXCHANGE_GIVEN_SAME,
        N_("With the same part or property of its own class"),
        N_(
            "The same part or property, taken from another picture of its own class, for"
            " comparison."
        ),
        Family.ATTRIBUTE_SWAP,
        needs_donor=True,
    ),
)
