"""Trials read case by case and swap by swap: a handful of them, with every number worked out."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from auditor.domain.interventions import FLAT_FILLS, HOLE_FILLS, Fill, Intervention
from auditor.domain.mask_errors import AS_GIVEN, MaskError
from auditor.findings.evidence.case_effects import EFFECTS, case_effects
from auditor.findings.evidence.class_evidence import Gathered
from auditor.findings.evidence.mask_shifts import MaskShifts, Shift, mask_shifts, object_areas
from auditor.findings.evidence.pair import PairEvidence
from auditor.findings.evidence.swap_tables import SwapTables
from auditor.findings.evidence.trial_table import TrialTable, tidy
from auditor.findings.frames import as_numbers
from tests.findings.trials import ALONE, case, emptied, swapped, table_of, trial, under


def _tidy(rows: list[dict[str, Any]], cases: list[dict[str, Any]], seed: int = 0) -> TrialTable:
    return tidy(table_of(rows), as_numbers(pd.DataFrame(cases)), seed=seed)


def _plain(*names: str, **more: Any) -> Gathered:
    known: dict[str, Any] = {"tables": None, "pair": None} | more
    return Gathered((), frozenset(names), **known)


def _effects(rows: list[dict[str, Any]], gathered: Gathered, **changes: Any) -> pd.Series:
    cases = [case("x", "boat", label_probability=0.9, **changes)]
    cases += [case(f"{name}1", name) for name in ("cat", "dog")]
    return case_effects(_tidy(rows, cases), gathered).loc["x"]


def test_the_effects_of_one_case() -> None:
    rows = [
        *under(HOLE_FILLS, "x", Intervention.OBJECT_REMOVED, 0.2, p_label_control=0.8),
        *under(ALONE, "x", Intervention.BACKGROUND_REMOVED, 0.7),
        *swapped("x", "cat", 0.8, 0.5),
        *swapped("x", "dog", 0.8, 0.1),
        *emptied("x", "cat", 0.6, 0.1),
        *emptied("x", "dog", 0.6, 0.5),
    ]
    found = _effects(rows, _plain("cat"))
    assert list(found[EFFECTS]) == pytest.approx([0.2, 0.7, 0.8, 0.5, 0.6, 0.3, 0.5])
    # Costs are against the picture as it is, on every donor: .4 and .8.
    assert found["swap_agreed"] == pytest.approx(0.6)
    assert found["swap_most"] == pytest.approx(0.6)
    assert found["swap_least"] == pytest.approx(0.4)
    assert found["suffices_agreed"] == pytest.approx(0.5)
    # The best that comes with the label as the answer is a loss: .7 instead of .9.
    assert found["returned"] == pytest.approx(-0.2)


def test_a_case_that_met_no_plain_donor_is_described_by_all() -> None:
    rows = swapped("x", "cat", 0.8, 0.5) + swapped("x", "dog", 0.8, 0.1)
    found = _effects(rows, _plain("bird"))
    assert found["p_background_other"] == pytest.approx(0.3)
    assert found["background_effect"] == pytest.approx(0.5)


def test_a_swap_without_its_control_tells_what_it_left_alone() -> None:
    rows = [row | {"p_label_control": None} for row in swapped("x", "cat", 0.8, 0.5)]
    found = _effects(rows, _plain("cat"))
    assert found["p_background_other"] == pytest.approx(0.5)
    assert math.isnan(found["p_background_same"])
    assert math.isnan(found["background_effect"])
    # With one that has its control, that one alone counts.
    both = _effects([*rows, *swapped("x", "dog", 0.8, 0.1)], _plain("cat", "dog"))
    assert both["p_background_other"] == pytest.approx(0.1)


def test_the_fills_agree_on_the_smaller_and_differ_by_the_larger() -> None:
    blur, patches = HOLE_FILLS
    rows = [
        row | {"p_label": 0.3 if row["fill"] == blur.value else 0.5}
        for row in swapped("x", "cat", 0.8, 0.0)
    ]
    rows += [
        row | {"p_label": 0.7 if row["fill"] == patches.value else 0.4}
        for row in emptied("x", "cat", 0.0, 0.1)
    ]
    found = _effects(rows, _plain("cat"))
    assert found["swap_agreed"] == pytest.approx(0.4)
    assert found["swap_most"] == pytest.approx(0.6)
    assert found["suffices_agreed"] == pytest.approx(0.3)
    one = _effects([rows[0], rows[2]], _plain("cat"))
    assert math.isnan(one["swap_agreed"])
    assert math.isnan(one["swap_most"])
    assert math.isnan(one["suffices_agreed"])
    assert one["swap_least"] == pytest.approx(0.9 - rows[0]["p_label"])


def test_what_the_donors_background_adds_is_taken_away_before_costs_are_counted() -> None:
    """The cat's backgrounds double the odds of cat: with p(boat) = .2 and p(cat) = .8 half of the
    cat's go, and boat has .2 / .6."""
    tables = SwapTables({}, ("boat", "cat"), 2, np.zeros((2, 2, 2)), np.zeros(2))
    assert tables.cells is not None
    tables.cells[0, 1, 1] = math.log(2)
    rows = [row | {"p_donor": 0.8} for row in swapped("x", "cat", 0.8, 0.2)]
    found = _effects(rows, _plain("cat", tables=tables))
    assert found["swap_agreed"] == pytest.approx(0.9 - 1 / 3)
    # The swaps as a reader sees them are as they were.
    assert found["p_background_other"] == pytest.approx(0.2)
    # A donor that the tables do not know: nothing is taken.
    strange = _effects(swapped("x", "dog", 0.8, 0.2), _plain("dog", tables=tables))
    assert strange["swap_agreed"] == pytest.approx(0.7)


