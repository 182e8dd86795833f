"""The whole picture changed, or one attribute of it given by a donor."""

from __future__ import annotations

from auditor.domain.interventions.kinds import (
    HOLE_FILLS,
    Family,
    Fill,
    Intervention,
    InterventionSpec,
    Pairing,
    Pictured,
)
from auditor.domain.messages import N_


def _appearance(id_: Intervention, title: str, text: str, pictured: Pictured) -> InterventionSpec:
    return InterventionSpec(
        id_,
        title,
        text,
        Family.APPEARANCE,
        control=Intervention.ORIGINAL,
        pairing=Pairing.CASE,
        needs_mask=False,
        pictured=pictured,
    )


def _given(
    id_: Intervention, title: str, text: str, control: Intervention | None = None
) -> InterventionSpec:
    """Of softness the own class's is not shown: it looks as the image itself."""
    return InterventionSpec(
        id_,
        title,
        text,
        Family.GIVEN,
        control=control,
        pairing=Pairing.SWAP if control else None,
        needs_mask=False,
        needs_donor=True,
        pictured=Pictured.NEVER if id_ is Intervention.BLUR_SAME else Pictured.FEW,
    )


WHOLE_PICTURE: tuple[InterventionSpec, ...] = (
    _appearance(
        Intervention.GREYSCALE,
        N_("Without colour"),
        N_("The whole picture in grey. If the answer falls, colour matters."),
        Pictured.NEVER,
    ),
    _appearance(
        Intervention.GREY_WORLD,
        N_("Without its tint"),
        N_(
            "The whole picture with its colour tint taken away: red, green and blue are brought to"
            " the same mean (Buchsbaum 1980)."
        ),
        Pictured.FEW,
    ),
    _appearance(
        Intervention.HUE_TURNED,
        N_("Colours turned"),
        N_("The whole picture with every colour turned to its opposite."),
        Pictured.NEVER,
    ),
    _appearance(
        Intervention.BLURRED, N_("Blurred"), N_("The whole picture blurred."), Pictured.FEW
    ),
    _appearance(
        Intervention.JPEG,
        N_("Strongly compressed"),
        N_("The whole picture after a strong compression."),
        Pictured.NEVER,
    ),
    _appearance(
        Intervention.BORDER_CROPPED,
        N_("Border cut off"),
        N_(
            "The picture without its outer border, enlarged. If the answer falls, something in the "
            "border matters."
        ),
        Pictured.FEW,
    ),
    _given(
        Intervention.CAST_SAME,
        N_("In its own class's tint"),
        N_("The picture in the tint of another picture of its class: the comparison for the next."),
    ),
    _given(
        Intervention.CAST_OTHER,
        N_("In another class's tint"),
        N_(
            "The picture in the tint of another class. If the answer falls, the model needs the"
            " usual tint."
        ),
        Intervention.CAST_SAME,
    ),
    _given(
        Intervention.BLUR_SAME,
        N_("As soft as its own class"),
        N_("The picture as soft as another one of its class: the comparison for the next."),
    ),
    _given(
        Intervention.BLUR_OTHER,
        N_("As soft as another class"),
        N_("The picture as soft as one of another class."),
        Intervention.BLUR_SAME,
    ),
    _given(
        Intervention.FRAME_SAME,
        N_("In its own class's border"),
        N_("The picture in the border of another one of its class: the comparison for the next."),
    ),
    _given(
        Intervention.FRAME_OTHER,
        N_("In another class's border"),
        N_(
            "The picture in the border of another class. If the answer falls, the model needs the"
            " usual border."
        ),
        Intervention.FRAME_SAME,
    ),
    InterventionSpec(
        Intervention.SALIENT_REMOVED,
        N_("Hottest patch removed"),
        N_(
            "The hottest patch of the background is painted over. If the answer falls, the model"
            " needs it."
        ),
        Family.PATCH_FILLED,
        fills=HOLE_FILLS,
        control=Intervention.SALIENT_CONTROL,
        pairing=Pairing.CASE,
        needs_mask=False,
        pictured=Pictured.FEW,
        shown_fills=(Fill.BLUR,),
    ),
    InterventionSpec(
        Intervention.SALIENT_CONTROL,
        N_("Equal patch elsewhere removed"),
        N_("A patch of the same size elsewhere is painted over, for comparison."),
        Family.PATCH_FILLED,
        fills=HOLE_FILLS,
        needs_mask=False,
        pictured=Pictured.FEW,
        shown_fills=(Fill.BLUR,),
    ),
    _given(
        Intervention.PATCH_SAME,
        N_("With a patch of its own class"),
        N_(
            "Below the object the hottest background patch of a picture of its class: the"
            " comparison for the next."
        ),
    ),
    _given(
        Intervention.PATCH_OTHER,
        N_("With a patch of another class"),
        N_(
            "Below the object the hottest background patch of another class. A patch that takes"
            " the answer with it is a cue."
        ),
        Intervention.PATCH_SAME,
    ),
)
