"""Which cue is named, what is advised and what a hypothesis makes of its class, by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from auditor.config import FindingsSection
from auditor.domain.cues import Cue
from auditor.domain.hypotheses import HypothesisStatus
from auditor.domain.interventions import Fill, Intervention
from auditor.domain.locations import Location, OfCue, PatchShares
from auditor.domain.places import Property, PropertyKind
from auditor.domain.verdicts import ClassVerdict
from auditor.findings.clusters.hypothesis import Hypothesis
from auditor.findings.evidence.label_accuracy import LabelAccuracy
from auditor.findings.evidence.positions import PatchPosition, place_of
from auditor.findings.evidence.swap_test import SwapTest
from auditor.findings.evidence.trial_table import TrialTable, tidy
from auditor.findings.frames import as_numbers
from auditor.findings.tables.hypothesis_rows import (
    HypothesisCounts,
    hypothesis_rows,
    with_suspicions,
)
from auditor.findings.verdicts.actions import TOO_MANY, action_numbers, images_to_settle
from auditor.findings.verdicts.class_verdicts import Decision, UndeterminedReason
from auditor.findings.verdicts.cue_location import examples
from auditor.findings.verdicts.cue_naming import EXPLAINS, PATCH_LOSES, PATCH_WINS, name_cue
from auditor.findings.verdicts.named_cue import EXAMPLES, NamedCue, examples_of
from auditor.statistics.effects import Effect
from tests.findings.test_class_verdicts import _evidence, _table
from tests.findings.trials import case, table_of, trial

SETTINGS = FindingsSection()
FLOOR = 0.1
BY_BACKGROUND = Decision(ClassVerdict.CONFIRMED, confirmed_by=(Cue.BACKGROUND,))
JUST = 1e-9
WHOLE_LOSS, WHOLE_GAIN = 0.8, 0.6


def effect(mean: float, low: float | None = None, high: float | None = None) -> Effect:
    return Effect(mean, low, high, 0.001, {"blur": mean}, 12, 12)


def part(lost: float | None, won: float | None, *, both: bool = True) -> SwapTest:
    sides = (None if each is None else effect(each) for each in (lost, won))
    return SwapTest(*sides, two_sided=both)


WHOLE = _table(needed=effect(WHOLE_LOSS), won=effect(WHOLE_GAIN))


def patches(place: str | None = "patch 0.000 0.000 0.200") -> TrialTable:
    """Four images of boats whose patches lie at a place."""
    rows = [
        trial(f"boat{i}", Intervention.SALIENT_REMOVED, fill, 0.1 * (i + 1), label="boat",
              p_label_control=0.9, place=place)
        for i in range(4) for fill in (Fill.BLUR, Fill.PATCHES)
    ]  # fmt: skip
    cases = [case(f"boat{i}", "boat") for i in range(4)]
    return tidy(table_of(rows), as_numbers(pd.DataFrame(cases)), seed=0)


def named(
    table: TrialTable | None = None, decision: Decision = BY_BACKGROUND, **changes: Any
) -> Cue | None:
    found = name_cue(
        _evidence(**({"background": WHOLE} | changes)), decision, table or patches(), FLOOR
    )
    return None if found is None else found.cue


@pytest.mark.parametrize(
    ("lost", "won", "cue"),
    [
        (PATCH_LOSES * WHOLE_LOSS, PATCH_WINS * WHOLE_GAIN, Cue.CORNER_MARK),
        (PATCH_LOSES * WHOLE_LOSS - JUST, PATCH_WINS * WHOLE_GAIN, Cue.BACKGROUND),
        (PATCH_LOSES * WHOLE_LOSS, PATCH_WINS * WHOLE_GAIN - JUST, Cue.BACKGROUND),
        (None, 0.5, Cue.BACKGROUND),
        (0.7, None, Cue.BACKGROUND),
    ],
)
def test_a_patch_names_the_cue_if_it_carries_its_share(
    lost: float | None, won: float | None, cue: Cue
) -> None:
    assert named(patch=part(lost, won)) is cue


def test_a_patch_that_carries_all_of_a_small_effect_has_to_reach_the_floor() -> None:
    whole = _table(needed=effect(0.11), won=effect(0.06))
    assert named(background=whole, patch=part(FLOOR, FLOOR / 2)) is Cue.CORNER_MARK
    assert named(background=whole, patch=part(FLOOR - JUST, FLOOR / 2)) is Cue.BACKGROUND
    assert named(background=whole, patch=part(FLOOR, FLOOR / 2 - JUST)) is Cue.BACKGROUND


@pytest.mark.parametrize(
    ("share", "frame"), [(EXPLAINS, Cue.BORDER_FRAME), (EXPLAINS - JUST, Cue.BACKGROUND)]
)
def test_what_is_no_spot_carries_more(share: float, frame: Cue) -> None:
    both = {Cue.BORDER_FRAME: part(share * WHOLE_LOSS, WHOLE_GAIN)}
    gain = {Cue.BORDER_FRAME: part(WHOLE_LOSS, share * WHOLE_GAIN)}
    assert named(appearance=both) is frame
    assert named(appearance=gain) is frame


def test_softness_is_only_won() -> None:
    assert named(appearance={Cue.BLUR: part(None, 0.5, both=False)}) is Cue.BLUR
    assert named(appearance={Cue.BLUR: part(None, 0.3, both=False)}) is Cue.BACKGROUND


def test_the_costlier_of_two_spots_is_named() -> None:
    patch, edge = part(0.5, 0.5), part(0.6, 0.5)
    assert named(patch=patch, appearance={Cue.EDGE_MARK: edge}) is Cue.EDGE_MARK
    assert named(patch=edge, appearance={Cue.EDGE_MARK: patch}) is Cue.CORNER_MARK
    # A spot goes before what lies all over the picture.
    assert named(patch=patch, appearance={Cue.BORDER_FRAME: part(0.8, 0.6)}) is Cue.CORNER_MARK


def test_a_patch_in_the_middle_is_a_thing() -> None:
    table = patches("patch 0.400 0.400 0.200")
    assert named(table, patch=part(0.5, 0.5)) is Cue.CO_OCCURRING_OBJECT
    assert named(patches(None), patch=part(0.5, 0.5)) is Cue.CO_OCCURRING_OBJECT


def test_only_confirmed_classes_and_proved_gains_have_a_cue() -> None:
    assert named(decision=Decision(ClassVerdict.CLEAN)) is None
    assert named(decision=Decision(ClassVerdict.UNDETERMINED)) is None
    suspected = Decision(ClassVerdict.SUSPECTED)
    sure = _table(needed=effect(FLOOR, JUST), apart=True)
    assert named(decision=suspected, background=sure) is Cue.BACKGROUND
    for weak in (
        replace(sure, needed=effect(FLOOR - JUST, JUST)),
        replace(sure, needed=effect(FLOOR, 0.0)),
        replace(sure, needed=effect(FLOOR)),
        replace(sure, needed=None),
        replace(sure, apart=False),
    ):
        assert named(decision=suspected, background=weak) is None


def test_without_a_background_the_strongest_property_stands_for_the_whole() -> None:
    decision = Decision(ClassVerdict.CONFIRMED, confirmed_by=(Cue.BLUR, Cue.BORDER_FRAME))
    looks = {Cue.BLUR: part(None, 0.2, both=False), Cue.BORDER_FRAME: part(0.5, 0.5)}
    assert named(decision=decision, background=None, appearance=looks) is Cue.BORDER_FRAME
    found = name_cue(_evidence(background=None, appearance=looks), decision, patches(), FLOOR)
    assert found is not None
    assert found.strength is not None
    assert found.strength.mean == 0.5
    only = {Cue.BLUR: looks[Cue.BLUR]}
    blur = Decision(ClassVerdict.CONFIRMED, confirmed_by=(Cue.BLUR,))
    found = name_cue(_evidence(background=None, appearance=only), blur, patches(), FLOOR)
    assert found is not None
    assert found.strength is not None
    assert (found.cue, found.strength.mean) == (Cue.BLUR, 0.2)


def test_a_strength_below_nothing_is_none_and_a_pair_is_told() -> None:
    odd = _table(needed=effect(-JUST), won=effect(0.5))
    found = name_cue(_evidence(background=odd), BY_BACKGROUND, patches(), FLOOR)
    assert found is not None
    assert found.strength is None
    zero = _table(needed=effect(0.0), won=effect(0.5))
    found = name_cue(_evidence(background=zero), BY_BACKGROUND, patches(), FLOOR)
    assert found is not None
    assert found.strength is not None
    both = replace(BY_BACKGROUND, pair_with="ant")
    found = name_cue(_evidence(background=WHOLE), both, patches(), FLOOR)
    assert found is not None
    assert found.where.pair == ("ant", "boat")


def test_the_images_that_lose_most_are_the_examples() -> None:
    # boat0 keeps least of its probability.
    assert examples_of(patches(), "boat", Cue.CORNER_MARK) == ("boat0", "boat1", "boat2", "boat3")
    assert examples_of(patches(), "cat", Cue.CORNER_MARK) == ()
    assert EXAMPLES == 5


@pytest.mark.parametrize(
    ("squares", "cue", "areas"),
    [
        (["0 0 0.2"] * 3, Cue.CORNER_MARK, {"top_left": 1.0}),
        (["0 0.9 0.1", "0.9 0.9 0.1"], Cue.CORNER_MARK, {"bottom_right": 0.5, "top_right": 0.5}),
        (["0 0 0.2"] * 3 + ["0.4 0.4 0.2"] * 2, Cue.CORNER_MARK,
         {"top_left": 0.6, "middle_centre": 0.4}),
        (["0 0 0.2"] * 2 + ["0.4 0.4 0.2"] * 2, Cue.CO_OCCURRING_OBJECT,
         {"middle_centre": 0.5, "top_left": 0.5}),
        (["0 0.4 0.2"] * 2, Cue.CO_OCCURRING_OBJECT, {"top_centre": 1.0}),
        (["0.4 0 0.2"] * 2, Cue.CO_OCCURRING_OBJECT, {"middle_left": 1.0}),
        # A centre of .3 from an edge is not close to it any more.
        (["0.2 0.2 0.2"], Cue.CO_OCCURRING_OBJECT, {"middle_centre": 1.0}),
    ],
)  # fmt: skip
def test_where_patches_lie(squares: list[str], cue: Cue, areas: dict[str, float]) -> None:
    found = place_of(pd.Series([f"patch {square}" for square in squares]))
    assert found is not None
    assert found.cue is cue
    assert isinstance(found.where, PatchShares)
    assert {area.value: share for area, share in found.where.shares} == pytest.approx(areas)
    assert found.where.cornered is (cue is Cue.CORNER_MARK)


def test_nothing_but_squares_has_a_place() -> None:
    assert place_of(pd.Series([], dtype=str)) is None
    assert place_of(pd.Series(["colours 1 2 3 4 5 6", "property tint"])) is None


@pytest.mark.parametrize(
    ("lost", "more"),
    [
        (effect(FLOOR, FLOOR / 2, 0.2), 15),
        (effect(0.2, 0.0, 0.4), 18),
        (effect(FLOOR - 0.02, -0.05, FLOOR + 0.02), 40),
        (effect(0.5, 0.45, 0.55), 15),
        (effect(FLOOR - 0.01, -0.2, 0.2), None),
        (effect(0.2), None),
        (effect(0.2, 0.1), None),
        (None, None),
    ],
)
def test_how_many_images_would_settle_it_by_hand(lost: Effect | None, more: int | None) -> None:
    test = None if lost is None else SwapTest(lost, None, two_sided=True)
    assert images_to_settle(test, 10, FLOOR) == more


def test_no_number_beyond_a_bound_is_told() -> None:
    at = effect(FLOOR - 0.01, 0.0, FLOOR - 0.01 + 0.01 * TOO_MANY**0.5 - JUST)
    assert images_to_settle(SwapTest(at, None, two_sided=True), 10, FLOOR) == 10 * TOO_MANY
    beyond = replace(at, high=FLOOR - 0.01 + 0.01 * (TOO_MANY + 0.1) ** 0.5)
    assert images_to_settle(SwapTest(beyond, None, two_sided=True), 10, FLOOR) is None


def advice(decision: Decision, cue: NamedCue | None = None, **changes: Any) -> dict[str, Any]:
    return dict(action_numbers(_evidence(**changes), decision, cue, SETTINGS))


def test_what_is_advised_where_a_class_is_suspected() -> None:
    suspected = Decision(ClassVerdict.SUSPECTED)
    assert advice(suspected, audit_tested=0) == {"action": "action.not_run"}
    assert advice(suspected, background=_table(apart=False)) == {"action": "action.only_cued"}
    at_bar = _table(needed=effect(0.099, 0.0, 0.2))
    assert advice(suspected, background=at_bar) == {"action": "action.at_the_bar"}
    wide = _table(needed=effect(0.2, 0.0, 0.4))
    needed = images_to_settle(wide, 64, SETTINGS.effect_floor)
    assert needed is not None
    assert advice(suspected, background=wide, masked=needed) == {
        "action": "action.test_more",
        "more": needed,
    }
    assert advice(suspected, background=wide, masked=needed - 1) == {
        "action": "action.add_images",
        "more": needed,
        "missing": 1,
    }


def test_what_is_advised_where_nothing_could_be_judged() -> None:
    few = Decision(ClassVerdict.UNDETERMINED, UndeterminedReason.TOO_FEW)
    least = SETTINGS.min_images
    told = advice(few, tested=least - 3, swapped=least - 5)
    assert told == {"action": "action.too_few", "missing": 5}
    assert advice(few, tested=least - 6, swapped=least)["missing"] == 6
    assert advice(few, tested=least + 9, swapped=least + 9)["missing"] == 1
    assert advice(Decision(ClassVerdict.CONTEXT)) == {"action": "action.context"}
    assert advice(Decision(ClassVerdict.CLEAN)) == {}


def test_what_is_advised_where_a_class_is_confirmed() -> None:
    cue = NamedCue(Cue.CORNER_MARK, Location(OfCue(Cue.CORNER_MARK)), effect(0.505), ())
    told = advice(BY_BACKGROUND, cue, images=100)
    # .505 of 100 images, rounded up, dealt to three donors.
    assert told == {
        "action": "action.cue",
        "change": 51,
        "places": ("cat", "tree", "car"),
        "each": 17,
    }
    four = advice(BY_BACKGROUND, cue, background=_table(plain=("a", "b", "c", "d")))
    assert four["places"] == ("a", "b", "c")
    label = advice(BY_BACKGROUND, cue, label_accuracy=LabelAccuracy(0.9, 0.8, 0.9))
    assert (label["action"], label["change"]) == ("action.label_cue", 51)
    assert advice(Decision(ClassVerdict.CLEAN), label_accuracy=LabelAccuracy(1, 1, 1)) == {}
    few = advice(BY_BACKGROUND, cue, images=20)
    assert few["change"] == SETTINGS.min_images
    bare = advice(BY_BACKGROUND, None, background=SwapTest(None, None, two_sided=True))
    assert (bare["change"], bare["places"], bare["each"]) == (SETTINGS.min_images, (), None)
    both = replace(BY_BACKGROUND, pair_with="cat")
    assert advice(both, None)["action"] == "action.pair"
    whole = NamedCue(Cue.BACKGROUND, Location(OfCue(Cue.BACKGROUND)), effect(0.5), ())
    assert advice(both, whole)["action"] == "action.pair"
    assert advice(both, cue)["action"] == "action.cue"


def hypothesis(cue: Cue, standing: HypothesisStatus, **changes: Any) -> Hypothesis:
    known = Hypothesis(
        kind="patch", group="g", standing=standing, place=PatchPosition(cue, OfCue(cue)),
        where=None,
        share=0.5, own_place=None, carries=False, cost=effect(0.4, 0.3, 0.5), win=None,
        examples=("a", "b"),
    )  # fmt: skip
    return replace(known, **changes)


NO_MASKS = Decision(ClassVerdict.UNDETERMINED, UndeterminedReason.NO_MASKS)


def suspicion(
    *ranked: Hypothesis, decision: Decision = NO_MASKS
) -> tuple[Decision, NamedCue | None]:
    decided, cues = with_suspicions({"boat": decision}, {"boat": None}, {"boat": ranked})
    return decided["boat"], cues["boat"]


def test_the_first_hypothesis_makes_its_class_suspected_and_a_corner_names_the_cue() -> None:
    suspected, open_ = HypothesisStatus.SUSPECTED, HypothesisStatus.OPEN
    decision, cue = suspicion(hypothesis(Cue.CORNER_MARK, suspected))
    assert decision == Decision(ClassVerdict.SUSPECTED)
    assert cue is not None
    assert (cue.cue, cue.examples) == (Cue.CORNER_MARK, ("a", "b"))
    assert cue.strength == effect(0.4, 0.3, 0.5)
    decision, cue = suspicion(hypothesis(Cue.CO_OCCURRING_OBJECT, suspected))
    assert (decision.verdict, cue) == (ClassVerdict.SUSPECTED, None)
    decision, cue = suspicion(hypothesis(Cue.CORNER_MARK, suspected, place=None))
    assert (decision.verdict, cue) == (ClassVerdict.SUSPECTED, None)
    best, next_ = hypothesis(Cue.CORNER_MARK, open_), hypothesis(Cue.CORNER_MARK, suspected)
    assert suspicion(best, next_) == (NO_MASKS, None)
    assert suspicion() == (NO_MASKS, None)
    other = Decision(ClassVerdict.UNDETERMINED, UndeterminedReason.TOO_FEW)
    assert suspicion(next_, decision=other) == (other, None)


def test_rows_of_hypotheses_by_class_and_rank() -> None:
    first = hypothesis(Cue.CORNER_MARK, HypothesisStatus.SUSPECTED)
    look = hypothesis(
        Cue.BLUR, HypothesisStatus.OPEN, kind="blur", group=None, place=None, cost=None, examples=()
    )
    counts = HypothesisCounts(pd.Series({"boat": 40, "ant": 30}), pd.Series({"g": 12}))
    rows = hypothesis_rows({"boat": (first, look), "ant": (look,)}, counts, SETTINGS)
    told = [(row["class"], row["rank"], row["images"], row["examples"]) for row in rows]
    assert told == [("ant", 1, 30, None), ("boat", 1, 12, "a b"), ("boat", 2, 40, None)]
    boat = rows[1]
    assert (boat["cost"], boat["cost_low"], boat["cost_high"]) == (0.4, 0.3, 0.5)
    assert boat["cost_images"] == 12
    assert (boat["win"], boat["win_images"]) == (None, None)
    assert "log_odds_cost_images" not in boat
    unknown = hypothesis_rows({"boat": (replace(first, group="h"),)}, counts, SETTINGS)
    assert unknown[0]["images"] == 0


def test_examples_of_an_exchanged_property_are_those_that_lose_most_by_it() -> None:
    rows = [
        trial(f"{label}{i}", Intervention.EXCHANGE_OTHER, Fill.NONE, 0.1 * (i + 1), label=label,
              p_label_control=0.9, place=place)
        for i in range(4)
        for label, place in (("boat", "property tint"), ("cat", "property tint"))
    ]  # fmt: skip
    elsewhere = {"label": "boat", "p_label_control": 0.9, "place": "property noise"}
    rows.append(trial("boat9", Intervention.EXCHANGE_OTHER, Fill.NONE, 0.0, **elsewhere))
    cases = [case(str(row["case_id"]), str(row["label"])) for row in rows]
    table = tidy(table_of(rows), as_numbers(pd.DataFrame(cases)), seed=0)
    tint = Property(PropertyKind.TINT)
    assert examples(table, "boat", Cue.WHOLE_PICTURE, tint) == ("boat0", "boat1", "boat2", "boat3")
    noise = Property(PropertyKind.NOISE)
    assert examples(table, "boat", Cue.NOISE, noise) == ("boat9",)
    assert examples(table, "cat", Cue.NOISE, noise) == ()
