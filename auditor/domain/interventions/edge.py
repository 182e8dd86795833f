"""Something done across the outline of the object."""

from __future__ import annotations

from auditor.domain.interventions.kinds import (
    HOLE_FILLS,
    UNFILLED,
    Family,
    Fill,
    Intervention,
    InterventionSpec,
    Pairing,
    Pictured,
)
from auditor.domain.messages import N_


def _edge(
    id_: Intervention,
    title: str,
    text: str,
    control: Intervention | None = None,
    *,
    on_donor: bool = False,
) -> InterventionSpec:
    pairing = Pairing.DONOR if on_donor else Pairing.CASE
    return InterventionSpec(
        id_,
        title,
        text,
        Family.EDGE,
        fills=UNFILLED if on_donor else HOLE_FILLS,
        control=control,
        pairing=pairing if control else None,
        needs_donor=on_donor,
        on_donor=on_donor,
        pictured=Pictured.FEW,
        shown_fills=UNFILLED if on_donor else (Fill.BLUR,),
    )


EDGE: tuple[InterventionSpec, ...] = (
    _edge(
        Intervention.EDGE_REMOVED,
        N_("Spot on the object's edge painted over"),
        N_(
            "The spot on the object's edge that the model needs most is painted over, inside and "
            "outside the object. Compare it with the next picture."
        ),
        Intervention.EDGE_CONTROL,
    ),
    _edge(
        Intervention.EDGE_CONTROL,
        N_("Opposite spot painted over"),
        N_(
            "The spot on the opposite side of the object is painted over: what covering a bit of"
            " the edge costs anyway."
        ),
    ),
    _edge(
        Intervention.BESIDE_REMOVED,
        N_("Only the spot's outside part painted over"),
        N_(
            "At the same spot only what lies outside the object is painted over. If the answer"
            " falls, something lies across the edge: a watermark, a sticker, a scale."
        ),
        Intervention.BESIDE_CONTROL,
    ),
    _edge(
        Intervention.BESIDE_CONTROL,
        N_("Only the opposite outside part painted over"),
        N_(
            "On the opposite side only what lies outside the object is painted over, for"
            " comparison."
        ),
    ),
    _edge(
        Intervention.BESIDE_GIVEN,
        N_("Outside part pasted onto another class's picture"),
        N_(
            "A picture of another class, onto which what lies outside this object at the spot was "
            "pasted. If the model now finds this class in it, what was pasted is a cue, since no"
            " part of this object is there. The change is against the next picture."
        ),
        Intervention.BESIDE_GIVEN_CONTROL,
        on_donor=True,
    ),
    _edge(
        Intervention.BESIDE_GIVEN_CONTROL,
        N_("Opposite part pasted onto it instead"),
        N_(
            "The same picture of another class, onto which what lies outside this object on the "
            "opposite side was pasted: the comparison for the one before."
        ),
        on_donor=True,
    ),
)
