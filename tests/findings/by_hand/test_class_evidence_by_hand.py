"""What is gathered of a class, from answers without noise: swaps, pairs, patches, counts."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from auditor.domain.answers import write_classes
from auditor.domain.cues import SPEC_OF, Cue
from auditor.domain.interventions import HOLE_FILLS, SWAPS, Fill, Intervention
from auditor.findings.evidence.attribute_swaps import (
    SWAPPED,
    SwapEvaluation,
    edges,
    evaluate_swap,
    patches,
)
from auditor.findings.evidence.class_evidence import gather
from auditor.findings.evidence.effect_observations import effect_observations
from auditor.findings.evidence.label_evidence import answered, gather_labels
from auditor.findings.evidence.pair import PairEvidence, donor_scores, pair_evidence
from auditor.findings.evidence.swap_test import PairTest, SwapTest, TableTest
from auditor.findings.evidence.trial_table import TrialRows, TrialTable, tidy
from auditor.findings.frames import as_numbers
from tests.findings.by_hand.test_swap_tables_by_hand import CUES, NAMES, _rows, tidied
from tests.findings.known_effects import known_effect
from tests.findings.trials import case, table_of, trial, under

Rows = list[dict[str, Any]]
ALL_CUED = {("a", "a"): 3.0, ("b", "b"): 3.0, ("c", "c"): 0.8, ("d", "d"): 3.0, ("e", "e"): 3.0}


def _swaps(rows: Rows, cue: Cue = Cue.BACKGROUND) -> SwapEvaluation:
    spec = SPEC_OF[cue]
    named = {
        Intervention.BACKGROUND_OTHER.value: spec.given,
        Intervention.BACKGROUND_SAME.value: SWAPS[spec.given] if spec.given else None,
    }
    turned = [row | {"intervention": str(named[row["intervention"]])} for row in rows]
    return evaluate_swap(TrialRows(tidied(turned)), spec, model_classes=5, seed=0)


def _table_test(found: SwapEvaluation, name: str) -> TableTest:
    test = found.tests[name]
    assert isinstance(test, TableTest)
    return test


def test_a_class_is_asked_on_donors_without_a_cue() -> None:
    rows = _rows(CUES)
    found = _swaps(rows)
    assert found.plain == frozenset("bcde")
    assert found.tables is not None
    assert set(found.tests) == set(NAMES)
    for name, plain in (("a", "bcde"), ("b", "cde"), ("c", "bde"), ("e", "bcd")):
        test, effects = _table_test(found, name), found.tables.effects[name]
        own = [r for r in rows if r["label"] == name and r["donor_label"] in plain]
        assert test.needed is not None
        assert test.needed.mean == pytest.approx(0.9 - np.mean([r["p_label"] for r in own]))
        assert test.apart
        assert test.two_sided
        assert (test.necessity, test.sufficiency) == (effects.necessity, effects.sufficiency)
        assert (test.won, test.fitted) == (effects.capture, effects.effect)
        assert (test.rival, test.rival_pull) == (effects.rival, effects.rival_pull)
        assert set(test.plain) == set(plain)
    # The donors that cost most first: on b's backgrounds c answers.
    assert _table_test(found, "a").plain == ("b", "c", "d", "e")
    assert _table_test(found, "e").plain == ("b", "c", "d")
    assert _table_test(found, "d").plain[0] == "b"


@pytest.mark.parametrize(("donors", "told"), [(4, False), (5, True)])
def test_classes_with_fewer_than_five_donors_are_not_plain(donors: int, told: bool) -> None:
    found = _swaps(_rows(CUES, donors))
    test = _table_test(found, "a")
    assert found.plain == (frozenset("bcde") if told else frozenset())
    assert (test.needed == test.fitted) is not told
    assert (test.plain != (), test.apart) == (told, told)


@pytest.mark.parametrize(("extra", "told"), [("", False), ("b1", True)])
def test_a_loss_is_seen_on_five_donors_at_least(extra: str, told: bool) -> None:
    kept = {"b0", "c0", "d0", "e0", extra}
    rows = [
        row
        if row["label"] != "a" or row["donor"] in kept or row["donor_label"] == "a"
        else row | {"p_label_control": None}
        for row in _rows(CUES)
    ]
    test = _table_test(_swaps(rows), "a")
    assert (test.needed == test.fitted) is not told
    assert test.apart is told


@pytest.mark.parametrize(("control", "plain"), [(0.99, ()), (0.3, ("c",))])
def test_donors_with_the_least_cue_count_where_they_cost_no_more_than_the_fit(
    control: float, plain: tuple[str, ...]
) -> None:
    rows = _rows(ALL_CUED)
    rows = [r if r["p_label_control"] is None else r | {"p_label_control": control} for r in rows]
    found = _swaps(rows)
    assert found.plain == frozenset("c")
    test = _table_test(found, "a")
    assert (test.plain, test.apart) == (plain, False)
    assert (test.needed == test.fitted) is (plain == ())


@pytest.mark.parametrize(
    ("cue", "two_sided", "rival"),
    [(Cue.BLUR, False, False), (Cue.COLOUR_CAST, True, False), (Cue.BORDER_FRAME, True, True)],
)
def test_what_changes_objects_too_proves_nothing_by_its_rival(
    cue: Cue, two_sided: bool, rival: bool
) -> None:
    test = _table_test(_swaps(_rows(CUES), cue), "a")
    assert test.two_sided is two_sided
    assert (test.rival_pull is not None) is rival
    assert test.rival is not None


def _of(rows: Rows, labels: str, donors: str) -> Rows:
    return [r for r in rows if r["label"] in labels and r["donor_label"] in donors]


def test_two_classes_are_a_pair_and_three_a_table() -> None:
    rows = _rows(CUES)
    found = _swaps(_of(rows, "ab", "ab"))
    assert (found.tables, found.plain) == (None, frozenset())
    one, other = found.tests["a"], found.tests["b"]
    assert isinstance(one, PairTest)
    assert (one.needed, one.won) == (other.won, other.needed)
    assert one.two_sided
    assert other.two_sided
    for test, name in ((one, "a"), (other, "b")):
        own = [r["p_label"] for r in rows if (r["label"], name) == (name, r["label"])]
        away = [
            r["p_label"]
            for r in rows
            if r["label"] == name and r["donor_label"] in "ab" and r["donor_label"] != name
        ]
        assert own
        assert test.needed is not None
        assert test.needed.mean == pytest.approx(0.9 - np.mean(away))
    assert _swaps(_of(rows, "ab", "abc")).tables is not None
    assert _swaps(_of(rows, "a", "ab")).tests == {}
    assert _swaps(_of(rows, "ab", "ab"), Cue.BLUR).tests == {}


def test_without_a_swap_there_is_no_test() -> None:
    rows = _rows(CUES)
    alone = [row for row in rows if row["label"] == row["donor_label"]]
    assert _swaps(alone) == SwapEvaluation({}, frozenset())
    spec = SPEC_OF[Cue.EXPOSURE]
    table = TrialRows(tidied(rows))
    assert evaluate_swap(table, spec, model_classes=5, seed=0) == SwapEvaluation({}, frozenset())
    unnamed = [row | {"donor_group": None, "donor": None} for row in rows]
    assert _swaps(unnamed).tests == {}
    assert all(spec.given is not None for spec in SWAPPED)
    assert {Cue.BACKGROUND, Cue.BLUR, Cue.BORDER_FRAME} <= {spec.id for spec in SWAPPED}
    assert Cue.CORNER_MARK not in {spec.id for spec in SWAPPED}


def _patch_rows() -> Rows:
    rows = []
    for number in range(3):
        name = f"a{number}"
        rows += under(
            HOLE_FILLS, name, Intervention.SALIENT_REMOVED, 0.3, label="a", p_label_control=0.9
        )
        rows.append(
            trial(f"b{number}", Intervention.PATCH_OTHER, Fill.NONE, 0.5, label="b", donor=name,
                  donor_label="a", donor_group=name, p_donor=0.4, p_donor_control=0.1)
        )  # fmt: skip
    alone = Intervention.SALIENT_REMOVED
    rows += under(HOLE_FILLS, "c0", alone, 0.5, label="c", p_label_control=0.7)
    return rows


def test_patches_cost_their_class_and_win_others_images() -> None:
    found = patches(TrialRows(tidied(_patch_rows())), ["a", "b", "c"], seed=0)
    assert set(found) == {"a", "c"}
    one, other = found["a"], found["c"]
    assert one.needed is not None
    assert one.won is not None
    assert (one.needed.mean, one.won.mean) == (pytest.approx(0.6), pytest.approx(0.3))
    assert (one.needed.donors, one.won.donors) == (0, 3)
    assert (one.two_sided, other.two_sided) == (True, True)
    assert other.won is None


def _edge_rows(*interventions: Intervention, label: str = "a") -> Rows:
    return [
        trial(f"{label}{n}", intervention, Fill.BLUR, 0.3, label=label, p_label_control=0.8,
              donor=f"b{n}", donor_label="b", donor_group=f"b{n}")
        for n in range(3)
        for intervention in interventions
    ]  # fmt: skip


ALONG = (Intervention.EDGE_REMOVED, Intervention.BESIDE_REMOVED, Intervention.BESIDE_GIVEN)


def test_at_the_edge_all_three_have_to_be_tried() -> None:
    for left_out in ALONG:
        rows = _edge_rows(*(each for each in ALONG if each is not left_out))
        assert edges(TrialRows(tidied(rows)), ["a"], seed=0) == {}
    test = edges(TrialRows(tidied(_edge_rows(*ALONG))), ["a", "b"], seed=0)["a"]
    assert test.needed is not None
    assert test.won is not None
    assert test.removed is not None
    assert (test.needed.donors, test.won.donors, test.removed.donors) == (0, 3, 0)
    assert test.won.mean == pytest.approx(-0.5)
    assert test.two_sided


def _cases() -> pd.DataFrame:
    """Nine images of each class, six of them tested; of `a` one without a mask, one of an inverted
    one, and one that is wrong."""
    rows = [
        case(
            f"{name}{n}", name, relevance_skill=n / 10, correct=n != 8, sampled=n < 8,
            mask_source="none" if n == 7 else "file", cam_scale=0.0 if name == "b" else n / 10,
            duplicate_group="twins" if n < 2 else None,
        )
        for name in NAMES
        for n in range(9)
    ]  # fmt: skip
    frame = as_numbers(pd.DataFrame(rows))
    frame["mask_doubt"] = ["inverted" if name == "a8" else None for name in frame["case_id"]]
    frame["group"] = frame["duplicate_group"].fillna(frame["case_id"])
    return frame.assign(has_trials=frame["case_id"].str[1].astype(int) < 6)


def test_what_is_gathered_of_a_class() -> None:
    rows = _rows(CUES) + _patch_rows() + _edge_rows(*ALONG)
    rows += under(
        HOLE_FILLS, "a0", Intervention.OBJECT_REMOVED, 0.2, label="a", p_label_control=0.7
    )
    rows += under(HOLE_FILLS, "a0", Intervention.PASTED_BACK, 0.6, label="a")
    found = gather(
        _cases(), TrialRows(tidied(rows)), (*NAMES, "f"), model_classes=5,
        null_nominated={"a": 0.2}, floor=0.1, seed=0,
    )  # fmt: skip
    assert found.plain == frozenset("bcde")
    assert found.pair is None
    assert found.tables is not None
    one, second, *_, none = found.classes
    assert (one.name, one.images, one.masked, one.inverted) == ("a", 9, 8, 1)
    assert (one.tested, one.groups, one.swapped, one.audit_tested) == (6, 5, 6, 30)
    assert (one.zero_maps, second.zero_maps, none.zero_maps) == (False, True, False)
    assert one.accuracy == pytest.approx(8 / 9)
    assert one.median_skill == pytest.approx(0.4)
    assert (one.nomination.rate, one.nomination.null) == (1.0, 0.2)
    assert second.nomination.null is None
    assert one.object_effect == pytest.approx(0.5)
    assert one.pasting_damage == pytest.approx(0.3)
    assert one.usual == pytest.approx(0.9)
    assert one.losses == found.tables.effects["a"].losses
    assert found.classes[2].lent == found.tables.effects["c"].lent
    assert found.classes[2].lent["b"] == pytest.approx(1.0)
    assert isinstance(one.background, TableTest)
    assert set(one.appearance) == {Cue.EDGE_MARK}
    assert second.appearance == {}
    assert (one.patch is not None, second.patch) == (True, None)
    assert one.chance == pytest.approx(1 / 6)
    assert (none.images, none.tested, none.background, none.lent) == (0, 0, None, {})
    assert (none.accuracy, none.object_effect, none.pair) == (None, None, None)
    assert none.audit_tested == 30


def test_a_given_frame_is_a_test_of_its_own() -> None:
    other = SPEC_OF[Cue.BORDER_FRAME].given
    assert other is not None
    named = {
        Intervention.BACKGROUND_OTHER.value: other.value,
        Intervention.BACKGROUND_SAME.value: SWAPS[other].value,
    }
    framed = [row | {"intervention": named[row["intervention"]]} for row in _rows(CUES)]
    table = TrialRows(tidied(framed))
    found = gather(
        _cases(), table, NAMES, model_classes=5, null_nominated={}, floor=0.1, seed=0
    ).classes[0]
    assert found.background is None
    assert set(found.appearance) == {Cue.BORDER_FRAME}


DONORS = 10
LACKING = 3


def _decides(name: str, number: int) -> float:
    """What a donor's background gives to `a` against `b`: three of b's act as a's do."""
    as_a = name == "a" or number < LACKING
    return (2.0 if as_a else -2.0) + 0.05 * (number % 5)


