"""The summary, what settles a class, shared cues and what masks move, on numbers set by hand."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
import pytest

from auditor.domain.verdicts import ClassVerdict
from auditor.findings.evidence.class_evidence import ClassEvidence
from auditor.findings.evidence.swap_test import PairTest, SwapTest, TableTest
from auditor.findings.tables.slices import MIN_GROUP, slice_rows
from auditor.findings.tables.summary import groups_of, summarise, worst_group
from auditor.findings.verdicts.actions import images_to_settle
from auditor.findings.verdicts.class_verdicts import Decision
from auditor.findings.verdicts.mask_stability import _moved
from auditor.findings.verdicts.shared_cues import (
    SHARED,
    givers,
    of_three,
    rest_of_three,
    shared_cues,
)
from auditor.statistics.effects import Effect

FLOOR = 0.125


def _effect(mean: float, low: float | None = None, high: float | None = None) -> Effect:
    return Effect(mean, low, high, 0.01, {"blur": mean, "patch": mean / 2}, 12, 12)


def _cases(right: int, wrong: int, label: str = "cat", **columns: Any) -> pd.DataFrame:
    number = range(right + wrong)
    frame = pd.DataFrame({"correct": [each < right for each in number]})
    frame["case_id"] = [f"{label}{each}" for each in number]
    frame["group"] = frame["case_id"]
    plain = {"sampled": True, "has_trials": True, "p_background_other": 0.5, "verdict": "object"}
    return frame.assign(label=label, **(plain | columns))


def test_the_summary_counts_what_its_names_say() -> None:
    cases = pd.concat([_cases(9, 3), _cases(10, 0, "dog", sampled=False)], ignore_index=True)
    cases.loc[[0, 1, 2], "verdict"] = "shortcut"
    cases.loc[3, "has_trials"] = False
    cases.loc[4, "p_background_other"] = None
    found = summarise(cases, {"cat": "confirmed", "cow": "clean", "dog": "confirmed"})
    assert found["verdicts"] == {"cat": "confirmed", "cow": "clean", "dog": "confirmed"}
    assert found["confirmed"] == 2
    assert found["images"] == 22
    assert found["tested"] == 11
    # Of eleven tested pictures one was put on no other background.
    assert found["shortcut_rate"] == pytest.approx(3 / 10)
    assert found["accuracy"] == pytest.approx(19 / 22)
    assert (found["worst_group"], found["worst_group_accuracy"]) == ("cat", 0.75)


def test_a_summary_of_nothing_is_unknown() -> None:
    found = summarise(_cases(0, 0), {"cat": "undetermined"})
    assert (found["images"], found["tested"], found["confirmed"]) == (0, 0, 0)
    unknown = ("shortcut_rate", "accuracy", "worst_group", "worst_group_accuracy")
    assert {found[name] for name in unknown} == {None}
    untested = summarise(_cases(3, 1, sampled=False), {})
    assert (untested["shortcut_rate"], untested["tested"]) == (None, 0)


def test_groups_are_of_ten_images_or_more() -> None:
    def sizes(*lengths: int, place: str | None = None) -> list[int]:
        frames = [_cases(size, 0, f"c{number}") for number, size in enumerate(lengths)]
        cases = pd.concat(frames, ignore_index=True)
        if place:
            cases["slice_place"] = place
        return [len(rows) for _, rows in groups_of(cases)]

    assert sizes(MIN_GROUP - 1, MIN_GROUP, MIN_GROUP + 1) == [MIN_GROUP, MIN_GROUP + 1]
    assert sizes(MIN_GROUP - 1, MIN_GROUP, place="sea") == [MIN_GROUP]
    # No crossed group is large enough: then classes count, whatever their slices.
    assert sizes(MIN_GROUP - 1, place="sea") == []


def test_of_equally_bad_groups_the_first_name_is_the_worst() -> None:
    cases = pd.concat([_cases(5, 5, "dog"), _cases(5, 5, "ant"), _cases(9, 1, "bee")])
    assert worst_group(cases) == ("ant", 0.5)
    assert worst_group(_cases(MIN_GROUP - 1, 0)) is None


def test_clusters_of_a_class_are_held_against_its_other_images() -> None:
    cases = pd.concat([_cases(8, 2), _cases(4, 6), _cases(10, 0, "dog")], ignore_index=True)
    cases["case_id"] = cases["group"] = [str(number) for number in range(30)]
    cases["cluster"] = ["cat 1"] * 10 + ["cat 2"] * 10 + ["dog 1"] * 10
    rows = {row["value"]: row for row in slice_rows(cases)}
    # A class of one cluster has none; a cluster belongs to its class, so none is associated.
    assert set(rows) == {"cat 1", "cat 2"}
    assert {row["slice"] for row in rows.values()} == {"cluster"}
    assert rows["cat 1"]["accuracy_gap"] == pytest.approx(0.4 - 0.8)
    assert {row["association"] for row in rows.values()} == {None}
    # The worst is told of every column apart.
    assert [name for name, row in rows.items() if row["worst_group"]] == ["cat 2"]


@pytest.mark.parametrize(
    ("lost", "images"),
    [
        # At the floor or above: the lower bound has to keep at half the floor, .0625.
        (_effect(0.25, 0.0, 0.5), 29),  # (.25 / .1875)^2 times 16 is 28.4, and up
        (_effect(0.25, 0.2, 0.3), 24),  # at least half as many again
        (_effect(FLOOR, 0.0, 0.5), 64),  # (.125 / .0625)^2 = 4
        # Below it: the upper bound has to get below the floor.
        (_effect(0.0, -0.1, 0.25), 64),  # (.25 / .125)^2 = 4
        (_effect(0.0625, 0.0, 0.1875), 64),  # (.125 / .0625)^2 = 4
        # So near the floor that no reasonable number would do.
        (_effect(0.124, 0.0, 0.25), None),
        (_effect(0.0, -0.1, 0.53125), 289),  # 4.25^2, below twenty times as many
        (_effect(0.0, -0.1, 0.5625), None),  # 4.5^2
        (_effect(0.25, None, 0.5), None),
        (_effect(0.25, 0.0, None), None),
    ],
)
def test_images_that_would_settle_a_class(lost: Effect, images: int | None) -> None:
    found = images_to_settle(SwapTest(lost, lost, two_sided=True), 16, FLOOR)
    assert found == images


def test_without_a_test_no_number_settles_it() -> None:
    assert images_to_settle(None, 16, FLOOR) is None
    assert images_to_settle(SwapTest(None, None, two_sided=True), 16, FLOOR) is None


def _evidence(name: str, own: float | None, lent: dict[str, float]) -> ClassEvidence:
    side = _effect(1.0, 1.0)
    pull = None if own is None else _effect(own, own)
    test = TableTest(side, side, two_sided=True, necessity=side, sufficiency=pull, fitted=side)
    return cast(ClassEvidence, SimpleNamespace(name=name, background=test, lent=lent))


def _decisions(**verdicts: ClassVerdict) -> dict[str, Decision]:
    return {name: Decision(verdict) for name, verdict in verdicts.items()}


def test_givers_give_half_of_what_the_class_gives_itself() -> None:
    lent = {"dog": 1.0, "ant": 2.0, "cow": 0.99, "bee": -1.0}
    assert givers(_evidence("cat", 2.0, lent)) == ("ant", "dog")
    assert SHARED == 0.5
    # Nothing is half of nothing.
    assert givers(_evidence("cat", 0.0, {"dog": 0.0})) == ()
    assert givers(_evidence("cat", -2.0, {"dog": 1.0})) == ()
    assert givers(_evidence("cat", None, lent)) == ()
    pair = SimpleNamespace(background=PairTest(None, None, two_sided=True), lent=lent)
    assert givers(cast(ClassEvidence, pair)) == ()


def test_a_cue_is_shared_by_confirmed_classes_that_give_to_each_other() -> None:
    confirmed, clean = ClassVerdict.CONFIRMED, ClassVerdict.CLEAN
    both = [
        _evidence("cat", 2.0, {"dog": 2.0, "ant": 2.0, "cow": 2.0}),
        _evidence("dog", 2.0, {"cat": 2.0}),
        _evidence("ant", 2.0, {"cat": 0.5}),
        _evidence("cow", 2.0, {"cat": 2.0}),
    ]
    decided = _decisions(cat=confirmed, dog=confirmed, ant=confirmed, cow=clean)
    # The ant gets too little of the cat's backgrounds, the cow is not confirmed.
    assert shared_cues(both, decided) == {"cat": ("dog",), "dog": ("cat",)}


def test_of_three_the_others_are_told_where_neither_is_confirmed() -> None:
    confirmed, clean = ClassVerdict.CONFIRMED, ClassVerdict.CLEAN
    three = [
        _evidence("cat", 2.0, {"dog": 0.0, "ant": 0.0}),
        _evidence("dog", 0.0, {"cat": 0.0, "ant": 0.0}),
        _evidence("ant", 0.0, {"cat": 0.0, "dog": 0.0}),
    ]
    alone = _decisions(cat=confirmed, dog=clean, ant=clean)
    assert rest_of_three(three, alone) == {"cat": ("ant", "dog")}
    assert rest_of_three(three, alone | _decisions(dog=confirmed)) == {}
    four = [_evidence("cat", 2.0, {"dog": 0.0, "ant": 0.0, "cow": 0.0}), *three[1:]]
    assert rest_of_three(four, alone | _decisions(cow=clean)) == {}
    pair = SimpleNamespace(name="cat", background=None, lent=three[0].lent)
    assert rest_of_three([cast(ClassEvidence, pair), *three[1:]], alone) == {}


def _beside(**losses: Effect) -> ClassEvidence:
    return cast(ClassEvidence, SimpleNamespace(name="cat", on_either=losses))


COSTLY = Effect(0.2, FLOOR / 2, 0.4, 0.01, {"blur": 0.2, "patch": FLOOR}, 12, 12)
FREE = Effect(FLOOR / 2 - 0.001, -0.1, 0.2, 0.5, {}, 12, 12)


@pytest.mark.parametrize("cleared", [ClassVerdict.CLEAN, ClassVerdict.CONTEXT])
def test_a_class_of_three_that_loses_on_one_of_the_others_is_not_cleared(
    cleared: ClassVerdict,
) -> None:
    suspected, confirmed = ClassVerdict.SUSPECTED, ClassVerdict.CONFIRMED
    decided = _decisions(cat=cleared, dog=suspected, ant=cleared)
    own = _beside(dog=COSTLY, ant=FREE)
    found = of_three(decided, [own], FLOOR)
    assert (found["cat"].verdict, found["cat"].of_three) == (suspected, ("dog", "ant"))
    assert (found["dog"], found["ant"]) == (decided["dog"], decided["ant"])
    # A confirmed class says itself what the others may share; what is not cleared stays.
    assert of_three(decided | _decisions(dog=confirmed), [own], FLOOR)["cat"].verdict is cleared
    assert of_three(decided | _decisions(ant=confirmed), [own], FLOOR)["cat"].verdict is cleared
    open_ = decided | _decisions(cat=ClassVerdict.UNDETERMINED)
    assert of_three(open_, [own], FLOOR) == open_
    for beside in (
        _beside(),
        _beside(dog=COSTLY, ant=COSTLY),
        _beside(dog=COSTLY, ant=replace(FREE, mean=FLOOR / 2)),
        _beside(dog=replace(COSTLY, low=FLOOR / 2 - 0.001), ant=FREE),
        _beside(dog=replace(COSTLY, fills={"blur": 0.3, "patch": FLOOR - 0.001}), ant=FREE),
    ):
        assert of_three(decided, [beside], FLOOR) == decided


def test_what_a_wrong_mask_moves_moves_its_bounds_too() -> None:
    moved = _moved(_effect(0.5, 0.25, 0.75), -0.125)
    assert moved is not None
    assert (moved.mean, moved.low, moved.high) == (0.375, 0.125, 0.625)
    assert moved.fills == {"blur": 0.375, "patch": 0.125}
    open_ = _moved(_effect(0.5), 0.25)
    assert open_ is not None
    assert (open_.mean, open_.low, open_.high) == (0.75, None, None)
    same = _effect(0.5, 0.25, 0.75)
    assert _moved(same, 0.0) is same
    assert _moved(None, 0.25) is None