@pytest.mark.parametrize(("owner", "agreed"), [("boat", 0.6), ("cat", 0.8), (None, 0.6)])
def test_beside_the_owner_of_a_pairs_cue_donors_without_it_count(
    owner: str | None, agreed: float
) -> None:
    pair = PairEvidence(("boat", "cat"), owner, None, {}, None, {}, frozenset({"dog1"}))
    rows = swapped("x", "cat", 0.8, 0.5) + swapped("x", "dog", 0.8, 0.1)
    found = _effects(rows, _plain("cat", pair=pair))
    assert found["swap_agreed"] == pytest.approx(agreed)


def _back(
    answers: tuple[str, str], gains: tuple[float, float] = (0.3, 0.4)
) -> list[dict[str, Any]]:
    return [
        trial("x", Intervention.BACKGROUND_REMOVED, fill, 0.1 + gain, answer=answer)
        for fill, answer, gain in zip(ALONE, answers, gains, strict=True)
    ]


def test_the_label_returns_where_both_fills_answer_it() -> None:
    cases = [case("x", "boat", label_probability=0.1)]

    def returned(rows: list[dict[str, Any]]) -> float:
        return float(case_effects(_tidy(rows, cases), _plain()).loc["x", "returned"])

    assert returned(_back(("boat", "boat"))) == pytest.approx(0.3)
    assert math.isnan(returned(_back(("boat", "cat"))))
    assert math.isnan(returned(_back(("boat", "boat"))[:1]))
    # Half of a fill's trials are enough; of three donors one is not.
    three = [
        trial("x", Intervention.BACKGROUND_OTHER, fill, 0.6, answer=answer, donor=f"d{n}")
        for fill in HOLE_FILLS
        for n, answer in enumerate(("boat", "cat", "boat", "cat"))
    ]
    assert returned(three) == pytest.approx(0.5)
    assert math.isnan(
        returned([row | {"answer": "cat"} if row["donor"] == "d0" else row for row in three])
    )
    assert returned(_back(("boat", "boat")) + three) == pytest.approx(0.5)


def test_of_flat_colours_the_median_and_half_of_them() -> None:
    cases = [case("x", "boat", label_probability=0.1)]
    gains = (0.1, 0.2, 0.8, 0.9)

    def returned(answers: tuple[str, ...]) -> float:
        rows = [
            trial("x", Intervention.NEUTRAL, fill, 0.1 + gain, answer=answer)
            for fill, gain, answer in zip(FLAT_FILLS, gains, answers, strict=False)
        ]
        return float(case_effects(_tidy(rows, cases), _plain()).loc["x", "returned"])

    assert len(FLAT_FILLS) >= 4
    assert returned(("boat", "cat", "cat", "boat")) == pytest.approx(0.5)
    assert math.isnan(returned(("boat", "cat", "cat", "cat")))


