"""Ids of every cue, and the rows of those that are a property of the whole picture.

A new property is two ids and a row in this file, and its computation: a file named after the id of
the property in `auditor.interventions.picture_properties`. Ids are stored in runs.
"""

from __future__ import annotations

from enum import StrEnum

from auditor.domain.cues.kinds import Counterexample, CueSpec, Extent, Step
from auditor.domain.data_traits import TraitKind
from auditor.domain.interventions import Intervention
from auditor.domain.messages import N_


class Cue(StrEnum):
    """The kinds of shortcut that interventions tell apart (column `cue`)."""

    BACKGROUND = N_("background")
    CORNER_MARK = N_("corner mark")
    BORDER_FRAME = N_("border frame")
    COLOUR_CAST = N_("colour cast")
    BLUR = N_("blur")
    CO_OCCURRING_OBJECT = N_("co-occurring object")
    EDGE_MARK = N_("edge mark")
    BORDER_BAND = N_("border band")
    LETTERBOX = N_("letterbox")
    EXPOSURE = N_("exposure")
    CONTRAST = N_("contrast")
    VIGNETTE = N_("vignette")
    NOISE = N_("noise")
    COMPRESSION = N_("compression")
    RESOLUTION = N_("resolution")
    ASPECT_RATIO = N_("aspect ratio")
    WHOLE_PICTURE = N_("whole picture")


class PropertyKind(StrEnum):
    """Properties of a whole picture that are exchanged by themselves; its content stays."""

    EXPOSURE = "exposure"
    """mean brightness"""
    CONTRAST = "contrast"
    """spread of the brightness about its mean"""
    TINT = "tint"
    VIGNETTE = "vignette"
    """brightness that falls or rises with the distance from the middle"""
    SHARPNESS = "sharpness"
    NOISE = "noise"
    COMPRESSION = "compression"
    """JPEG artefacts, of whatever compression came last and of those before it"""
    BARS = "bars"
    """padding bars along two opposite sides"""
    RESOLUTION = "resolution"
    """pixels of the file, where they are fewer than the network's input has"""
    ASPECT = "aspect"
    """width over height of the file, where the input squeezes it"""


def _exchanged(
    cue: Cue,
    kind: PropertyKind,
    *,
    meaning: str,
    advice: str,
    traits: tuple[TraitKind, ...],
    where: str = N_("the whole picture"),
    step: Step = Step.BALANCE,
    one_sided: bool = False,
) -> CueSpec:
    """The row of a property that only its exchange shows, takes away and gives."""
    return CueSpec(
        cue,
        meaning=meaning,
        extent=Extent.PICTURE,
        where=where,
        given=None,
        removed=None,
        ranks_examples=Intervention.EXCHANGE_OTHER,
        pictures=(Intervention.EXCHANGE_SAME, Intervention.EXCHANGE_OTHER),
        advice=advice,
        step=step,
        recipe=Counterexample.PROPERTY_EXCHANGED,
        spreads=Counterexample.PROPERTY_EXCHANGED,
        property=kind,
        traits=traits,
        one_sided=one_sided,
    )


