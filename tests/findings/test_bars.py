"""Exchanges at their bars: each rule holds at its edge and no further, on effects set by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from auditor.domain.verdicts import CaseVerdict
from auditor.findings.evidence.swap_test import (
    ONLY_CUED,
    PairTest,
    SwapTest,
    TableTest,
    odds_of,
)
from auditor.findings.tables.slices import MIN_GROUP, gap_p_value, slice_rows
from auditor.findings.tables.summary import groups_of
from auditor.findings.verdicts.case_verdicts import certain_alone, depends_on_background
from auditor.findings.verdicts.rates import Rate, rate, swap_tested
from auditor.findings.verdicts.severity import BANDS, severity
from auditor.statistics.association import cramers_v
from auditor.statistics.effects import Effect

FLOOR = 0.125
"""A power of two: halves of it are exact."""
ODDS = odds_of(FLOOR)
JUST = 1e-9


def effect(
    mean: float, low: float | None = None, high: float | None = None, p: float | None = 0.01,
    **fills: float,
) -> Effect:  # fmt: skip
    return Effect(mean, low, high, p, fills or {"blur": mean}, 12, 12)


def swap(needed: Effect | None, won: Effect | None, *, both: bool = True) -> SwapTest:
    return SwapTest(needed, won, two_sided=both)


def test_the_floor_in_log_odds() -> None:
    assert odds_of(0.1) == pytest.approx(4 * math.atanh(0.1))
    # A probability of a half plus half the floor falls by just the floor.
    upper = 0.5 + FLOOR / 2
    odds = math.log(upper / (1 - upper)) - ODDS
    assert upper - 1 / (1 + math.exp(-odds)) == pytest.approx(FLOOR)


def test_a_loss_reaches_the_floor_under_every_fill_and_surely_half_of_it() -> None:
    won = effect(1.0, 1.0)
    assert swap(effect(FLOOR, FLOOR / 2), won).proves_needed(FLOOR)
    assert not swap(effect(FLOOR - JUST, FLOOR / 2), won).proves_needed(FLOOR)
    assert not swap(effect(FLOOR, FLOOR / 2 - JUST), won).proves_needed(FLOOR)
    assert not swap(effect(FLOOR, FLOOR, blur=1.0, grey=0.1), won).proves_needed(FLOOR)
    assert not swap(effect(FLOOR), won).proves_needed(FLOOR)
    assert not swap(None, won).proves_needed(FLOOR)


def test_a_gain_beside_a_loss_needs_half_and_alone_the_whole_floor() -> None:
    lost = effect(1.0, 1.0)
    assert swap(lost, effect(FLOOR / 2, FLOOR / 4)).proves_won(FLOOR)
    assert not swap(lost, effect(FLOOR / 2 - JUST, FLOOR / 4)).proves_won(FLOOR)
    assert not swap(lost, effect(FLOOR / 2, FLOOR / 4 - JUST)).proves_won(FLOOR)
    assert swap(None, effect(FLOOR, FLOOR), both=False).proves(FLOOR)
    assert not swap(None, effect(FLOOR, FLOOR - JUST), both=False).proves(FLOOR)
    assert not swap(None, effect(FLOOR, FLOOR), both=True).proves(FLOOR)
    assert not swap(lost, None).proves_won(FLOOR)


def test_ruled_out_is_what_stays_below_the_floor() -> None:
    below, at = effect(0.0, -0.1, FLOOR - JUST), effect(0.0, -0.1, FLOOR)
    assert swap(below, at).rules_out(FLOOR)
    assert swap(at, below).rules_out(FLOOR)
    assert not swap(at, at).rules_out(FLOOR)
    assert not swap(None, None).rules_out(FLOOR)
    # The loss is not asked of what is only won.
    assert not swap(below, at, both=False).rules_out(FLOOR)


def test_a_hint_is_surely_above_nothing_and_not_ruled_out() -> None:
    open_, sure = effect(0.1, 0.0, 1.0), effect(0.1, JUST, 1.0)
    assert swap(sure, sure).hints(FLOOR)
    assert not swap(sure, open_).hints(FLOOR)
    assert not swap(open_, sure).hints(FLOOR)
    assert swap(open_, sure, both=False).hints(FLOOR)
    assert not swap(sure, effect(0.1, JUST, FLOOR - JUST)).hints(FLOOR)
    assert not swap(None, sure).hints(FLOOR)


def test_the_largest_p_value_counts() -> None:
    small, large, none = effect(0, p=0.01), effect(0, p=0.2), effect(0, p=None)
    assert swap(small, large).p_value == swap(large, small).p_value == 0.2
    assert swap(large, small, both=False).p_value == 0.01
    assert swap(small, none).p_value is None
    assert swap(None, small).p_value is None


def table(**changes: Any) -> TableTest:
    sure = effect(1.0, 1.0)
    pull = effect(ODDS, max(ODDS / 2, ONLY_CUED))
    known: dict[str, Any] = {
        "needed": sure, "won": sure, "two_sided": True, "necessity": sure, "sufficiency": pull,
        "fitted": sure, "apart": True,
    }  # fmt: skip
    return TableTest(**(known | changes))


def test_a_table_proves_its_loss_by_the_fit_and_on_plain_donors() -> None:
    assert table().proves(FLOOR)
    assert table(fitted=effect(FLOOR / 2, 0.0)).proves_needed(FLOOR)
    assert not table(fitted=effect(FLOOR / 2 - JUST, 0.0)).proves_needed(FLOOR)
    assert not table(fitted=effect(1.0, -JUST)).proves_needed(FLOOR)
    assert not table(fitted=None).proves_needed(FLOOR)
    assert not table(necessity=None).proves_needed(FLOOR)
    assert not table(necessity=effect(1.0, 0.0)).proves_needed(FLOOR)
    assert not table(necessity=effect(1.0)).proves_needed(FLOOR)
    assert not table(needed=effect(FLOOR, 0.0)).proves_needed(FLOOR)


def test_a_table_proves_its_gain_in_log_odds() -> None:
    assert table(sufficiency=effect(ODDS, ODDS / 2)).proves_won(FLOOR)
    assert not table(sufficiency=effect(ODDS - JUST, ODDS / 2)).proves_won(FLOOR)
    assert not table(sufficiency=effect(ODDS, ODDS / 2 - JUST)).proves_won(FLOOR)
    assert not table(sufficiency=effect(ODDS)).proves_won(FLOOR)
    weak, rival = effect(0.0, 0.0), effect(ODDS, ODDS / 2)
    assert table(sufficiency=weak, rival_pull=rival).proves_won(FLOOR)
    assert table(sufficiency=weak, rival_pull=rival).by_rival(FLOOR)
    assert not table(rival_pull=rival).by_rival(FLOOR)
    # Where donors may have cues of their own, the rival does not count, and the bar is high.
    assert not table(sufficiency=weak, rival_pull=rival, apart=False).proves_won(FLOOR)
    assert table(sufficiency=effect(9.0, ONLY_CUED), apart=False).proves_won(FLOOR)
    assert not table(sufficiency=effect(9.0, ONLY_CUED - JUST), apart=False).proves_won(FLOOR)


def test_what_a_table_only_wins_is_won_in_probability_too() -> None:
    pull = effect(ODDS, ODDS / 2)
    one = {"two_sided": False, "sufficiency": pull}
    assert table(**one, won=effect(FLOOR, FLOOR)).proves_won(FLOOR)
    assert not table(**one, won=effect(FLOOR, FLOOR - JUST)).proves_won(FLOOR)
    assert not table(**one, won=None).proves_won(FLOOR)
    bare = table(two_sided=False, sufficiency=effect(0.0, 0.0), won=effect(1.0, 1.0))
    assert not bare.proves_won(FLOOR)


def test_the_p_value_of_a_table_is_that_of_all_that_must_hold() -> None:
    def p(**values: float | None) -> float | None:
        return table(**{name: effect(1.0, 1.0, p=value) for name, value in values.items()}).p_value

    assert p(needed=0.02, fitted=0.01, sufficiency=0.03) == 0.03
    assert p(needed=0.05, fitted=0.01, sufficiency=0.03) == 0.05
    assert p(needed=0.01, fitted=0.06, sufficiency=0.03) == 0.06
    # The smaller of two gains, doubled for the choice, and never more than 1.
    assert p(needed=0.0, fitted=0.0, sufficiency=0.03, rival_pull=0.01) == 0.02
    assert p(needed=0.0, fitted=0.0, sufficiency=0.8, rival_pull=0.9) == 1.0
    assert p(needed=None, fitted=0.0, sufficiency=0.03) is None
    assert p(needed=0.0, fitted=0.0, sufficiency=None) is None
    apart = table(sufficiency=effect(1, p=0.03), rival_pull=effect(1, p=0.001), apart=False)
    assert apart.p_value == 0.03
    assert table(two_sided=False, sufficiency=effect(1, p=0.3), won=effect(1, p=0.1)).p_value == 0.3


def test_what_a_table_rules_out() -> None:
    small, weak = effect(0.0, -0.1, FLOOR - JUST), effect(0.0, -0.1, ODDS - JUST)
    # Lost too little, and not proved to be won.
    assert table(needed=small, won=effect(0.1, FLOOR - JUST, 1.0)).rules_out(FLOOR)
    assert not table(needed=small, won=effect(0.1, FLOOR, 1.0)).rules_out(FLOOR)
    assert not table(needed=small, won=effect(0.1)).rules_out(FLOOR)
    assert table(fitted=small, won=effect(0.1, 0.0, 1.0)).rules_out(FLOOR)
    # Not proved to be lost, and too little is given.
    unproved = effect(0.1, 0.0, 1.0)
    assert table(needed=unproved, sufficiency=weak).rules_out(FLOOR)
    assert not table(needed=unproved, sufficiency=effect(0, 0, ODDS)).rules_out(FLOOR)
    both = {"needed": unproved, "sufficiency": weak, "rival_pull": effect(0.0, 0.0, ODDS)}
    assert not table(**both).rules_out(FLOOR)
    assert not table(sufficiency=weak).rules_out(FLOOR)
    assert not table(needed=unproved, sufficiency=None).rules_out(FLOOR)
    one = {"two_sided": False, "won": effect(0.0, 0.0, FLOOR)}
    assert table(**one, sufficiency=weak).rules_out(FLOOR)
    assert table(two_sided=False, won=small, sufficiency=effect(0, 0, 9)).rules_out(FLOOR)
    assert not table(**one, sufficiency=effect(0.0, 0.0, ODDS)).rules_out(FLOOR)


def test_of_a_pair_one_loses_the_floor_and_the_other_half_of_it() -> None:
    strong, half = effect(FLOOR, FLOOR / 2), effect(FLOOR / 2, JUST)
    for needed, won in ((strong, half), (half, strong)):
        assert PairTest(needed, won, two_sided=True).proves(FLOOR)
    for weak in (effect(FLOOR / 2 - JUST, JUST), effect(FLOOR / 2, 0.0), effect(FLOOR / 2), None):
        assert not PairTest(strong, weak, two_sided=True).proves(FLOOR)
    assert not PairTest(half, half, two_sided=True).proves(FLOOR)
    below, at = effect(0.0, 0.0, FLOOR - JUST), effect(0.0, 0.0, FLOOR)
    assert PairTest(below, below, two_sided=True).rules_out(FLOOR)
    assert not PairTest(below, at, two_sided=True).rules_out(FLOOR)
    assert not PairTest(below, None, two_sided=True).rules_out(FLOOR)


def test_cases_at_the_floor() -> None:
    cases = pd.DataFrame(
        {
            "swap_agreed": [FLOOR, FLOOR - JUST, np.nan],
            "swap_least": [0.5, 0.5, 0.5 - JUST],
            "suffices_agreed": [FLOOR, FLOOR - JUST, FLOOR],
        }
    )
    assert depends_on_background(cases, FLOOR).tolist() == [True, False, False]
    assert certain_alone(cases, FLOOR).tolist() == [True, False, False]


def place_in_band(verdict: CaseVerdict, **scores: float | None) -> float:
    names = ("relevance_skill", "swap_agreed", "suffices_agreed", "background_effect", "returned",
             "returned_own", "label_probability")  # fmt: skip
    row = pd.DataFrame([{name: scores.get(name, np.nan) for name in names}]).astype(float)
    low, high = BANDS[verdict]
    found = severity(pd.Series([verdict.value]), row).iloc[0]
    return float((found - low) / (high - low))


@pytest.mark.parametrize(
    ("verdict", "scores", "place"),
    [
        (CaseVerdict.SHORTCUT, {"swap_agreed": 0.6, "suffices_agreed": 0.2}, 0.4),
        (CaseVerdict.SHORTCUT, {"swap_agreed": 0.6}, 0.6),
        (CaseVerdict.MISLED, {"returned": 0.3}, 0.3),
        (CaseVerdict.MISLED, {"returned_own": 0.7}, 0.7),
        (CaseVerdict.MISLED, {"returned": 0.3, "returned_own": 0.7}, 0.7),
        (CaseVerdict.SUSPECTED, {"relevance_skill": -0.2, "background_effect": 0.4}, 0.5),
        (CaseVerdict.SUSPECTED, {"relevance_skill": -0.2, "background_effect": -0.4}, 0.3),
        (CaseVerdict.SUSPECTED, {"background_effect": 0.4}, 0.45),
        (CaseVerdict.SUSPECTED, {"relevance_skill": -0.2}, 0.6),
        (CaseVerdict.CONTEXT, {"relevance_skill": -1.0}, 1.0),
        (CaseVerdict.CONTEXT, {"relevance_skill": -3.0}, 1.0),
        (CaseVerdict.OBJECT, {"relevance_skill": 0.6}, 0.2),
        (CaseVerdict.UNDETERMINED, {"label_probability": 0.75}, 0.25),
        *((verdict, {}, 0.5) for verdict in CaseVerdict),
    ],
)
def test_the_place_in_the_band(
    verdict: CaseVerdict, scores: dict[str, float], place: float
) -> None:
    assert place_in_band(verdict, **scores) == pytest.approx(place)


def test_a_rate_counts_groups_once() -> None:
    cases = pd.DataFrame({"group": ["a", "a", "b", "c"]})
    found = rate(cases, pd.Series([True, True, False, False]))
    assert (found.value, found.groups) == (0.5, 3)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.5 < found.high
    assert rate(cases.head(0), pd.Series([], dtype=bool)) == Rate(None, None, None, 0)


def test_the_sample_that_could_show_a_shortcut() -> None:
    cases = pd.DataFrame(
        {
            "sampled": [True, True, False, True, True],
            "has_trials": [True, False, True, True, True],
            "p_background_other": [0.0, 0.3, 0.3, None, None],
        }
    )
    assert swap_tested(cases).index.tolist() == [0]


def test_the_gap_is_fishers_on_groups() -> None:
    found = gap_p_value(Rate(0.9, None, None, 10), Rate(0.5, None, None, 10))
    assert found == pytest.approx(0.14086, abs=1e-5)
    assert gap_p_value(Rate(0.5, None, None, 8), Rate(0.5, None, None, 8)) == 1.0
    assert gap_p_value(Rate(None, None, None, 0), Rate(0.5, None, None, 8)) is None
    assert gap_p_value(Rate(0.5, None, None, 8), Rate(None, None, None, 0)) is None
    assert gap_p_value(Rate(0.0, None, None, 9), Rate(1.0, None, None, 9)) < 1e-4  # type: ignore[operator]


def sliced(*groups: tuple[str, int, int]) -> pd.DataFrame:
    """(place, right, wrong) images of one label."""
    rows = [
        {"slice_place": place, "correct": number < right}
        for place, right, wrong in groups
        for number in range(right + wrong)
    ]
    frame = pd.DataFrame(rows).assign(label="cat", p_background_other=0.5, verdict="object")
    frame["group"] = [str(number) for number in range(len(frame))]
    return frame.assign(sampled=True, has_trials=True, cluster=None)


def worst(*groups: tuple[str, int, int]) -> list[str]:
    return [str(row["value"]) for row in slice_rows(sliced(*groups)) if row["worst_group"]]


def test_the_worst_group_has_enough_images_and_another_beside_it() -> None:
    full, short = MIN_GROUP, MIN_GROUP - 1
    assert worst(("a", full, 0), ("b", 0, full)) == ["b"]
    assert worst(("a", full, 0), ("b", 0, short)) == []
    assert worst(("a", full, 0), ("b", 0, short), ("c", 1, full)) == ["c"]
    assert worst(("a", 5, 5), ("b", 5, 5)) == ["a"]
    assert worst(("a", 0, full)) == []


def test_a_slice_is_held_against_the_rest_of_its_column() -> None:
    frame = sliced(("a", 6, 2), ("b", 3, 9))
    frame.loc[0, "slice_place"] = None
    rows = {row["value"]: row for row in slice_rows(frame)}
    assert rows["a"]["images"] == rows["a"]["tested"] == 7
    assert rows["a"]["accuracy"] == pytest.approx(5 / 7)
    assert rows["a"]["accuracy_gap"] == pytest.approx(3 / 12 - 5 / 7)
    assert rows["b"]["accuracy_gap"] == pytest.approx(5 / 7 - 3 / 12)
    assert rows["a"]["shortcut_rate"] == 0.0
    frame.loc[[1, 2], "verdict"] = "shortcut"
    assert slice_rows(frame)[0]["shortcut_rate"] == pytest.approx(2 / 7)
    # Both rows test the same gap.
    assert rows["a"]["q_value"] == rows["b"]["q_value"]
    alone = slice_rows(sliced(("a", 3, 3)))[0]
    assert (alone["accuracy_gap"], alone["q_value"]) == (None, None)


def test_groups_are_classes_only_where_no_slice_of_theirs_is_large() -> None:
    frame = sliced(("a", 6, 6), ("b", 3, 3))
    assert [(name, len(rows)) for name, rows in groups_of(frame)] == [("cat, place a", 12)]
    small = sliced(("a", 5, 3), ("b", 3, 3))
    assert [(name, len(rows)) for name, rows in groups_of(small)] == [("cat", 14)]
    assert list(groups_of(small.head(MIN_GROUP - 1))) == []
    assert len(list(groups_of(small.head(MIN_GROUP)))) == 1


def test_the_association_is_of_slice_and_label() -> None:
    counts = {("a", "cat"): 9, ("a", "dog"): 2, ("b", "cat"): 3, ("b", "dog"): 8, ("b", "ant"): 5}
    frame = pd.concat(
        [sliced((place, n, 0)).assign(label=label) for (place, label), n in counts.items()],
        ignore_index=True,
    )
    frame["group"] = frame.index.astype(str)
    crossed = pd.crosstab(frame["slice_place"], frame["label"]).to_numpy()
    expected = cramers_v(crossed)
    assert expected is not None
    assert [row["association"] for row in slice_rows(frame)] == pytest.approx([expected] * 2)


def test_clusters_are_slices_where_a_class_has_several() -> None:
    frame = sliced(("a", 6, 6)).drop(columns="slice_place")
    frame["cluster"] = ["x"] * 5 + ["y"] * 6 + [None]
    rows = slice_rows(frame)
    assert [(row["slice"], row["value"], row["images"]) for row in rows] == [
        ("cluster", "x", 5),
        ("cluster", "y", 6),
    ]
    assert {row["association"] for row in rows} == {None}
    assert slice_rows(frame.assign(cluster="x")) == []
    assert slice_rows(frame.drop(columns="cluster")) == []