def test_trials_are_sorted_with_their_clusters_and_effects() -> None:
    rows = [
        trial("b", Intervention.BACKGROUND_OTHER, Fill.BLUR, 0.2, donor="c", donor_group="word",
              p_label_control=0.7, p_donor=0.5, p_donor_control=0.1),
        trial("a", Intervention.BACKGROUND_OTHER, Fill.BLUR, 0.3, donor="z", donor_group="word"),
        trial("a", Intervention.BACKGROUND_OTHER, Fill.BLUR, 0.3, donor="y"),
        trial("a", Intervention.BACKGROUND_OTHER, Fill.BLUR, 0.1, donor="z", donor_group="word"),
        trial("unknown", Intervention.NEUTRAL, Fill.GREY, 0.3),
        trial("a", Intervention.NEUTRAL, Fill.GREY, math.nan),
    ]  # fmt: skip
    cases = [
        case("a", "cat", label_probability=0.4, sampled=False),
        case("b", "dog", duplicate_group="twins"),
        case("c", "cow", duplicate_group="cows"),
    ]
    table = _tidy(rows, cases)
    found = table.rows
    assert list(found["case_id"]) == ["a", "a", "a", "b"]
    assert list(found["donor"]) == ["y", "z", "z", "c"]
    assert list(found["p_label"]) == [0.3, 0.1, 0.3, 0.2]
    assert list(found["group"]) == ["a", "a", "a", "twins"]
    assert list(found["donor_group"]) == ["y", "word", "word", "cows"]
    assert list(found["label"]) == ["cat"] * 3 + ["dog"]
    assert found["loss"].iloc[3] == pytest.approx(0.5)
    assert found["gain"].iloc[3] == pytest.approx(0.4)
    assert list(found["p_original"]) == [0.4] * 3 + [0.9]
    assert list(found["sampled"]) == [False] * 3 + [True]
    assert list(table.sample(Intervention.BACKGROUND_OTHER)["case_id"]) == ["b"]
    assert len(table.of(Intervention.BACKGROUND_OTHER)) == 4
    assert table.of(Intervention.NEUTRAL).empty


def test_every_other_cluster_of_a_class_is_in_either_half() -> None:
    names = [f"{label}{n}" for label in "ab" for n in range(9)]
    cases = [case(name, name[0], duplicate_group=f"{name[0]}{int(name[1]) // 3}") for name in names]
    rows = [trial(name, Intervention.NEUTRAL, Fill.GREY, 0.5) for name in names]
    halves = []
    for seed in range(4):
        found = _tidy(rows, cases, seed).rows
        by_group = found.groupby("group")["half"]
        assert (by_group.nunique() == 1).all()
        first = by_group.first()
        for label in "ab":
            own = first[first.index.str.startswith(label)]
            assert sorted(own) == [0, 0, 1]
        halves.append(tuple(first))
    assert len(set(halves)) > 1


def test_trials_without_any_column_make_an_empty_table() -> None:
    found = tidy(pd.DataFrame(), as_numbers(pd.DataFrame([case("a")])), seed=0).rows
    assert found.empty
    assert {"loss", "gain", "half"} <= set(found.columns)


CASES = [case(f"{label}{n}", label) for label in "ab" for n in range(9)]


def _masked(error: str, n: int, moved: float, donor: str = "b") -> dict[str, Any]:
    """a's object on a donor of b; with masks as given it loses .2 and the donor gains .1."""
    return {
        "error": error, "case_id": f"a{n}", "label": "a", "donor": f"{donor}{n}",
        "donor_label": donor, "p_label": 0.6 - moved, "p_label_same": 0.8, "p_donor": 0.3 + moved,
        "p_donor_same": 0.2,
    }  # fmt: skip


def _audited(n: int, loss: float) -> list[dict[str, Any]]:
    return [
        row | {"donor": f"b{n}", "donor_group": f"b{n}", "p_donor": 0.3, "p_donor_control": 0.2}
        for row in swapped(f"a{n}", "b", 0.8, 0.8 - loss)
    ]


