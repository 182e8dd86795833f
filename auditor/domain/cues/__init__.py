"""What a class can rely on instead of its object: one row per cue.

A new property of the whole picture is its ids and row in `of_the_picture` and a file with its
computation: CONTRIBUTING.md has the steps. Findings, counterexamples, reports, export and dashboard
enumerate the rows; docs/cues.md is checked against them.
"""

from __future__ import annotations

from collections.abc import Mapping

from auditor.domain.cues.all_around import ALL_AROUND
from auditor.domain.cues.at_a_place import AT_A_PLACE
from auditor.domain.cues.kinds import Counterexample, CueSpec, Extent, Step
from auditor.domain.cues.of_the_picture import OF_THE_PICTURE, Cue, PropertyKind
from auditor.domain.cues.regions import RegionKind
from auditor.domain.spec_tables import one_row_each

__all__ = [
    "CUES",
    "OF_PROPERTY",
    "OF_REGION",
    "SPEC_OF",
    "Counterexample",
    "Cue",
    "CueSpec",
    "Extent",
    "PropertyKind",
    "RegionKind",
    "Step",
    "cue_of",
    "spec_of",
]

CUES: tuple[CueSpec, ...] = (*AT_A_PLACE, *OF_THE_PICTURE, *ALL_AROUND)
"""Of several that explain the effect, the first is named."""

SPEC_OF: Mapping[Cue, CueSpec] = one_row_each(Cue, CUES, lambda spec, cue: spec.id is cue)
"""By id."""
OF_PROPERTY: Mapping[PropertyKind, CueSpec] = one_row_each(
    PropertyKind, CUES, lambda spec, kind: spec.property is kind
)
"""The cue that a property of the whole picture is."""
OF_REGION: Mapping[RegionKind, CueSpec] = one_row_each(
    RegionKind, CUES, lambda spec, kind: kind in spec.regions
)
"""The cue that lies in a region."""
_NAMED = {text: spec.id for spec in CUES for text in (spec.id.value, *spec.aliases)}


def cue_of(text: object) -> Cue | None:
    """The cue that a run stores, also under an id of earlier versions; None where it is null or
    unknown."""
    return _NAMED.get(text) if isinstance(text, str) else None


def spec_of(text: object) -> CueSpec | None:
    """The row of the cue that a run stores; None where it is null or unknown."""
    cue = cue_of(text)
    return None if cue is None else SPEC_OF[cue]