def _pair_rows() -> Rows:
    """Every object on every donor of either class, additive in log odds."""
    rows = []
    strength = {"a": 0.5, "b": -0.5}
    for label in "ab":
        for number in range(4):
            for donor in "ab":
                for lender in range(DONORS):
                    value = strength[label] + 0.1 * number + _decides(donor, lender)
                    p = 1 / (1 + math.exp(-value))
                    p_label = p if label == "a" else 1 - p
                    same = label == donor
                    rows.append(
                        trial(
                            f"{label}{number}",
                            Intervention.BACKGROUND_SAME if same else Intervention.BACKGROUND_OTHER,
                            Fill.BLUR,
                            p_label,
                            label=label,
                            donor=f"{donor}{lender + 10}",
                            donor_label=donor,
                            donor_group=f"{donor}{lender + 10}",
                            p_label_control=None if same else 0.9,
                            p_donor=None if same else 1 - p_label,
                            answer="a" if p > 0.5 else "b",
                            top_classes=write_classes(("a", "b") if p > 0.5 else ("b", "a")),
                            top_probability_1=max(p, 1 - p),
                            top_probability_2=min(p, 1 - p),
                        )
                    )
    return rows


def _pair_table(rows: Rows) -> TrialTable:
    cases = [case(f"{name}{n}", name) for name in "ab" for n in (*range(4), *range(10, 20))]
    return tidy(table_of(rows), as_numbers(pd.DataFrame(cases)), seed=0)


