from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.domain.samples import Sample
from auditor.interventions.donor_choice import LARGE_HOLE, Donors, choose_donors
from tests.interventions.making import sample


def assign(samples: list[Sample], swaps: int = 3, seed: int = 0, **given: object) -> Donors:
    count = len(samples)
    settings: dict[str, object] = {
        "sampled": [True] * count,
        "usable": [True] * count,
        "hole_share": [0.1] * count,
    }
    return choose_donors(samples, swaps=swaps, seed=seed, **(settings | given))  # type: ignore[arg-type]


def crowd(classes: int, each: int) -> list[Sample]:
    return [sample(f"{c}-{i}", f"class{c}") for c in range(classes) for i in range(each)]


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, list[object]]:
    count = draw(st.integers(1, 30))
    rows = [
        (
            sample(
                f"s{i}",
                draw(st.sampled_from("abcd")),
                draw(st.sampled_from([None, "g1", "g2"])),
                draw(st.sampled_from([None, "shared.png"])),
            ),
            draw(st.booleans()),
            draw(st.booleans()),
            draw(st.floats(0, 1)),
        )
        for i in range(count)
    ]
    return {
        "samples": [row[0] for row in rows],
        "sampled": [row[1] for row in rows],
        "usable": [row[2] for row in rows],
        "hole_share": [row[3] for row in rows],
    }


@settings(max_examples=150, deadline=None)
@given(world=worlds(), swaps=st.integers(1, 5), seed=st.integers(0, 99))
def test_rules_hold_for_every_pair(world: dict[str, list], swaps: int, seed: int) -> None:
    found = choose_donors(**world, swaps=swaps, seed=seed)
    samples = world["samples"]
    for pairs, own_class in ((found.same, True), (found.other, False)):
        assert len(set(pairs)) == len(pairs)
        for subject, donor in pairs:
            assert world["sampled"][donor]
            assert world["usable"][donor]
            assert world["usable"][subject]
            assert samples[subject].group != samples[donor].group
            assert samples[subject].image != samples[donor].image
            assert (samples[subject].label == samples[donor].label) is own_class
    assert all(n <= swaps for n in Counter(s for s, _ in found.same).values())


@pytest.mark.parametrize(("classes", "per_subject"), [(2, 3), (3, 4), (4, 3), (9, 8), (12, 8)])
def test_every_object_meets_enough_donors(classes: int, per_subject: int) -> None:
    # One other class lends three times, two lend twice, up to eight once, more by turns.
    samples = crowd(classes, 12)
    found = assign(samples)
    assert set(Counter(s for s, _ in found.same).values()) == {3}
    assert set(Counter(s for s, _ in found.other).values()) == {per_subject}
    for subject in range(len(samples)):
        met = [samples[d].label for s, d in found.other if s == subject]
        assert len(set(met)) == min(classes - 1, per_subject)


def test_no_donor_is_overused() -> None:
    for classes in (2, 5, 12):
        found = assign(crowd(classes, 16))
        for pairs in (found.same, found.other):
            uses = Counter(donor for _, donor in pairs)
            mean = len(pairs) / (classes * 16)
            assert max(uses.values()) <= mean + 2
            assert len(uses) == classes * 16


def test_with_many_classes_each_lends_equally_often() -> None:
    samples = crowd(14, 11)
    found = assign(samples)
    for label in {s.label for s in samples}:
        lent = Counter(samples[d].label for s, d in found.other if samples[s].label == label)
        # 11 cases x 8 of 13 classes.
        assert set(lent.values()) <= {88 // 13, 88 // 13 + 1}


def test_the_first_donors_are_of_changing_classes() -> None:
    # The empty trials use a case's first donors: they must not all be of the same classes.
    samples = crowd(6, 12)
    found = assign(samples)
    first = {}
    for subject, donor in found.other:
        first.setdefault(subject, samples[donor].label)
    lent = Counter(label for s, label in first.items() if samples[s].label == "class0")
    assert len(lent) == 5


def test_large_holes_are_avoided_while_enough_others_are_there() -> None:
    samples = crowd(2, 10)
    few = [0.1 if i % 10 < 5 else LARGE_HOLE + 0.1 for i in range(20)]
    used = {donor for _, donor in assign(samples, hole_share=few).other}
    assert all(few[donor] <= LARGE_HOLE for donor in used)
    fewer = [0.1 if i % 10 < 4 else LARGE_HOLE + 0.1 for i in range(20)]
    assert len({donor for _, donor in assign(samples, hole_share=fewer).other}) == 20


def test_nominated_cases_borrow_but_never_lend_nor_change_the_sample() -> None:
    samples = crowd(2, 10)
    sampled = [i % 10 < 7 for i in range(20)]
    both = assign(samples, sampled=sampled)
    alone = assign([s for s, yes in zip(samples, sampled, strict=True) if yes])
    assert all(sampled[donor] for _, donor in both.same + both.other)
    assert {s for s, _ in both.same} == set(range(20))

    def named(pairs: list[tuple[int, int]], of: list[Sample]) -> set[tuple[str, str]]:
        return {(of[s].case_id, of[d].case_id) for s, d in pairs}

    drawn = [(s, d) for s, d in both.same if sampled[s]]
    kept = [s for s, yes in zip(samples, sampled, strict=True) if yes]
    assert named(drawn, samples) == named(alone.same, kept)


def test_one_class_or_one_case_leaves_things_absent() -> None:
    assert assign([sample("a", "x")]) == Donors([], [])
    lonely = assign(crowd(1, 5))
    assert lonely.other == []
    assert len(lonely.same) == 15


def test_order_in_the_batch_does_not_matter_and_the_seed_does() -> None:
    samples = crowd(3, 8)

    def named(given: list[Sample], seed: int) -> set[tuple[str, str]]:
        return {(given[s].case_id, given[d].case_id) for s, d in assign(given, seed=seed).other}

    assert named(samples, 4) == named(samples[::-1], 4)
    assert named(samples, 4) != named(samples, 5)
