"""Object or background changed along the mask."""

from __future__ import annotations

from auditor.domain.interventions.kinds import (
    FLAT_FILLS,
    HOLE_FILLS,
    Family,
    Fill,
    Intervention,
    InterventionSpec,
    Pairing,
    Pictured,
)
from auditor.domain.messages import N_

CUT_OUT: tuple[InterventionSpec, ...] = (
    InterventionSpec(
        Intervention.ORIGINAL,
        N_("As it is"),
        N_("The picture as the model saw it."),
        Family.CUT_OUT,
        needs_mask=False,
        pictured=Pictured.ALWAYS,
    ),
    InterventionSpec(
        Intervention.OBJECT_REMOVED,
        N_("Object removed"),
        N_("The object is painted over. If the answer stays, the model does not need the object."),
        Family.CUT_OUT,
        fills=HOLE_FILLS,
        control=Intervention.CONTROL_HOLE,
        pairing=Pairing.CASE,
        pictured=Pictured.ALWAYS,
        shown_fills=HOLE_FILLS,
    ),
    InterventionSpec(
        Intervention.CONTROL_HOLE,
        N_("Equal hole elsewhere"),
        N_("A hole of the same shape, but in the background: what any hole costs."),
        Family.CUT_OUT,
        fills=HOLE_FILLS,
    ),
    InterventionSpec(
        Intervention.BACKGROUND_REMOVED,
        N_("Background removed"),
        N_("Everything but the object is painted over."),
        Family.CUT_OUT,
        fills=(Fill.GREY, Fill.MEAN),
        pictured=Pictured.ALWAYS,
        shown_fills=(Fill.GREY,),
    ),
    InterventionSpec(
        Intervention.PASTED_BACK,
        N_("Pasted back where it was"),
        N_("The object on its own emptied background: what cutting out and pasting alone costs."),
        Family.CUT_OUT,
        fills=HOLE_FILLS,
    ),
    InterventionSpec(
        Intervention.BACKGROUND_SAME,
        N_("On its own class's background"),
        N_("The object pasted on another picture of its own class: the comparison for the next."),
        Family.CUT_OUT,
        fills=HOLE_FILLS,
        needs_donor=True,
        pictured=Pictured.ALWAYS,
        shown_fills=(Fill.BLUR,),
    ),
    InterventionSpec(
        Intervention.BACKGROUND_OTHER,
        N_("On another class's background"),
        N_(
            "The object pasted on a picture of another class. If the answer falls, the model needs"
            " the usual background."
        ),
        Family.CUT_OUT,
        fills=HOLE_FILLS,
        control=Intervention.BACKGROUND_SAME,
        pairing=Pairing.SWAP,
        needs_donor=True,
        pictured=Pictured.ALWAYS,
        shown_fills=(Fill.BLUR,),
    ),
    InterventionSpec(
        Intervention.NEUTRAL,
        N_("On a plain background"),
        N_("The object on a plain background."),
        Family.CUT_OUT,
        fills=FLAT_FILLS,
        control=Intervention.BACKGROUND_SAME,
        pairing=Pairing.ALL_FILLS,
    ),
    InterventionSpec(
        Intervention.EMPTY_OWN,
        N_("Without its object"),
        N_("The background alone. If the answer stays, the background gives it away."),
        Family.CUT_OUT,
        fills=HOLE_FILLS,
        control=Intervention.EMPTY_OTHER,
        pairing=Pairing.DONOR,
        needs_donor=True,
    ),
    InterventionSpec(
        Intervention.EMPTY_OTHER,
        N_("Another class, emptied"),
        N_("The background of another class alone, for comparison."),
        Family.CUT_OUT,
        fills=HOLE_FILLS,
        needs_donor=True,
    ),
)
