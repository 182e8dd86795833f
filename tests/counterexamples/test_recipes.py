"""The plan: balanced, seeded, never of one's own photo, and against the cue."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.counterexamples.recipes import CANDIDATES, Kind, Recipe, plan
from auditor.domain.cues import Cue
from auditor.domain.samples import Sample


def samples(*labels: str, each: int = 6) -> list[Sample]:
    return [
        Sample(
            case_id=f"{label}{i}",
            image=f"{label}/{i}.jpg",
            label=label,
            path=Path(f"{label}{i}.jpg"),
            duplicate_group=f"{label}-{i // 2}",
        )
        for label in labels
        for i in range(each)
    ]


def planned(cues: dict[str, Cue], *labels: str, marked: str = "", count: int = 12) -> list[Recipe]:
    given = samples(*labels)
    ids = frozenset(sample.case_id for sample in given if marked and sample.label == marked)
    return plan(given, cues, marked=ids, per_class=count, seed=3)


@given(
    labels=st.sets(st.sampled_from("abcdef"), min_size=2),
    cue=st.sampled_from(Cue),
    count=st.integers(1, 30),
    seed=st.integers(0, 99),
)
def test_every_class_gets_as_many_and_the_seed_decides(
    labels: set[str], cue: Cue, count: int, seed: int
) -> None:
    given = samples(*sorted(labels))
    ids = frozenset(sample.case_id for sample in given)
    cued = {min(labels): cue}
    recipes = plan(given, cued, marked=ids, per_class=count, seed=seed)
    assert Counter(recipe.label for recipe in recipes) == dict.fromkeys(labels, count)
    assert recipes == plan(given, cued, marked=ids, per_class=count, seed=seed)
    by_id = {sample.case_id: sample for sample in given}
    for recipe in recipes:
        assert by_id[recipe.source].label == recipe.label
        if recipe.donor is not None:
            assert by_id[recipe.donor].label != recipe.label


def test_other_candidates_are_of_the_donors_class_and_of_nobodys_group() -> None:
    by_id = {sample.case_id: sample for sample in samples("cow", "dog", "owl")}
    for recipe in planned({"cow": Cue.BACKGROUND}, "cow", "dog", "owl"):
        donor = by_id[recipe.donor or ""]
        assert 1 <= len(recipe.others) < CANDIDATES
        for other in recipe.others:
            assert by_id[other].label == donor.label
            assert by_id[other].group not in {donor.group, by_id[recipe.source].group}


def test_backgrounds_are_exchanged_both_ways() -> None:
    recipes = planned({"cow": Cue.BACKGROUND}, "cow", "dog", "owl")
    assert {recipe.kind for recipe in recipes} == {Kind.OBJECT_ELSEWHERE}
    cows = [recipe for recipe in recipes if recipe.label == "cow"]
    assert Counter(str(recipe.donor)[:3] for recipe in cows) == {"dog": 6, "owl": 6}
    assert {recipe.breaks for recipe in cows} == {"cow"}
    # An unaffected class stands on the cued class's ground every other time, at least.
    dogs = [recipe for recipe in recipes if recipe.label == "dog"]
    assert sum(str(recipe.donor).startswith("cow") for recipe in dogs) >= 6
    assert {recipe.breaks for recipe in dogs if str(recipe.donor).startswith("owl")} == {None}


def test_a_mark_is_taken_from_its_class_and_given_to_the_others() -> None:
    recipes = planned({"cow": Cue.CORNER_MARK}, "cow", "dog", "owl", marked="cow")
    kinds = Counter((recipe.label, recipe.kind) for recipe in recipes)
    assert kinds["cow", Kind.MARK_REMOVED] == 6
    assert kinds["dog", Kind.MARK_PASTED] == kinds["owl", Kind.MARK_PASTED] == 6
    pasted = [recipe for recipe in recipes if recipe.kind is Kind.MARK_PASTED]
    assert all(str(recipe.donor).startswith("cow") for recipe in pasted)


def test_a_mark_that_cannot_be_found_becomes_a_swap() -> None:
    recipes = planned({"cow": Cue.CORNER_MARK}, "cow", "dog")
    assert {recipe.kind for recipe in recipes} == {Kind.OBJECT_ELSEWHERE}


@pytest.mark.parametrize(
    ("cue", "kind"),
    [
        (Cue.BORDER_FRAME, Kind.BORDER_CROPPED),
        (Cue.COLOUR_CAST, Kind.CAST_NEUTRALISED),
        (Cue.BLUR, Kind.BLURRED),
        (Cue.EXPOSURE, Kind.PROPERTY_EXCHANGED),
        (Cue.LETTERBOX, Kind.PROPERTY_EXCHANGED),
    ],
)
def test_what_changes_the_whole_image_is_done_to_every_class_alike(cue: Cue, kind: Kind) -> None:
    recipes = planned({"cow": cue}, "cow", "dog", "owl")
    changed = Counter(recipe.label for recipe in recipes if recipe.kind is kind)
    assert changed == {"cow": 6, "dog": 6, "owl": 6}
    for recipe in (each for each in recipes if each.kind is Kind.PROPERTY_EXCHANGED):
        assert (str(recipe.donor).startswith("cow")) == (recipe.label != "cow")


def test_all_images_serve_in_turn() -> None:
    recipes = planned({"cow": Cue.BACKGROUND}, "cow", "dog", count=6)
    cows = [recipe for recipe in recipes if recipe.label == "cow"]
    assert len({recipe.source for recipe in cows}) == 6
    assert len({recipe.donor for recipe in cows}) == 6