PROVED = {"a": PairTest(known_effect(0.9), known_effect(0.9), two_sided=True)}
UNPROVED = {"a": PairTest(known_effect(0.0), known_effect(0.0), two_sided=True)}


def _pair(
    rows: Rows, tests: dict[str, PairTest] = PROVED, patch: dict[str, SwapTest] | None = None
) -> PairEvidence | None:
    return pair_evidence(_pair_table(rows), tests, patch or {}, model_classes=2, floor=0.1, seed=0)


def test_donors_are_scored_by_what_they_give_to_the_first_class() -> None:
    found = donor_scores(_pair_table(_pair_rows()).rows, 2)
    want = np.array([_decides(name, n) for name in "ab" for n in range(DONORS)])
    assert list(found["donor"]) == [f"{name}{n + 10}" for name in "ab" for n in range(DONORS)]
    assert list(found["label"]) == ["a"] * DONORS + ["b"] * DONORS
    assert list(found["group"]) == list(found["donor"])
    assert found["score"].to_numpy() == pytest.approx(want - want.mean(), abs=1e-4)
    # Nor does it matter which objects a donor was shown with.
    some = [
        r
        for n, r in enumerate(_pair_rows())
        if n % 3 or (r["donor"], r["case_id"]) in {("a10", "a0"), ("b10", "b0")}
    ]
    uneven = donor_scores(_pair_table(some).rows, 2)["score"].to_numpy()
    assert uneven == pytest.approx(want - want.mean(), abs=1e-3)


