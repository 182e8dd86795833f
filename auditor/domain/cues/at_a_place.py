"""Cues that lie at a place in the picture."""

from __future__ import annotations

from auditor.domain.cues.kinds import Counterexample, CueSpec, Extent, Step
from auditor.domain.cues.of_the_picture import Cue
from auditor.domain.cues.regions import RegionKind
from auditor.domain.data_traits import TraitKind
from auditor.domain.interventions import Intervention
from auditor.domain.messages import N_

AT_A_PLACE: tuple[CueSpec, ...] = (
    CueSpec(
        Cue.CORNER_MARK,
        meaning=N_("a mark in a corner of the picture"),
        extent=Extent.SPOT,
        where=N_("a corner of the picture"),
        given=Intervention.PATCH_OTHER,
        removed=Intervention.SALIENT_REMOVED,
        ranks_examples=Intervention.SALIENT_REMOVED,
        pictures=(Intervention.SALIENT_REMOVED, Intervention.SALIENT_CONTROL),
        advice=N_(
            "Cover or crop away the mark in at least {images} of '{name}' ({where}), or put the"
            " same mark at random on images of every class"
        ),
        step=Step.REMOVE,
        recipe=Counterexample.MARK_REMOVED,
        spreads=Counterexample.MARK_PASTED,
        regions=(
            RegionKind.TOP_LEFT,
            RegionKind.TOP_RIGHT,
            RegionKind.BOTTOM_LEFT,
            RegionKind.BOTTOM_RIGHT,
            RegionKind.CORNERS,
        ),
        traits=(
            TraitKind.BORDER,
            TraitKind.CORNERS,
        ),
    ),
    CueSpec(
        Cue.CO_OCCURRING_OBJECT,
        meaning=N_("a thing that stands beside the object"),
        extent=Extent.SPOT,
        where=N_("beside the object"),
        given=Intervention.PATCH_OTHER,
        removed=Intervention.SALIENT_REMOVED,
        ranks_examples=Intervention.SALIENT_REMOVED,
        pictures=(Intervention.SALIENT_REMOVED, Intervention.SALIENT_CONTROL),
        advice=N_(
            "Collect about {images} of '{name}' without the thing that stands beside it"
            " ({where}), and images of other classes with it"
        ),
        step=Step.COLLECT,
        recipe=Counterexample.MARK_REMOVED,
        spreads=Counterexample.MARK_PASTED,
        regions=(RegionKind.PEAK, RegionKind.RING),
        traits=(TraitKind.BACKGROUND,),
    ),
    CueSpec(
        Cue.EDGE_MARK,
        meaning=N_("a mark that lies across the object's edge"),
        extent=Extent.SPOT,
        where=N_("across the edge of the object"),
        given=Intervention.BESIDE_GIVEN,
        removed=Intervention.EDGE_REMOVED,
        ranks_examples=Intervention.EDGE_REMOVED,
        pictures=(
            Intervention.EDGE_REMOVED,
            Intervention.EDGE_CONTROL,
            Intervention.BESIDE_REMOVED,
            Intervention.BESIDE_CONTROL,
            Intervention.BESIDE_GIVEN,
            Intervention.BESIDE_GIVEN_CONTROL,
        ),
        advice=N_(
            "Get at least {images} of '{name}' without the mark that lies {where} (its source"
            " may have them without watermark, scale or sticker), or put the same mark at random on"
            " images of every class"
        ),
        step=Step.REMOVE,
        recipe=Counterexample.EDGE_MARK_REMOVED,
        spreads=Counterexample.MARK_PASTED,
        aliases=("mark at the object's edge",),
    ),
    CueSpec(
        Cue.BORDER_BAND,
        meaning=N_(
            "a band along one or two sides of the picture, such as a date stamp, a caption or"
            " a ruler"
        ),
        extent=Extent.BORDER,
        where=N_("along a side of the picture"),
        given=None,
        removed=None,
        ranks_examples=Intervention.EXCHANGE_OTHER,
        pictures=(Intervention.EXCHANGE_SAME, Intervention.EXCHANGE_OTHER),
        advice=N_(
            "Crop or cover that band ({where}) in all images before training, or put such a"
            " band on images of every class at random; at least {images} of '{name}' should come "
            "without it (where it is part of the scene, such as sky or ground: in other scenes)"
        ),
        step=Step.CROP,
        recipe=Counterexample.OBJECT_ELSEWHERE,
        spreads=None,
        regions=(
            RegionKind.TOP,
            RegionKind.BOTTOM,
            RegionKind.LEFT,
            RegionKind.RIGHT,
            RegionKind.TOP_AND_BOTTOM,
            RegionKind.LEFT_AND_RIGHT,
        ),
        traits=(
            TraitKind.BORDER,
            TraitKind.CORNERS,
        ),
    ),
)
