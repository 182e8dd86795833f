"""The tables of cues and interventions are complete, and everybody can enumerate them."""

from __future__ import annotations

import string
from pathlib import Path

import pytest

from auditor.actions import ActionKind
from auditor.domain.cues import CUES, SPEC_OF, Counterexample, Cue, CueSpec, cue_of
from auditor.domain.interventions import (
    INTERVENTIONS,
    Intervention,
    InterventionSpec,
    Pairing,
    Pictured,
)
from auditor.domain.interventions import SPEC_OF as INTERVENTION_OF
from auditor.domain.places import PropertyKind, RegionKind

DOCS = Path(__file__).parents[2] / "docs" / "cues.md"
ADVICE_FIELDS = {"name", "images", "where", "backgrounds"}


def test_every_cue_and_every_intervention_has_one_row() -> None:
    assert sorted(spec.id for spec in CUES) == sorted(Cue)
    assert sorted(spec.id for spec in INTERVENTIONS) == sorted(Intervention)


@pytest.mark.parametrize("spec", CUES, ids=lambda spec: spec.id)
def test_a_row_of_a_cue_lacks_nothing(spec: CueSpec) -> None:
    for name in ("meaning", "where", "advice", "pictures"):
        assert getattr(spec, name), f"{spec.id} has no {name}"
    fields = {field for _, field, _, _ in string.Formatter().parse(spec.advice) if field}
    assert fields <= ADVICE_FIELDS
    assert "{images}" in spec.advice
    assert ActionKind(spec.step.value)
    if spec.given is None:
        assert spec.regions or spec.property or spec.id is Cue.WHOLE_PICTURE
    else:
        assert INTERVENTION_OF[spec.given].control is not None
    tried = {spec.given, spec.removed, spec.ranks_examples} - {None}
    assert tried <= set(INTERVENTION_OF)
    assert all(INTERVENTION_OF[name].pictured is not Pictured.NEVER for name in spec.pictures)


def test_every_way_of_making_a_counterexample_serves_a_cue() -> None:
    used = {kind for spec in CUES for kind in (spec.recipe, spec.spreads)} - {None}
    assert used | {Counterexample.OBJECT_ELSEWHERE} == set(Counterexample)


def test_every_region_and_property_names_a_cue() -> None:
    regions = [kind for spec in CUES for kind in spec.regions]
    assert sorted(regions) == sorted(RegionKind)
    properties = [spec.property for spec in CUES if spec.property is not None]
    assert sorted(properties) == sorted(PropertyKind)


def test_ids_of_earlier_versions_are_read() -> None:
    assert cue_of("mark at the object's edge") is Cue.EDGE_MARK
    for spec in CUES:
        assert cue_of(spec.id.value) is spec.id
    assert cue_of(None) is None
    assert cue_of("nothing of the kind") is None
    texts = [text for spec in CUES for text in (spec.id.value, *spec.aliases)]
    assert len(texts) == len(set(texts))


@pytest.mark.parametrize("spec", INTERVENTIONS, ids=lambda spec: spec.id)
def test_a_row_of_an_intervention_lacks_nothing(spec: InterventionSpec) -> None:
    assert spec.title
    assert spec.help.endswith(".")
    assert spec.fills
    assert (spec.control is None) == (spec.pairing is None)
    if spec.control is not None:
        control = INTERVENTION_OF[spec.control]
        assert control.needs_donor == spec.needs_donor or spec.pairing is not Pairing.SWAP
        if spec.pairing in (Pairing.CASE, Pairing.DONOR, Pairing.SWAP):
            assert set(spec.fills) == set(control.fills)
    if spec.pictured is not Pictured.NEVER:
        assert set(spec.shown_fills) <= set(spec.fills)


@pytest.mark.parametrize("spec", CUES, ids=lambda spec: spec.id)
def test_the_page_of_cues_has_a_row_for_it(spec: CueSpec) -> None:
    rows = [line for line in DOCS.read_text().splitlines() if line.startswith(f"| {spec.id} |")]
    pictures = ", ".join(f"`{name}`" for name in spec.pictures)
    row = f"| {spec.id} | {spec.meaning} | {pictures} |"
    assert len(rows) == 1, f"docs/cues.md lacks the row {row}"
    assert spec.meaning in rows[0]
    assert set(SPEC_OF[spec.id].pictures) <= set(rows[0].replace("`", "").replace(",", "").split())