OF_THE_PICTURE: tuple[CueSpec, ...] = (
    _exchanged(
        Cue.LETTERBOX,
        PropertyKind.BARS,
        meaning=N_("padding bars along two sides of the picture"),
        where=N_("along two opposite sides"),
        advice=N_(
            "Crop the padding bars off all images, or pad images of every class alike, and"
            " resize all in the same way; at least {images} of '{name}' have to lose theirs"
        ),
        step=Step.CROP,
        traits=(TraitKind.BORDER,),
    ),
    CueSpec(
        Cue.COLOUR_CAST,
        meaning=N_("the tint of the whole picture"),
        extent=Extent.PICTURE,
        where=N_("the whole picture"),
        given=Intervention.CAST_OTHER,
        removed=Intervention.GREY_WORLD,
        ranks_examples=Intervention.CAST_OTHER,
        pictures=(Intervention.GREY_WORLD, Intervention.CAST_SAME, Intervention.CAST_OTHER),
        advice=N_(
            "Find out whether '{name}' comes from one camera, scanner or stain; balance the"
            " white of all images in the same way, and train with random tints, so that at least"
            " {images} of '{name}' lose their own"
        ),
        step=Step.BALANCE,
        recipe=Counterexample.CAST_NEUTRALISED,
        spreads=Counterexample.CAST_NEUTRALISED,
        property=PropertyKind.TINT,
        traits=(TraitKind.TINT,),
    ),
    _exchanged(
        Cue.EXPOSURE,
        PropertyKind.EXPOSURE,
        meaning=N_("how bright the whole picture is"),
        advice=N_(
            "Bring all images to the same brightness before training, or train with random "
            "exposure on every class, so that at least {images} of '{name}' lose their own; find "
            "out whether '{name}' comes from one camera or light"
        ),
        traits=(TraitKind.BRIGHTNESS,),
    ),
    _exchanged(
        Cue.CONTRAST,
        PropertyKind.CONTRAST,
        meaning=N_("how strong the contrast of the whole picture is"),
        advice=N_(
            "Bring all images to the same contrast before training, or train with random"
            " contrast on every class, so that at least {images} of '{name}' lose their own;"
            " find out whether '{name}' comes from one camera or scanner"
        ),
        traits=(TraitKind.CONTRAST,),
    ),
    _exchanged(
        Cue.VIGNETTE,
        PropertyKind.VIGNETTE,
        meaning=N_("corners that are darker or brighter than the middle"),
        where=N_("towards the corners"),
        advice=N_(
            "Correct the fall-off of light towards the corners in all images, or train with "
            "random vignettes on every class, so that at least {images} of '{name}' lose their "
            "own; find out whether '{name}' comes from one lens or scope"
        ),
        traits=(TraitKind.BRIGHTNESS,),
    ),
    CueSpec(
        Cue.BLUR,
        meaning=N_("the softness of the whole picture"),
        extent=Extent.PICTURE,
        where=N_("the whole picture"),
        given=Intervention.BLUR_OTHER,
        removed=None,
        ranks_examples=Intervention.BLUR_OTHER,
        pictures=(Intervention.BLURRED, Intervention.BLUR_OTHER),
        advice=N_(
            "Find out whether '{name}' comes from one device, zoom or file size; bring all"
            " images to the same sharpness, train with random blur on every class, and collect at"
            " least {images} of '{name}' that are as sharp as the others"
        ),
        step=Step.BALANCE,
        recipe=Counterexample.BLURRED,
        spreads=Counterexample.BLURRED,
        property=PropertyKind.SHARPNESS,
        one_sided=True,
        traits=(TraitKind.SHARPNESS,),
    ),
    _exchanged(
        Cue.NOISE,
        PropertyKind.NOISE,
        meaning=N_("the noise of the whole picture"),
        advice=N_(
            "Add noise of random strength to images of every class in training, or denoise all "
            "alike, and collect at least {images} of '{name}' that are as noisy as the others; "
            "find out whether '{name}' comes from one sensor"
        ),
        one_sided=True,
        traits=(TraitKind.SHARPNESS,),
    ),
    _exchanged(
        Cue.COMPRESSION,
        PropertyKind.COMPRESSION,
        meaning=N_("the JPEG compression of the whole picture"),
        advice=N_(
            "Re-encode all images alike (the same format and quality, as strong as the "
            "strongest), or train with random JPEG compression on every class, and get at least "
            "{images} of '{name}' saved as those of the others"
        ),
        one_sided=True,
        traits=(
            TraitKind.COMPRESSION,
            TraitKind.BLOCKS,
        ),
    ),
    _exchanged(
        Cue.RESOLUTION,
        PropertyKind.RESOLUTION,
        meaning=N_("the resolution of the picture's file"),
        advice=N_(
            "Bring all images to the same number of pixels, the smallest that occurs, before "
            "training, or train with random downscaling on every class, and get at least {images} "
            "of '{name}' in files as large as those of the others"
        ),
        one_sided=True,
        traits=(TraitKind.SIZE,),
    ),
    _exchanged(
        Cue.ASPECT_RATIO,
        PropertyKind.ASPECT,
        meaning=N_("how far the input squeezes the picture's file: its width over its height"),
        advice=N_(
            "Crop all images to one shape before training (resize the shorter side, then crop), or "
            "train with random aspect ratios on every class, so that at least {images} of '{name}' "
            "lose their own"
        ),
        step=Step.CROP,
        traits=(TraitKind.ASPECT,),
    ),
)