def _shifts(
    wrong: list[dict[str, Any]], losses: list[float], areas: dict[str, float] | None = None
) -> MaskShifts:
    given = [_masked(AS_GIVEN, n, 0.0) for n in range(9)]
    rows = [row for n, loss in enumerate(losses) for row in _audited(n, loss)]
    table = _tidy(rows, CASES)
    known = {f"a{n}": n / 10 for n in range(9)} if areas is None else areas
    return mask_shifts(pd.DataFrame(given + wrong), table, known, seed=0)


def _odds(p: float) -> float:
    return math.log(p / (1 - p))


def test_an_error_adds_what_it_moves_beside_the_same_swap() -> None:
    found = _shifts([_masked(MaskError.ERODED, n, 0.1) for n in range(5)], []).of("a", ["b"])
    assert set(found) == {MaskError.ERODED}
    assert found[MaskError.ERODED].loss == pytest.approx(0.1)
    lent = _shifts([_masked(MaskError.ERODED, n, 0.1) for n in range(5)], [])
    given = lent.rows[lent.rows["donor_label"] == "b"]
    assert list(given["won"]) == pytest.approx([0.1] * 5)
    assert list(given["pull"]) == pytest.approx([_odds(0.4) - _odds(0.3)] * 5)
    assert set(given["fill"]) == {"blur"}
    assert given["kept"].all()


def test_what_an_errors_backgrounds_give_to_a_class_is_its_own() -> None:
    """The same swaps, asked of the class whose backgrounds they are; its own are turned round."""
    wrong = [_masked(MaskError.DILATED, n, 0.1) for n in range(5)]
    turned = [
        row | {"case_id": f"b{n}", "label": "b", "donor": f"a{n}", "donor_label": "a"}
        for error, moved in ((AS_GIVEN, 0.0), (MaskError.DILATED, 0.3))
        for n, row in enumerate(_masked(error, n, moved) for n in range(5))
    ]
    found = _shifts(wrong + turned, []).of("b", ["a"])[MaskError.DILATED]
    assert found.loss == pytest.approx(0.3)
    assert found.won == pytest.approx(0.1)
    assert found.pull == pytest.approx(_odds(0.4) - _odds(0.3))


@pytest.mark.parametrize(("cases", "told"), [(4, False), (5, True)])
def test_five_objects_tell_of_an_error(cases: int, told: bool) -> None:
    found = _shifts([_masked(MaskError.SHIFTED, n, 0.1) for n in range(cases)], [])
    assert (MaskError.SHIFTED in found.of("a", ["b"])) is told


def test_losses_are_asked_on_the_donors_that_count_where_one_was_met() -> None:
    wrong = [_masked(MaskError.ERODED, n, 0.1) for n in range(5)]
    wrong += [_masked(MaskError.ERODED, n, 0.5, donor="c") for n in range(5)]
    wrong += [_masked(AS_GIVEN, n, 0.0, donor="c") for n in range(5)]
    found = _shifts(wrong, [])
    assert found.of("a", ["b"])[MaskError.ERODED].loss == pytest.approx(0.1)
    assert found.of("a", ["d"])[MaskError.ERODED].loss == pytest.approx(0.3)


def test_a_shift_that_is_not_sure_counts_as_none() -> None:
    moved = (0.1, -0.1, 0.2, -0.2, 0.05, -0.04)
    found = _shifts([_masked(MaskError.ERODED, n, each) for n, each in enumerate(moved)], [])
    assert found.of("a", ["b"])[MaskError.ERODED] == Shift()
    down = _shifts([_masked(MaskError.ERODED, n, -0.1) for n in range(6)], [])
    assert down.of("a", ["b"])[MaskError.ERODED].loss == pytest.approx(-0.1)