def test_the_class_of_which_some_donors_act_as_the_others_owns_the_cue() -> None:
    found = _pair(_pair_rows())
    assert found is not None
    assert (found.names, found.owner, found.attributed_by) == (("a", "b"), "b", "donors")
    assert found.cueless == {"b10", "b11", "b12"}
    assert found.modes["b"] > 6
    assert found.modes["a"] < 2
    # On b's backgrounds without the cue the other class keeps its answer.
    lacking = [r for r in _pair_rows() if r["label"] == "a" and r["donor"] in found.cueless]
    assert found.without is not None
    assert found.without.mean == pytest.approx(0.9 - np.mean([r["p_label"] for r in lacking]))
    away = {
        name: [r["answer"] != name for r in _pair_rows() if (r["label"], r["donor_label"]) == pair]
        for name, pair in (("a", ("a", "b")), ("b", ("b", "a")))
    }
    assert found.flipped == {name: pytest.approx(np.mean(each)) for name, each in away.items()}


def test_where_the_background_is_not_proved_to_decide_no_owner_is_looked_for() -> None:
    found = _pair(_pair_rows(), UNPROVED)
    assert found is not None
    assert (found.owner, found.attributed_by, found.without) == (None, None, None)
    assert found.cueless == frozenset()
    assert found.modes["b"] > 6


