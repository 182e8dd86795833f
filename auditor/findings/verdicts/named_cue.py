"""A cue with its name: where it lies, how strong it is, and what shows it."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.domain import places
from auditor.domain.cues import SPEC_OF, Cue, Extent
from auditor.domain.interventions import Intervention
from auditor.domain.locations import Location, OfBackground, OfCue
from auditor.findings.evidence.colour_cast import (
    brightness,
    chroma,
    tint_on_objects,
    varied_grounds,
)
from auditor.findings.evidence.positions import PatchPosition, place_of
from auditor.findings.evidence.trial_table import TrialTable
from auditor.statistics.effects import Effect

EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class NamedCue:
    """What a class relies on.

    Attributes:
        cue: its kind.
        where: in the picture.
        strength: probability lost without it (blur: won by it).
        examples: case_ids that show it best.
        place: the region or property that was exchanged to find it; None where none was.
    """

    cue: Cue
    where: Location
    strength: Effect | None
    examples: tuple[str, ...]
    place: places.Place | None = None


def where_of(cue: Cue) -> Location:
    """Where a cue lies that has no place of its own."""
    return Location(OfCue(cue))


def patch_place(table: TrialTable, name: str) -> PatchPosition:
    """Where the salient patches of a class lie."""
    rows = table.sample(Intervention.SALIENT_REMOVED)
    rows = rows[(rows["label"] == name) & rows["place"].notna()].drop_duplicates("case_id")
    return place_of(rows["place"]) or PatchPosition(
        Cue.CO_OCCURRING_OBJECT, OfCue(Cue.CO_OCCURRING_OBJECT)
    )


def tinted(
    table: TrialTable, name: str, cue: Cue = Cue.COLOUR_CAST, *, carried: bool = False
) -> tuple[Cue, Location]:
    """What a tint, or an exposure, is that explains the effects, and where: a cast lies over
    objects and backgrounds. Where colours are not known (no masks) it is taken for what it was
    tried as, and that nobody can tell is part of where.

    Args:
        table: all trials.
        name: the class.
        cue: what it was tried as.
        carried: exchanged alone, over whole pictures, it carries the effect. Where the objects'
            colours cannot tell, it is a cast then if the backgrounds are as varied as those of
            other classes: new backgrounds from the same camera would not mend that.
    """
    rows = table.sample(Intervention.GREY_WORLD)
    rows = rows[rows["place"].notna()].drop_duplicates("group")
    exposed = cue is Cue.EXPOSURE
    of = brightness if exposed else chroma
    share = tint_on_objects(rows, name, of)
    if share is None:
        return cue, Location(OfCue(cue), unsure=True)
    if share.of_cast or (carried and not share.sure and varied_grounds(rows, name, of)):
        return cue, Location(OfCue(cue), unsure=not share.sure)
    return Cue.BACKGROUND, Location(OfBackground(cue), unsure=not share.sure)


def examples_of(table: TrialTable, name: str, cue: Cue) -> tuple[str, ...]:
    """Cases that lose most without the cue; of one that cannot be taken away, best donors."""
    spec = SPEC_OF[cue]
    rows = table.sample(spec.ranks_examples)
    if spec.removed is None and spec.extent is Extent.PICTURE:
        shown = rows[rows["donor_label"] == name].groupby("donor")["gain"].mean()
    else:
        shown = rows[rows["label"] == name].groupby("case_id")["loss"].mean()
    ranked = sorted((-value, str(case)) for case, value in shown.dropna().items())
    return tuple(case for _, case in ranked[:EXAMPLES])