def test_dropping_a_third_moves_the_mean_where_the_rest_is_surely_apart() -> None:
    """The three smallest of nine lose .1, the others .5: without them .5 instead of .3667."""
    losses = [0.1] * 3 + [0.5] * 6
    found = _shifts([], losses)
    dropped = found.rows.set_index(["error", "case_id"])["kept"].groupby(level=[0, 1]).first()
    small = dropped[MaskError.SMALLEST_DROPPED.value]
    assert list(small[~small].index) == ["a0", "a1", "a2"]
    large = dropped[MaskError.LARGEST_DROPPED.value]
    assert list(large[~large].index) == ["a6", "a7", "a8"]
    told = found.of("a", ["b"])
    assert told[MaskError.SMALLEST_DROPPED].loss == pytest.approx(0.5 - 3.3 / 9)
    assert told[MaskError.SMALLEST_DROPPED].pull == 0.0
    rows = found.rows[found.rows["error"] == MaskError.SMALLEST_DROPPED.value]
    assert list(rows["won"]) == pytest.approx([0.1] * 18)
    assert list(rows["pull"]) == pytest.approx([_odds(0.3) - _odds(0.2)] * 18)


def test_dropped_objects_that_are_not_apart_move_nothing() -> None:
    vague = [0.1, 0.3, 0.5, 0.2, 0.4, 0.3, 0.5, 0.1, 0.4]
    assert _shifts([], vague).of("a", ["b"])[MaskError.SMALLEST_DROPPED].loss == 0.0


def test_with_two_objects_of_a_class_none_is_dropped_with_three_one_is() -> None:
    def dropped(count: int) -> set[str]:
        rows = _shifts([], [0.1] * count).rows
        rows = rows[rows["error"] == MaskError.SMALLEST_DROPPED.value]
        return set(rows.loc[~rows["kept"].astype(bool), "case_id"])

    assert dropped(2) == set()
    assert dropped(3) == {"a0"}
    assert dropped(5) == {"a0"}
    assert dropped(6) == {"a0", "a1"}


def test_objects_without_a_mask_come_first_and_classes_without_mask_trials_stay_whole() -> None:
    areas = {f"a{n}": 0.1 for n in range(2)}
    rows = _shifts([], [0.1] * 3, areas).rows
    small = rows[rows["error"] == MaskError.SMALLEST_DROPPED.value]
    assert set(small.loc[~small["kept"].astype(bool), "case_id"]) == {"a2"}
    table = _tidy([row for n in range(3) for row in _audited(n, 0.1)], CASES)
    others = pd.DataFrame([_masked(AS_GIVEN, 0, 0.0) | {"label": "b"}])
    found = mask_shifts(others, table, {}, seed=0).rows
    assert found["kept"].all()
    assert mask_shifts(others, _tidy([], CASES), {}, seed=0).rows.empty


def test_donors_that_are_dropped_drop_their_swaps_and_clusters_are_the_audits() -> None:
    rows = [row for n in range(3) for row in _audited(n, 0.1)]
    rows += [
        row | {"donor": "a0", "donor_group": "a0", "donor_label": "a", "case_id": "b5"}
        for row in _audited(5, 0.1)
    ]
    cases = [
        case(f"{label}{n}", label, duplicate_group=f"g{n}") for label in "ab" for n in range(9)
    ]
    given = pd.DataFrame([_masked(AS_GIVEN, 0, 0.0), _masked(MaskError.ERODED, 0, 0.1)])
    found = mask_shifts(given, _tidy(rows, cases), {f"a{n}": n for n in range(9)}, seed=0).rows
    small = found[found["error"] == MaskError.SMALLEST_DROPPED.value]
    assert set(small.loc[~small["kept"].astype(bool), "case_id"]) == {"a0", "b5"}
    eroded = found[found["error"] == MaskError.ERODED.value].iloc[0]
    assert (eroded["group"], eroded["donor_group"]) == ("g0", "g0")


def test_a_class_that_is_certain_moves_by_clipped_log_odds() -> None:
    sure = {"p_donor": 1.0, "p_donor_same": 0.0}
    wrong = [_masked(MaskError.ERODED, n, 0.1) | sure for n in range(5)]
    rows = _shifts(wrong, []).rows
    given = _odds(0.3) - _odds(0.2)
    assert list(rows["pull"]) == pytest.approx([2 * _odds(1 - 1e-6) - given] * 5)


def test_areas_are_those_of_sampled_cases_with_a_mask() -> None:
    cases = pd.DataFrame(
        [
            case("a", object_area=0.2),
            case("b", object_area=None),
            case("c", object_area=0.4, sampled=False),
        ]
    )
    assert object_areas(cases) == {"a": 0.2}
    assert object_areas(cases.drop(columns="object_area")) == {}