def test_two_donors_without_the_cue_may_be_mislabelled() -> None:
    moved = [
        r | {"donor": "b11", "donor_group": "b11"} if r["donor"] == "b12" else r
        for r in _pair_rows()
    ]
    found = _pair(moved)
    assert found is not None
    assert found.owner is None


def test_a_patch_that_only_one_class_needs_tells_whose_cue_it_is() -> None:
    """Where all donors of a class act alike, nobody lacks the cue."""
    alike = [r for r in _pair_rows() if r["donor"] not in {"b10", "b11", "b12"}]
    needed = SwapTest(known_effect(0.9), None, two_sided=True)
    spared = SwapTest(known_effect(0.0), None, two_sided=True)
    found = _pair(alike, patch={"a": needed, "b": spared})
    assert found is not None
    assert (found.owner, found.attributed_by) == ("a", "patch")
    assert found.cueless == frozenset()
    assert found.without is None


def test_more_or_fewer_than_two_classes_are_no_pair() -> None:
    one = [r for r in _pair_rows() if r["label"] == "a"]
    assert _pair(one) is None
    apart = [r for r in _pair_rows() if r["donor_label"] == "a"]
    assert _pair(apart) is None
    third = [r | {"donor_label": "c"} if r["donor"] == "b10" else r for r in _pair_rows()]
    assert _pair(third) is None


def _gathered_pair(together: bool) -> Any:
    rows = _pair_rows()
    cases = [case(f"{name}{n}", name) for name in "ab" for n in range(4)]
    frame = as_numbers(pd.DataFrame(cases))
    frame = frame.assign(group=frame["case_id"], has_trials=True, mask_doubt=None)
    return gather(
        frame, _pair_table(rows), ("a", "b"), model_classes=2, null_nominated={}, floor=0.05,
        seed=0, together=together,
    )  # fmt: skip


def test_beside_the_owner_a_class_is_judged_by_what_it_loses_without_the_cue() -> None:
    found = _gathered_pair(together=True)
    assert found.pair is not None
    assert found.pair.owner == "b"
    one, owner = found.classes
    assert (one.pair, owner.pair) == (found.pair, found.pair)
    assert isinstance(owner.background, PairTest)
    assert type(one.background) is SwapTest
    assert (one.background.needed, one.background.won) == (found.pair.without, None)
    assert one.background.two_sided
    assert one.beside_owner
    assert not owner.beside_owner


def test_two_answers_of_one_label_are_no_pair() -> None:
    found = _gathered_pair(together=False)
    assert found.pair is None
    assert [each.pair for each in found.classes] == [None, None]
    assert all(isinstance(each.background, PairTest) for each in found.classes)


