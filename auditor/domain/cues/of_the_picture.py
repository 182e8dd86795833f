"""Cues that are a property of the whole picture."""

from __future__ import annotations

from auditor.domain.cues.ids import Cue, PropertyKind
from auditor.domain.cues.kinds import Counterexample, CueSpec, Extent, Step
from auditor.domain.data_traits import TraitKind
from auditor.domain.interventions import Intervention
from auditor.domain.messages import N_

OF_THE_PICTURE: tuple[CueSpec, ...] = (
    CueSpec(
        Cue.LETTERBOX,
        meaning=N_("padding bars along two sides of the picture"),
        extent=Extent.PICTURE,
        where=N_("along two opposite sides"),
        given=None,
        removed=None,
        ranks_examples=Intervention.EXCHANGE_OTHER,
        pictures=(Intervention.EXCHANGE_SAME, Intervention.EXCHANGE_OTHER),
        advice=N_(
            "Crop the padding bars off all images, or pad images of every class alike, and"
            " resize all in the same way; at least {images} of '{name}' have to lose theirs"
        ),
        step=Step.CROP,
        recipe=Counterexample.PROPERTY_EXCHANGED,
        spreads=Counterexample.PROPERTY_EXCHANGED,
        property=PropertyKind.BARS,
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
    CueSpec(
        Cue.EXPOSURE,
        meaning=N_("how bright the whole picture is"),
        extent=Extent.PICTURE,
        where=N_("the whole picture"),
        given=None,
        removed=None,
        ranks_examples=Intervention.EXCHANGE_OTHER,
        pictures=(Intervention.EXCHANGE_SAME, Intervention.EXCHANGE_OTHER),
        advice=N_(
            "Bring all images to the same brightness before training, or train with random "
            "exposure on every class, so that at least {images} of '{name}' lose their own; find "
            "out whether '{name}' comes from one camera or light"
        ),
        step=Step.BALANCE,
        recipe=Counterexample.PROPERTY_EXCHANGED,
        spreads=Counterexample.PROPERTY_EXCHANGED,
        property=PropertyKind.EXPOSURE,
        traits=(TraitKind.BRIGHTNESS,),
    ),
    CueSpec(
        Cue.CONTRAST,
        meaning=N_("how strong the contrast of the whole picture is"),
        extent=Extent.PICTURE,
        where=N_("the whole picture"),
        given=None,
        removed=None,
        ranks_examples=Intervention.EXCHANGE_OTHER,
        pictures=(Intervention.EXCHANGE_SAME, Intervention.EXCHANGE_OTHER),
        advice=N_(
            "Bring all images to the same contrast before training, or train with random"
            " contrast on every class, so that at least {images} of '{name}' lose their own;"
            " find out whether '{name}' comes from one camera or scanner"
        ),
        step=Step.BALANCE,
        recipe=Counterexample.PROPERTY_EXCHANGED,
        spreads=Counterexample.PROPERTY_EXCHANGED,
        property=PropertyKind.CONTRAST,
        traits=(TraitKind.CONTRAST,),
    ),
    CueSpec(
        Cue.VIGNETTE,
        meaning=N_("corners that are darker or brighter than the middle"),
        extent=Extent.PICTURE,
        where=N_("towards the corners"),
        given=None,
        removed=None,
        ranks_examples=Intervention.EXCHANGE_OTHER,
        pictures=(Intervention.EXCHANGE_SAME, Intervention.EXCHANGE_OTHER),
        advice=N_(
            "Correct the fall-off of light towards the corners in all images, or train with "
            "random vignettes on every class, so that at least {images} of '{name}' lose their "
            "own; find out whether '{name}' comes from one lens or scope"
        ),
        step=Step.BALANCE,
        recipe=Counterexample.PROPERTY_EXCHANGED,
        spreads=Counterexample.PROPERTY_EXCHANGED,
        property=PropertyKind.VIGNETTE,
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
    CueSpec(
        Cue.NOISE,
        meaning=N_("the noise of the whole picture"),
        extent=Extent.PICTURE,
        where=N_("the whole picture"),
        given=None,
        removed=None,
        ranks_examples=Intervention.EXCHANGE_OTHER,
        pictures=(Intervention.EXCHANGE_SAME, Intervention.EXCHANGE_OTHER),
        advice=N_(
            "Add noise of random strength to images of every class in training, or denoise all "
            "alike, and collect at least {images} of '{name}' that are as noisy as the others; "
            "find out whether '{name}' comes from one sensor"
        ),
        step=Step.BALANCE,
        recipe=Counterexample.PROPERTY_EXCHANGED,
        spreads=Counterexample.PROPERTY_EXCHANGED,
        property=PropertyKind.NOISE,
        one_sided=True,
        traits=(TraitKind.SHARPNESS,),
    ),
    CueSpec(
        Cue.COMPRESSION,
        meaning=N_("the JPEG compression of the whole picture"),
        extent=Extent.PICTURE,
        where=N_("the whole picture"),
        given=None,
        removed=None,
        ranks_examples=Intervention.EXCHANGE_OTHER,
        pictures=(Intervention.EXCHANGE_SAME, Intervention.EXCHANGE_OTHER),
        advice=N_(
            "Re-encode all images alike (the same format and quality, as strong as the "
            "strongest), or train with random JPEG compression on every class, and get at least "
            "{images} of '{name}' saved as those of the others"
        ),
        step=Step.BALANCE,
        recipe=Counterexample.PROPERTY_EXCHANGED,
        spreads=Counterexample.PROPERTY_EXCHANGED,
        property=PropertyKind.COMPRESSION,
        one_sided=True,
        traits=(
            TraitKind.COMPRESSION,
            TraitKind.BLOCKS,
        ),
    ),
    CueSpec(
        Cue.RESOLUTION,
        meaning=N_("the resolution of the picture's file"),
        extent=Extent.PICTURE,
        where=N_("the whole picture"),
        given=None,
        removed=None,
        ranks_examples=Intervention.EXCHANGE_OTHER,
        pictures=(Intervention.EXCHANGE_SAME, Intervention.EXCHANGE_OTHER),
        advice=N_(
            "Bring all images to the same number of pixels, the smallest that occurs, before "
            "training, or train with random downscaling on every class, and get at least {images} "
            "of '{name}' in files as large as those of the others"
        ),
        step=Step.BALANCE,
        recipe=Counterexample.PROPERTY_EXCHANGED,
        spreads=Counterexample.PROPERTY_EXCHANGED,
        property=PropertyKind.RESOLUTION,
        one_sided=True,
        traits=(TraitKind.SIZE,),
    ),
    CueSpec(
        Cue.ASPECT_RATIO,
        meaning=N_("how far the input squeezes the picture's file: its width over its height"),
        extent=Extent.PICTURE,
        where=N_("the whole picture"),
        given=None,
        removed=None,
        ranks_examples=Intervention.EXCHANGE_OTHER,
        pictures=(Intervention.EXCHANGE_SAME, Intervention.EXCHANGE_OTHER),
        advice=N_(
            "Crop all images to one shape before training (resize the shorter side, then crop), or "
            "train with random aspect ratios on every class, so that at least {images} of '{name}' "
            "lose their own"
        ),
        step=Step.CROP,
        recipe=Counterexample.PROPERTY_EXCHANGED,
        spreads=Counterexample.PROPERTY_EXCHANGED,
        property=PropertyKind.ASPECT,
        traits=(TraitKind.ASPECT,),
    ),
)
