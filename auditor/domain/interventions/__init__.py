"""What is changed in an image, how the gap is filled, and what it is held against.

A new intervention is a member of `Intervention`, one row of the table, and the code that composes
it. Everything else (controls, donors, reports, dashboard) enumerates the rows.
"""

from __future__ import annotations

from collections.abc import Mapping

from auditor.domain.interventions.attribute_swap import ATTRIBUTE_SWAP
from auditor.domain.interventions.cut_out import CUT_OUT
from auditor.domain.interventions.edge import EDGE
from auditor.domain.interventions.kinds import (
    FLAT_FILLS,
    HOLE_FILLS,
    UNFILLED,
    Family,
    Fill,
    Intervention,
    InterventionSpec,
    Pairing,
    Pictured,
)
from auditor.domain.interventions.whole_picture import WHOLE_PICTURE
from auditor.domain.spec_tables import one_row_each

__all__ = [
    "ANSWERED",
    "APPEARANCES",
    "EDGES",
    "FLAT_FILLS",
    "HOLE_FILLS",
    "INTERVENTIONS",
    "ON_DONOR",
    "SHOW_DONOR",
    "SPEC_OF",
    "SWAPS",
    "TRANSPLANTS",
    "UNFILLED",
    "Family",
    "Fill",
    "Intervention",
    "InterventionSpec",
    "Pairing",
    "Pictured",
    "of_family",
    "paired_by",
]

INTERVENTIONS: tuple[InterventionSpec, ...] = (*CUT_OUT, *ATTRIBUTE_SWAP, *WHOLE_PICTURE, *EDGE)
"""In the order in which a reader sees them."""

SPEC_OF: Mapping[str, InterventionSpec] = one_row_each(
    Intervention, INTERVENTIONS, lambda spec, id_: spec.id is id_
)
"""By id."""


def of_family(family: Family) -> tuple[InterventionSpec, ...]:
    """The specs that are composed in one way, in their order."""
    return tuple(spec for spec in INTERVENTIONS if spec.family is family)


def paired_by(pairing: Pairing) -> dict[Intervention, Intervention]:
    """Interventions that are held against their control in one way, with that control."""
    return {
        spec.id: spec.control
        for spec in INTERVENTIONS
        if spec.pairing is pairing and spec.control is not None
    }


APPEARANCES = tuple(spec.id for spec in of_family(Family.APPEARANCE))
"""Changes of the whole image that need neither mask nor donor."""
EDGES = {spec.id: spec.control for spec in of_family(Family.EDGE)}
"""What is done at the outline of the object, and its control on the other side of it."""
SHOW_DONOR = frozenset(spec.id for spec in INTERVENTIONS if spec.on_donor)
"""What leaves a picture of the donor, not of the case."""
ON_DONOR = {name: control for name, control in EDGES.items() if control and name in SHOW_DONOR}
"""What is done to the image of another class, and its control on the same image."""
TRANSPLANTS = {spec.id: spec.control for spec in of_family(Family.GIVEN) if spec.control}
"""What is given from an image of another class, and its control from an image of the same."""
SWAPS = paired_by(Pairing.SWAP)
"""Everything that comes from an image of another class, with the same from the case's own class."""
ANSWERED = frozenset((Intervention.ORIGINAL, Intervention.NEUTRAL, *SWAPS, *SWAPS.values()))
"""Trials whose largest probabilities are kept (`auditor.domain.answers`): class verdicts are
fitted to them in log odds."""
