"""The cue of a class whose parts and properties were exchanged one by one."""

from __future__ import annotations

from auditor.domain.cues import SPEC_OF, Cue
from auditor.domain.interventions import Intervention
from auditor.domain.locations import Location, Unknown
from auditor.domain.places import Place, Property, PropertyKind, Region, RegionKind, write_place
from auditor.findings.evidence.class_evidence import ClassEvidence
from auditor.findings.evidence.localisation import Localisation, localisation
from auditor.findings.evidence.trial_table import TrialTable
from auditor.findings.verdicts.class_verdicts import Decision
from auditor.findings.verdicts.localised_cue import (
    LocalisedCue,
    localised_cue,
    strongest_property,
)
from auditor.findings.verdicts.named_cue import (
    EXAMPLES,
    NamedCue,
    examples_of,
    patch_place,
    tinted,
    where_of,
)

PARTLY = 0.5
"""A property that carries this share, too little to name it, says that no single place does."""


def locate(
    evidence: ClassEvidence, decision: Decision, table: TrialTable, floor: float
) -> NamedCue | None:
    """The part or property that carries the effect; None where the class was not looked into, or
    none carries it.

    Args:
        evidence: of the class.
        decision: its verdict: what its edge alone confirms is a mark at the edge.
        table: all trials.
        floor: effect floor.
    """
    found = localisation(table, evidence.name)
    if found is None:
        return None
    located = localised_cue(found, floor)
    if located is None:
        return _unknown_kind(found, table, evidence.name)
    place = located.place
    beside = isinstance(place, Region) and place.kind in (RegionKind.RING, RegionKind.PEAK)
    if beside and Cue.EDGE_MARK in decision.confirmed_by:
        return None
    cue, where = _named(located, place, table, evidence.name)
    return NamedCue(cue, where, located.strength, examples(table, evidence.name, cue, place), place)


def _named(
    located: LocalisedCue, place: Place, table: TrialTable, name: str
) -> tuple[Cue, Location]:
    cue = located.spec.id
    if cue in (Cue.COLOUR_CAST, Cue.EXPOSURE):
        return tinted(table, name, cue, carried=True)
    if isinstance(place, Region):
        patches = patch_place(table, name)
        if place.kind is RegionKind.PEAK or (
            place.kind is RegionKind.CORNERS and patches.cue is Cue.CORNER_MARK
        ):
            return patches.cue, Location(patches.where)
        return cue, Location(place)
    return cue, where_of(cue)


def _unknown_kind(found: Localisation, table: TrialTable, name: str) -> NamedCue | None:
    """Where a property of the whole picture carries much of it, but not enough to be the cue."""
    best = strongest_property(found)
    if best is None or best[1] < PARTLY:
        return None
    place, share = best
    if place.kind is PropertyKind.TINT and tinted(table, name)[0] is Cue.BACKGROUND:
        return None
    if place.kind is PropertyKind.EXPOSURE and tinted(table, name, Cue.EXPOSURE)[0] is not (
        Cue.EXPOSURE
    ):
        return None
    where = Location(Unknown(place.kind, share))
    cue = Cue.WHOLE_PICTURE
    return NamedCue(cue, where, found.whole.lost, examples(table, name, cue, place), place)


def examples(table: TrialTable, name: str, cue: Cue, place: Place) -> tuple[str, ...]:
    """Cases that lose most by that exchange."""
    if SPEC_OF[cue].ranks_examples is not Intervention.EXCHANGE_OTHER and not isinstance(
        place, Property
    ):
        named = examples_of(table, name, cue)
        if named:
            return named
    rows = table.of(Intervention.EXCHANGE_OTHER)
    rows = rows[(rows["label"] == name) & (rows["place"] == write_place(place))]
    shown = rows.groupby("case_id")["loss"].mean().dropna()
    ranked = sorted((-value, str(case)) for case, value in shown.items())
    return tuple(case for _, case in ranked[:EXAMPLES])