def test_labels_are_gathered_one_by_one() -> None:
    rows = [
        row
        | {
            "label": {"a": "x", "b": "not x"}[row["label"]],
            "donor_label": {"a": "x", "b": "not x"}[row["donor_label"]],
        }
        for row in _pair_rows()
    ]
    cases = [
        case(f"{name}{n}", {"a": "x", "b": "not x"}[name], label_probability=0.8, correct=n > 0)
        for name in "ab"
        for n in (*range(4), *range(10, 20))
    ]
    cases += [case("y0", "y")]
    frame = as_numbers(pd.DataFrame(cases))
    tested = frame["case_id"].str[1:].astype(int) < 4
    frame = frame.assign(group=frame["case_id"], has_trials=tested, mask_doubt=None)
    table = tidy(table_of(rows), frame, seed=0)
    found = gather_labels(
        frame, table, ["x", "y"], answered(frame, ["x", "y"]), null_nominated={}, floor=0.1, seed=0
    )
    assert (found.plain, found.tables, found.pair) == (frozenset(), None, None)
    one, other = found.classes
    assert (one.name, one.images, one.tested, one.audit_tested) == ("x", 14, 4, 9)
    assert one.accuracy == pytest.approx(13 / 14)
    assert one.label_accuracy is not None
    assert one.label_accuracy.specificity == pytest.approx(13 / 14)
    assert one.chance == pytest.approx(0.2)
    assert isinstance(one.background, PairTest)
    assert one.pair is None
    assert (other.name, other.images, other.chance) == ("y", 1, 0.0)


def _observed(rows: Rows, labels: tuple[str, ...] = ()) -> dict[str, pd.DataFrame]:
    cases = pd.DataFrame([case(f"{name}{n}", name) for name in NAMES for n in range(9)])
    return effect_observations(cases, table_of(rows), model_classes=5, seed=0, labels=labels)


def test_observations_have_the_means_of_the_effects() -> None:
    rows = _rows(CUES)
    found, swaps = _observed(rows), _swaps(rows)
    losses, gains = found["background_effect"], found["capture"]
    for name in NAMES:
        test = _table_test(swaps, name)
        own = losses[losses["class"] == name]
        assert test.needed is not None
        assert test.won is not None
        assert own["value"].mean() == pytest.approx(test.needed.mean)
        assert set(own["donor_group"].str[0]) == set(test.plain)
        won = gains[gains["class"] == name]
        assert won["value"].mean() == pytest.approx(test.won.mean, abs=1e-6)
        assert set(won["donor_group"].str[0]) == {name}


def test_with_few_donors_observations_are_what_is_lost_after_the_donors_own() -> None:
    """Held against the class's own probability at home, what is left is the fitted effect."""
    rows = _rows(CUES, per_class=4)
    at_home = {
        (r["label"], r["fill"]): r["p_label"] for r in rows if r["label"] == r["donor_label"]
    }
    rows = [
        r
        if r["p_label_control"] is None
        else r | {"p_label_control": at_home[r["label"], r["fill"]]}
        for r in rows
    ]
    found, swaps = _observed(rows)["background_effect"], _swaps(rows)
    for name in NAMES:
        effect = _table_test(swaps, name).fitted
        assert effect is not None
        assert found[found["class"] == name]["value"].mean() == pytest.approx(effect.mean, abs=1e-6)
        assert len(found[found["class"] == name]) == 48


def test_of_two_classes_observations_are_plain_losses_and_gains() -> None:
    rows = [
        row if row["p_label_control"] is None else row | {"p_donor_control": 0.05}
        for row in _of(_rows(CUES), "ab", "ab")
    ]
    found = _observed(rows)
    one = found["background_effect"]
    away = [r for r in rows if (r["label"], r["donor_label"]) == ("a", "b")]
    assert one[one["class"] == "a"]["value"].mean() == pytest.approx(
        0.9 - np.mean([r["p_label"] for r in away])
    )
    won = found["capture"]
    assert won[won["class"] == "b"]["value"].mean() == pytest.approx(
        np.mean([r["p_donor"] for r in away]) - 0.05
    )
    assert _observed([])["background_effect"].empty


def test_observations_of_labels_are_of_each_label_alone() -> None:
    names = {"a": "x", "b": "not x"}
    rows = [
        r | {"label": names[r["label"]], "donor_label": names[r["donor_label"]]}
        for r in _of(_rows(CUES), "ab", "ab")
    ]
    cases = pd.DataFrame([case(f"{name}{n}", names[name]) for name in "ab" for n in range(9)])
    found = effect_observations(cases, table_of(rows), model_classes=9, seed=0, labels=("x",))
    assert set(found["background_effect"]["class"]) == {"x"}
    assert set(found["capture"]["class"]) == {"x"}
    assert replace(PROVED["a"], needed=None).needed is None
