"""Cues all around the object: the frame, the scene, or the picture as a whole."""

from __future__ import annotations

from auditor.domain.cues.kinds import Counterexample, CueSpec, Extent, Step
from auditor.domain.cues.of_the_picture import Cue
from auditor.domain.cues.regions import RegionKind
from auditor.domain.data_traits import TraitKind
from auditor.domain.interventions import Intervention
from auditor.domain.messages import N_

ALL_AROUND: tuple[CueSpec, ...] = (
    CueSpec(
        Cue.BORDER_FRAME,
        meaning=N_("the outer frame of the picture"),
        extent=Extent.BORDER,
        where=N_("the outer edge of the picture"),
        given=Intervention.FRAME_OTHER,
        removed=Intervention.BORDER_CROPPED,
        ranks_examples=Intervention.FRAME_OTHER,
        pictures=(Intervention.BORDER_CROPPED, Intervention.FRAME_SAME, Intervention.FRAME_OTHER),
        advice=N_(
            "Crop the outer edge of all images before training, or give the frame of '{name}'"
            " to images of every class at random; at least {images} of '{name}' should come"
            " without it"
        ),
        step=Step.CROP,
        recipe=Counterexample.BORDER_CROPPED,
        spreads=Counterexample.BORDER_CROPPED,
        regions=(RegionKind.FRAME,),
        traits=(
            TraitKind.BORDER,
            TraitKind.CORNERS,
        ),
    ),
    CueSpec(
        Cue.BACKGROUND,
        meaning=N_("the scene behind the object"),
        extent=Extent.SCENE,
        where=N_("all around the object"),
        given=Intervention.BACKGROUND_OTHER,
        removed=None,
        ranks_examples=Intervention.BACKGROUND_OTHER,
        pictures=(Intervention.BACKGROUND_SAME, Intervention.BACKGROUND_OTHER),
        advice=N_(
            "Collect about {images} of '{name}' {backgrounds}, and show other classes on the"
            " backgrounds of '{name}'"
        ),
        step=Step.COLLECT,
        recipe=Counterexample.OBJECT_ELSEWHERE,
        regions=(RegionKind.BACKGROUND,),
        traits=(TraitKind.BACKGROUND,),
    ),
    CueSpec(
        Cue.WHOLE_PICTURE,
        meaning=N_(
            "the whole picture or its surroundings, of a kind that the exchanges cannot tell"
        ),
        extent=Extent.PICTURE,
        where=N_("the whole picture"),
        given=None,
        removed=None,
        ranks_examples=Intervention.EXCHANGE_OTHER,
        pictures=(Intervention.EXCHANGE_SAME, Intervention.EXCHANGE_OTHER),
        advice=N_(
            "Find out how images of '{name}' were made and handled differently from those of "
            "other classes (camera, scanner, site, software), and get at least {images} of "
            "'{name}' made as the others are; more images from the same source would carry the "
            "cue again"
        ),
        step=Step.COLLECT,
        recipe=Counterexample.OBJECT_ELSEWHERE,
        spreads=None,
    ),
)
