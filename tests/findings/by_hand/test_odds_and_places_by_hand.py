"""Log odds that patches move, and where patches lie: small numbers, worked out."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from auditor.domain.cues import Cue
from auditor.domain.interventions import Fill, Intervention
from auditor.domain.locations import Area, PatchShares
from auditor.domain.places import Colours, Patch, write_place
from auditor.findings.evidence.log_odds import (
    control_patches,
    odds_effect,
    surely_moved,
    with_log_odds,
)
from auditor.findings.evidence.positions import consistency, place_of
from auditor.findings.evidence.trial_table import tidy
from auditor.findings.frames import as_numbers
from auditor.statistics.effects import Effect
from tests.findings.known_effects import known_effect
from tests.findings.trials import case, table_of, trial


def _moved(classes: int, **values: float | None) -> tuple[float, float]:
    columns = ("p_label", "p_label_control", "p_donor", "p_donor_control")
    rows = pd.DataFrame([{name: values.get(name) for name in columns}], dtype="float64")
    found = with_log_odds(rows, classes=classes).iloc[0]
    return float(found["odds_loss"]), float(found["odds_gain"])


ANSWERS = {"p_label_control": 0.6, "p_label": 0.2, "p_donor_control": 0.1, "p_donor": 0.5}


def test_with_three_classes_log_odds_are_against_those_beside_both() -> None:
    lost, won = _moved(3, **ANSWERS)
    assert lost == pytest.approx(math.log(0.6 / 0.3) - math.log(0.2 / 0.3))
    assert won == pytest.approx(math.log(0.5 / 0.3) - math.log(0.1 / 0.3))


def test_with_two_classes_log_odds_are_against_the_other_one() -> None:
    lost, won = _moved(2, **ANSWERS)
    assert lost == pytest.approx(math.log(0.6 / 0.4) - math.log(0.2 / 0.8))
    assert won == pytest.approx(math.log(0.5 / 0.5) - math.log(0.1 / 0.9))


def test_what_is_left_is_a_millionth_at_least_and_no_probability_is_nothing() -> None:
    lost, won = _moved(3, p_label_control=1.0, p_label=0.0, p_donor_control=0.0, p_donor=1.0)
    # Beside both nothing is left; the logarithm of nothing is that of 1e-30.
    assert lost == pytest.approx(-math.log(1e-6) - (math.log(1e-30) - math.log(1e-6)))
    assert won == pytest.approx(-math.log(1e-6) - (math.log(1e-30) - math.log(1e-6)))


def _controls(answers: list[tuple[str, float, float | None]]) -> float | None:
    """By group, the answer to the filled control patch and that to the picture as it is."""
    rows = [
        trial(f"a{n}", Intervention.SALIENT_CONTROL, Fill.BLUR, after, label="a")
        for n, (_, after, _) in enumerate(answers)
    ]
    rows.append(trial("b0", Intervention.SALIENT_CONTROL, Fill.BLUR, 0.01, label="b"))
    rows.append(trial("a0", Intervention.SALIENT_REMOVED, Fill.BLUR, 0.01, label="a"))
    cases = [
        case(f"a{n}", "a", label_probability=before, duplicate_group=group)
        for n, (group, _, before) in enumerate(answers)
    ]
    frame = as_numbers(pd.DataFrame([*cases, case("b0", "b")]))
    return control_patches(tidy(table_of(rows), frame, seed=0), "a")


def _odds(p: float) -> float:
    return math.log(p / (1 - p))


def test_control_patches_move_their_mean_and_its_margin() -> None:
    one = (_odds(0.9) - _odds(0.8) + _odds(0.9) - _odds(0.5)) / 2  # of a group of two
    other = _odds(0.5) - _odds(0.6)
    found = _controls([("x", 0.8, 0.9), ("x", 0.5, 0.9), ("y", 0.6, 0.5), ("z", 0.3, None)])
    spread = abs(one - other) / math.sqrt(2)
    assert found == pytest.approx(abs(one + other) / 2 + 1.96 * spread / math.sqrt(2))


def test_fewer_than_two_control_patches_tell_nothing() -> None:
    assert _controls([("x", 0.8, 0.9), ("x", 0.5, 0.9)]) is None
    assert _controls([("x", 0.8, 0.9), ("y", 0.8, 0.9)]) == pytest.approx(_odds(0.9) - _odds(0.8))


UNBOUNDED = Effect(3.0, None, None, None, {}, 9, 9)


def test_a_gain_is_sure_by_its_distance_from_the_bar_in_errors() -> None:
    """1.96 errors on either side of 1.7: with an error of .4 the bar of 1 is 1.75 of them away."""
    half = 1.96 * 0.4
    win = known_effect(1.7, 1.7 - half, 1.7 + half)
    p = float(stats.norm.sf(1.75))
    assert 0.04 < p < 0.0402
    assert surely_moved([(win, None)], p + 1e-9) == [True]
    assert surely_moved([(win, None)], p - 1e-9) == [False]
    assert surely_moved([(win, 0.9)], p + 1e-9) == [True]
    assert surely_moved([(win, 1.1)], p + 1e-9) == [False]


def test_a_gain_without_spread_is_sure_above_its_bar_alone() -> None:
    assert surely_moved([(known_effect(1.1), None)], 0.05) == [True]
    assert surely_moved([(known_effect(1.0), None)], 0.05) == [False]
    assert surely_moved([(UNBOUNDED, None), (None, 0.2)], 0.05) == [False, False]


def test_gains_that_are_unknown_do_not_shift_those_that_are_known() -> None:
    sure = known_effect(5.0, 4.9, 5.1)
    weak = known_effect(0.0, -0.1, 0.1)
    asked: list[tuple[Effect | None, float | None]]
    asked = [(None, None), (sure, None), (UNBOUNDED, None), (weak, None), (sure, None)]
    assert surely_moved(asked, 0.05) == [False, True, False, False, True]


def test_a_gain_that_meets_its_rate_exactly_is_sure() -> None:
    assert surely_moved([(known_effect(1.0, 0.5, 1.5), None)], 0.5) == [True]


def test_effects_in_log_odds_may_exceed_one_and_need_no_donor() -> None:
    rows = pd.DataFrame(
        {
            "case_id": ["x", "y", "z"],
            "group": ["x", "y", "z"],
            "donor_group": ["p", "q", "r"],
            "fill": "none",
            "odds_gain": [4.0, 5.0, 9.0],
        }
    )
    found = odds_effect(rows, "odds_gain", np.random.default_rng(0))
    assert found is not None
    assert found.mean == 6.0
    assert found.donors == 3
    assert found.high is not None
    assert found.high > 6.0
    alone = odds_effect(rows, "odds_gain", np.random.default_rng(0), donors=False)
    assert alone is not None
    assert alone.donors == 0


def _place(*squares: tuple[float, float, float]) -> tuple[Cue, PatchShares]:
    found = place_of(pd.Series([write_place(Patch(*square)) for square in squares]))
    assert found is not None
    assert isinstance(found.where, PatchShares)
    return found.cue, found.where


def test_a_patch_lies_where_its_centre_does() -> None:
    """The centre is half the side from top and left; a corner is within .3 of two edges."""
    top_right = (0.1, 0.8, 0.2)  # centre .2 down, .9 to the right
    where = PatchShares(((Area.TOP_RIGHT, 1.0),), cornered=True)
    assert _place(top_right) == (Cue.CORNER_MARK, where)


@pytest.mark.parametrize(
    ("square", "area"),
    [
        ((0.0, 0.0, 0.5), "top_left"),
        ((0.1, 0.4, 0.4), "middle_centre"),
        ((0.099, 0.4, 0.4), "top_centre"),
        ((0.4, 0.0, 0.4), "middle_left"),
        ((0.6, 0.6, 0.2), "middle_centre"),
        ((0.601, 0.601, 0.2), "bottom_right"),
        ((0.8, 0.0, 0.1), "bottom_left"),
        ((0.4, 0.62, 0.2), "middle_right"),
        ((0.2, 0.2, 0.2), "middle_centre"),
        ((0.2, 0.1, 0.2), "middle_left"),
        ((0.15, 0.4, 0.3), "middle_centre"),
        ((0.4, 0.15, 0.3), "middle_centre"),
    ],
)
def test_the_edges_of_areas(square: tuple[float, float, float], area: str) -> None:
    assert _place(square)[1].shares == ((Area(area), 1.0),)


def test_six_of_ten_patches_in_corners_make_a_corner_mark() -> None:
    corner, middle = (0.0, 0.0, 0.2), (0.4, 0.4, 0.2)
    shares = ((Area.TOP_LEFT, 0.6), (Area.MIDDLE_CENTRE, 0.4))
    six = _place(*[corner] * 6, *[middle] * 4)
    assert six == (Cue.CORNER_MARK, PatchShares(shares, cornered=True))
    cue, where = _place(*[corner] * 5, *[middle] * 4)
    assert cue is Cue.CO_OCCURRING_OBJECT
    assert where.cornered is False


def test_at_most_four_areas_are_named_the_commonest_first() -> None:
    squares = [(0.0, 0.0, 0.2)] * 2 + [(0.0, 0.8, 0.2)] * 3
    squares += [(0.4, 0.0, 0.2), (0.4, 0.4, 0.2), (0.4, 0.8, 0.2)]
    named = [area.value for area, _ in _place(*squares)[1].shares]
    assert named == ["top_right", "top_left", "middle_centre", "middle_left"]


def test_without_a_square_there_is_no_place() -> None:
    assert place_of(pd.Series([write_place(Colours((1, 2, 3), (4, 5, 6)))])) is None
    assert place_of(pd.Series([], dtype=object)) is None


def test_maps_that_all_lie_apart_from_the_others() -> None:
    """Own maps in the first cell, others in the second: they share nothing, and chance gives what
    a shuffle of 5 + 5 does: the difference of two shares of 5."""
    own, others = np.tile([1.0, 0.0], (5, 1)), np.tile([0.0, 1.0], (5, 1))
    found = consistency(own, others, np.random.default_rng(0))
    assert found is not None
    assert found.value == pytest.approx(1.0)
    # As far apart by chance: 2 of 252 draws.
    assert 1 / 501 <= found.p_value < 0.03
    # By chance: mean of |2 k - 5| / 5 for a hypergeometric k of 5 of 10, 5 marked.
    k = np.arange(6)
    null = float((np.abs(2 * k - 5) / 5 * stats.hypergeom.pmf(k, 10, 5, 5)).sum())
    half = np.vstack([own[:4], others[:1]])
    rest = np.vstack([own[:1], others[:4]])
    nearly = consistency(half, rest, np.random.default_rng(0))
    assert nearly is not None
    assert nearly.value == pytest.approx((0.6 - null) / (1 - null), abs=0.08)
    at_least = 2 * float(stats.hypergeom.sf(3, 10, 5, 5))
    assert nearly.p_value == pytest.approx(at_least, abs=0.08)


def test_the_smallest_p_value_is_one_of_five_hundred_shuffles_and_the_maps_as_they_are() -> None:
    own, others = np.tile([1.0, 0.0], (12, 1)), np.tile([0.0, 1.0], (12, 1))
    found = consistency(own, others, np.random.default_rng(0))
    assert found is not None
    assert found.p_value == 1 / 501


def test_maps_that_are_all_alike_keep_to_no_place_of_their_own() -> None:
    same = np.tile([0.5, 0.5], (2, 1))
    found = consistency(same, same, np.random.default_rng(0))
    assert found is not None
    assert (found.value, found.p_value) == (0.0, 1.0)


@pytest.mark.parametrize(("own", "others", "told"), [(1, 5, False), (5, 1, False), (2, 2, True)])
def test_two_maps_on_either_side_tell(own: int, others: int, told: bool) -> None:
    found = consistency(np.ones((own, 1)), np.ones((others, 1)), np.random.default_rng(0))
    assert (found is not None) is told


def test_unequal_sides_are_shuffled_by_their_own_sizes() -> None:
    """One of two in the first cell against none of eight: .5 apart; a shuffle gives the marked map
    to the two (.5 apart) once in five, else to the eight (.125 apart)."""
    own = np.array([[1.0, 0.0], [0.0, 1.0]])
    found = consistency(own, np.tile([0.0, 1.0], (8, 1)), np.random.default_rng(1))
    assert found is not None
    null = 0.2 * 0.5 + 0.8 * 0.125
    assert found.value == pytest.approx((0.5 - null) / (1 - null), abs=0.03)
    assert found.p_value == pytest.approx(0.2, abs=0.06)


def test_of_very_many_maps_the_first_two_thousand_count() -> None:
    own = np.tile([1.0, 0.0], (2100, 1))
    own[2000:] = [0.0, 1.0]
    found = consistency(own, np.tile([0.0, 1.0], (3, 1)), np.random.default_rng(0))
    assert found is not None
    assert found.value == pytest.approx(1.0)
    late = np.tile([0.0, 1.0], (2100, 1))
    late[2000:] = [1.0, 0.0]
    other = consistency(np.tile([1.0, 0.0], (3, 1)), late, np.random.default_rng(0))
    assert other is not None
    assert other.value == pytest.approx(1.0)
