"""What a class can rely on instead of its object: one row per cue.

A new cue is a member of `Cue`, one row of `CUES`, and the computation that tells it from the
others. Findings, counterexamples, reports, export and dashboard enumerate the rows; docs/cues.md
is checked against them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

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


class Extent(StrEnum):
    """How much of a picture a cue takes."""

    SPOT = "spot"
    """a small thing at a place: a patch covers only part of it"""
    BORDER = "border"
    """the outer edge of the picture"""
    SCENE = "scene"
    """everything but the object"""
    PICTURE = "picture"
    """object and background alike"""


class Step(StrEnum):
    """What a data team does about a cue (column `kind` of the exported actions)."""

    COLLECT = "collect"
    """images without the cue"""
    REMOVE = "remove"
    """the mark from the pictures"""
    CROP = "crop"
    """the frame off the pictures"""
    BALANCE = "balance"
    """a property of the picture over the classes"""


class Counterexample(StrEnum):
    """How a training image that breaks a cue is made."""

    OBJECT_ELSEWHERE = "object elsewhere"
    """the object on the background of an image of another class"""
    MARK_REMOVED = "mark removed"
    """the image with the patch that its map points at filled"""
    EDGE_MARK_REMOVED = "mark at the edge removed"
    """the image with the mark across its object's edge filled, on either side of the edge"""
    MARK_PASTED = "mark pasted"
    """the image with the patch of a cued class pasted at a random place beside the object"""
    BORDER_CROPPED = "border cropped"
    """the image without its outer frame"""
    CAST_NEUTRALISED = "cast neutralised"
    """the image with equal channel means (grey world)"""
    BLURRED = "blurred"
    """the image made soft, as those of a class whose softness is the cue"""


@dataclass(frozen=True, slots=True)
class CueSpec:
    """Everything that is known of a cue but its computation.

    Attributes:
        id: value of the column `cue`; an English label by itself.
        meaning: what the class relies on, English, in a sentence after "relies on".
        extent: how much of a picture it takes.
        where: default of the column `cue_where`, for a cue without a place of its own.
        rank: of several that explain the effect, the lowest is named.
        given: what is exchanged to test it, the donor's; held against its own control.
        removed: how it is taken away without a donor; None where that cannot be done.
        ranks_examples: the intervention whose loss orders the example cases.
        pictures: interventions that show it, before all others.
        advice: what to do, with fields `name`, `images`, `where`, `backgrounds`.
        step: the kind of that advice.
        recipe: how a counterexample takes it out of a picture of its own class.
        spreads: how a counterexample gives it to pictures of other classes; None for a swap.
        aliases: ids that earlier versions stored.
    """

    id: Cue
    meaning: str
    extent: Extent
    where: str
    rank: int
    given: Intervention
    removed: Intervention | None
    ranks_examples: Intervention
    pictures: tuple[Intervention, ...]
    advice: str
    step: Step
    recipe: Counterexample
    spreads: Counterexample | None = None
    aliases: tuple[str, ...] = ()


CUES: tuple[CueSpec, ...] = (
    CueSpec(
        Cue.CORNER_MARK,
        meaning=N_("a mark in a corner of the picture"),
        extent=Extent.SPOT,
        where=N_("a corner of the picture"),
        rank=1,
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
    ),
    CueSpec(
        Cue.CO_OCCURRING_OBJECT,
        meaning=N_("a thing that stands beside the object"),
        extent=Extent.SPOT,
        where=N_("beside the object"),
        rank=2,
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
    ),
    CueSpec(
        Cue.EDGE_MARK,
        meaning=N_("a mark that lies across the object's edge"),
        extent=Extent.SPOT,
        where=N_("across the edge of the object"),
        rank=3,
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
        Cue.COLOUR_CAST,
        meaning=N_("the tint of the whole picture"),
        extent=Extent.PICTURE,
        where=N_("the whole picture"),
        rank=4,
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
    ),
    CueSpec(
        Cue.BLUR,
        meaning=N_("the softness of the whole picture"),
        extent=Extent.PICTURE,
        where=N_("the whole picture"),
        rank=5,
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
    ),
    CueSpec(
        Cue.BORDER_FRAME,
        meaning=N_("the outer frame of the picture"),
        extent=Extent.BORDER,
        where=N_("the outer edge of the picture"),
        rank=6,
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
    ),
    CueSpec(
        Cue.BACKGROUND,
        meaning=N_("the scene behind the object"),
        extent=Extent.SCENE,
        where=N_("all around the object"),
        rank=9,
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
    ),
)
"""In the order of `rank`."""

SPEC_OF: Mapping[Cue, CueSpec] = MappingProxyType({spec.id: spec for spec in CUES})
"""By id."""
_NAMED = {text: spec.id for spec in CUES for text in (spec.id.value, *spec.aliases)}


def cue_of(text: object) -> Cue | None:
    """The cue that a run stores, also under an id of earlier versions; None where it is null or
    unknown."""
    return _NAMED.get(text) if isinstance(text, str) else None


def spec_of(text: object) -> CueSpec | None:
    """The row of the cue that a run stores; None where it is null or unknown."""
    cue = cue_of(text)
    return None if cue is None else SPEC_OF[cue]
