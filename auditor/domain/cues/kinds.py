"""What a row of the table of cues says: extents, remedies, and the attributes of a cue."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from auditor.domain.cues.regions import RegionKind
from auditor.domain.data_traits import TraitKind
from auditor.domain.interventions import Intervention

if TYPE_CHECKING:
    # That file holds rows, which are made of this one.
    from auditor.domain.cues.of_the_picture import Cue, PropertyKind


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
    PROPERTY_EXCHANGED = "property exchanged"
    """the image with the property that the cue names (its exposure, its padding bars...) as an
    image of another class has it"""


@dataclass(frozen=True, slots=True)
class CueSpec:
    """Everything that is known of a cue but its computation.

    Attributes:
        id: value of the column `cue`; an English label by itself.
        meaning: what the class relies on, English, in a sentence after "relies on".
        extent: how much of a picture it takes.
        where: default of the column `cue_where`, for a cue without a place of its own.
        given: the exchange that can confirm it by itself, also without masks; None for a cue that
            only exchanges of single regions and properties name.
        removed: how it is taken away without a donor; None where that cannot be done.
        ranks_examples: the intervention whose loss orders the example cases.
        pictures: interventions that show it, before all others.
        advice: what to do, with fields `name`, `images`, `where`, `backgrounds`.
        step: the kind of that advice.
        recipe: how a counterexample takes it out of a picture of its own class.
        spreads: how a counterexample gives it to pictures of other classes; None for a swap.
        regions: kinds of region that lie where it does.
        property: of the whole picture that it is; None for a cue at a place.
        traits: families of data traits (`auditor data`) as which it gives a class away.
        one_sided: a picture can be given it but not be freed of it.
        aliases: ids that earlier versions stored.
    """

    id: Cue
    meaning: str
    extent: Extent
    where: str
    given: Intervention | None
    removed: Intervention | None
    ranks_examples: Intervention
    pictures: tuple[Intervention, ...]
    advice: str
    step: Step
    recipe: Counterexample
    spreads: Counterexample | None = None
    regions: tuple[RegionKind, ...] = ()
    property: PropertyKind | None = None
    traits: tuple[TraitKind, ...] = ()
    one_sided: bool = False
    aliases: tuple[str, ...] = ()
