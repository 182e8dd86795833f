"""When an exchange proves, rules out or hints: every bound met exactly, and missed by little."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from auditor.findings.evidence.edge_test import EdgeSwapTest
from auditor.findings.evidence.swap_test import (
    ONLY_CUED,
    PairTest,
    SwapTest,
    TableTest,
    largest,
    odds_of,
)
from auditor.statistics.effects import Effect
from tests.findings.known_effects import known_effect

FLOOR = 0.25
LITTLE = 1e-9
SURELY = known_effect(0.9)
UNKNOWN = Effect(0.9, None, None, None, {"fill0": 0.9}, 1, 1)


@pytest.mark.parametrize(("two_sided", "p_value"), [(True, 0.04), (False, 0.02)])
def test_the_p_value_is_the_largest_of_what_must_hold(two_sided: bool, p_value: float) -> None:
    test = SwapTest(
        known_effect(0.5, p_value=0.04), known_effect(0.5, p_value=0.02), two_sided=two_sided
    )
    assert test.p_value == p_value


def test_one_p_value_that_is_unknown_leaves_the_largest_unknown() -> None:
    known = known_effect(0.5, p_value=0.03)
    assert largest(known, known_effect(0.5, p_value=0.2)) == 0.2
    assert largest(known, None) is None
    assert largest(known, UNKNOWN) is None
    assert largest(known) == 0.03


@pytest.mark.parametrize(
    ("fill", "low", "proved"),
    [
        (FLOOR, FLOOR / 2, True),
        (FLOOR - LITTLE, FLOOR / 2, False),
        (FLOOR, FLOOR / 2 - LITTLE, False),
    ],
)
def test_a_loss_reaches_the_floor_and_surely_half_of_it(
    fill: float, low: float, proved: bool
) -> None:
    test = SwapTest(known_effect(0.6, low, fills=(0.7, fill)), SURELY, two_sided=True)
    assert test.proves_needed(FLOOR) is proved
    assert test.proves(FLOOR) is proved


def test_without_a_loss_nothing_two_sided_is_proved() -> None:
    assert not SwapTest(None, SURELY, two_sided=True).proves_needed(FLOOR)
    assert not SwapTest(None, SURELY, two_sided=True).proves(FLOOR)
    assert not SwapTest(SURELY, None, two_sided=True).proves(FLOOR)
    assert SwapTest(None, SURELY, two_sided=False).proves(FLOOR)
    assert not SwapTest(SURELY, None, two_sided=False).proves_won(FLOOR)


@pytest.mark.parametrize(
    ("two_sided", "fill", "low", "proved"),
    [
        (True, FLOOR / 2, FLOOR / 4, True),
        (True, FLOOR / 2 - LITTLE, FLOOR / 4, False),
        (True, FLOOR / 2, FLOOR / 4 - LITTLE, False),
        (False, FLOOR, FLOOR, True),
        (False, FLOOR - LITTLE, FLOOR, False),
        (False, FLOOR, FLOOR - LITTLE, False),
    ],
)
def test_a_gain_alone_has_to_be_surely_the_floor_beside_a_loss_half_of_half(
    two_sided: bool, fill: float, low: float, proved: bool
) -> None:
    test = SwapTest(SURELY, known_effect(0.6, low, fills=(fill, 0.7)), two_sided=two_sided)
    assert test.proves_won(FLOOR) is proved
    assert test.proves(FLOOR) is proved


def test_one_side_below_the_floor_rules_out_where_it_must_hold() -> None:
    below, at = known_effect(0.1, 0.0, FLOOR - LITTLE), known_effect(0.1, 0.0, FLOOR)
    assert SwapTest(below, at, two_sided=True).rules_out(FLOOR)
    assert SwapTest(at, below, two_sided=True).rules_out(FLOOR)
    assert not SwapTest(at, at, two_sided=True).rules_out(FLOOR)
    assert not SwapTest(below, at, two_sided=False).rules_out(FLOOR)
    assert SwapTest(at, below, two_sided=False).rules_out(FLOOR)
    assert not SwapTest(None, None, two_sided=True).rules_out(FLOOR)


def test_what_is_surely_above_nothing_and_not_ruled_out_hints() -> None:
    above, touching = known_effect(0.3, LITTLE, 0.6), known_effect(0.3, 0.0, 0.6)
    assert SwapTest(above, above, two_sided=True).hints(FLOOR)
    assert not SwapTest(above, touching, two_sided=True).hints(FLOOR)
    assert not SwapTest(touching, above, two_sided=True).hints(FLOOR)
    assert SwapTest(touching, above, two_sided=False).hints(FLOOR)
    assert not SwapTest(above, touching, two_sided=False).hints(FLOOR)
    assert not SwapTest(None, above, two_sided=True).hints(FLOOR)
    assert not SwapTest(UNKNOWN, above, two_sided=True).hints(FLOOR)
    small = known_effect(0.1, LITTLE, 0.2)
    assert not SwapTest(small, above, two_sided=True).hints(FLOOR)


LEAST = odds_of(FLOOR)
TABLE = TableTest(
    SURELY, SURELY, two_sided=True, necessity=known_effect(2.0),
    sufficiency=known_effect(2.0), fitted=SURELY, plain=("b",), apart=True,
)  # fmt: skip


def test_the_floor_in_log_odds_is_what_a_half_and_half_the_floor_lose() -> None:
    upper, lower = 0.5 + FLOOR / 2, 0.5 - FLOOR / 2
    assert pytest.approx(math.log(upper / (1 - upper)) - math.log(lower / (1 - lower))) == odds_of(
        FLOOR
    )


@pytest.mark.parametrize(
    ("apart", "p_value"), [(True, pytest.approx(0.06)), (False, pytest.approx(0.05))]
)
def test_two_gains_are_doubled_and_the_rivals_counts_beside_plain_donors_alone(
    apart: bool, p_value: float
) -> None:
    test = replace(
        TABLE, apart=apart, sufficiency=known_effect(2.0, p_value=0.05),
        rival_pull=known_effect(2.0, p_value=0.03),
    )  # fmt: skip
    assert test.p_value == p_value


def test_the_p_value_of_a_table_is_its_losses_where_those_are_larger() -> None:
    one, two = known_effect(0.5, p_value=0.3), known_effect(0.5, p_value=0.2)
    assert replace(TABLE, needed=one, fitted=two).p_value == 0.3
    assert replace(TABLE, needed=two, fitted=one).p_value == 0.3
    assert replace(TABLE, needed=None).p_value is None
    assert replace(TABLE, fitted=None).p_value is None
    assert replace(TABLE, sufficiency=None).p_value is None
    sure = known_effect(2.0, p_value=0.8)
    assert replace(TABLE, sufficiency=sure, rival_pull=sure).p_value == 1.0


def test_a_table_of_one_side_asks_for_both_gains() -> None:
    won, pull = known_effect(0.5, p_value=0.04), known_effect(2.0, p_value=0.06)
    soft = replace(TABLE, two_sided=False, needed=None, won=won, sufficiency=pull)
    assert soft.p_value == 0.06
    assert replace(soft, sufficiency=None).p_value is None


@pytest.mark.parametrize(
    ("fitted", "proved"),
    [
        (known_effect(0.2, 0.0, fills=(0.2, FLOOR / 2)), True),
        (known_effect(0.2, 0.0, fills=(0.2, FLOOR / 2 - LITTLE)), False),
        (known_effect(0.2, -LITTLE), False),
        (None, False),
    ],
)
def test_by_the_fit_half_of_the_floor_and_not_below_nothing(
    fitted: Effect | None, proved: bool
) -> None:
    assert replace(TABLE, fitted=fitted).proves_needed(FLOOR) is proved


@pytest.mark.parametrize(
    ("necessity", "proved"),
    [
        (known_effect(2.0, LITTLE), True),
        (known_effect(2.0, 0.0), False),
        (UNKNOWN, False),
        (None, False),
    ],
)
def test_its_own_backgrounds_surely_give_something(necessity: Effect | None, proved: bool) -> None:
    assert replace(TABLE, necessity=necessity).proves_needed(FLOOR) is proved
    # Nor does the fit stand for what is seen on plain donors.
    assert not replace(TABLE, needed=known_effect(0.9, 0.1), necessity=necessity).proves_needed(
        FLOOR
    )


@pytest.mark.parametrize(
    ("mean", "low", "proved"),
    [
        (LEAST, LEAST / 2, True),
        (LEAST - LITTLE, LEAST / 2, False),
        (LEAST, LEAST / 2 - LITTLE, False),
    ],
)
def test_a_pull_reaches_the_floor_in_log_odds_and_surely_half_of_it(
    mean: float, low: float, proved: bool
) -> None:
    pull, weak = known_effect(mean, low), known_effect(0.0)
    assert replace(TABLE, sufficiency=pull).proves_won(FLOOR) is proved
    rival = replace(TABLE, sufficiency=weak, rival_pull=pull)
    assert rival.proves_won(FLOOR) is proved
    assert rival.by_rival(FLOOR) is proved
    assert not replace(rival, sufficiency=known_effect(LEAST + 1)).by_rival(FLOOR)
    assert not replace(rival, apart=False).proves_won(FLOOR)
    assert not replace(TABLE, sufficiency=UNKNOWN).proves_won(FLOOR)


@pytest.mark.parametrize(("low", "proved"), [(ONLY_CUED, True), (ONLY_CUED - LITTLE, False)])
def test_where_no_donor_is_plain_the_pull_is_surely_larger(low: float, proved: bool) -> None:
    assert ONLY_CUED == 1.6
    assert TableTest(SURELY, SURELY, two_sided=True).apart is False
    test = replace(TABLE, apart=False, sufficiency=known_effect(3.0, low))
    assert test.proves_won(FLOOR) is proved
    assert not replace(test, sufficiency=None).proves_won(FLOOR)


def test_one_sided_gains_are_proved_in_probability_and_in_log_odds() -> None:
    soft = replace(TABLE, two_sided=False, won=known_effect(0.5, FLOOR, fills=(FLOOR,)))
    assert soft.proves_won(FLOOR)
    assert not replace(soft, won=known_effect(0.5, FLOOR - LITTLE)).proves_won(FLOOR)
    assert not replace(soft, won=None).proves_won(FLOOR)
    assert not replace(soft, sufficiency=known_effect(0.1)).proves_won(FLOOR)


def test_one_sided_either_gain_rules_out() -> None:
    soft = replace(TABLE, two_sided=False)
    assert not soft.rules_out(FLOOR)
    below, at = known_effect(0.1, 0.0, FLOOR - LITTLE), known_effect(0.1, 0.0, FLOOR)
    assert replace(soft, won=below).rules_out(FLOOR)
    assert not replace(soft, won=at).rules_out(FLOOR)
    # In log odds the bar is the floor's, about four times as high.
    assert replace(soft, sufficiency=known_effect(0.1, 0.0, LEAST - LITTLE)).rules_out(FLOOR)
    assert not replace(soft, sufficiency=known_effect(0.1, 0.0, LEAST)).rules_out(FLOOR)
    assert replace(soft, won=None, sufficiency=known_effect(0.1)).rules_out(FLOOR)


def test_too_small_a_pull_rules_out_where_no_loss_is_proved() -> None:
    vague = known_effect(0.2, -0.1, 0.5)
    small, large = known_effect(0.1, 0.0, LEAST - LITTLE), known_effect(0.1, 0.0, LEAST)
    loser = replace(TABLE, needed=vague, fitted=vague, won=SURELY, sufficiency=small)
    assert loser.rules_out(FLOOR)
    assert not replace(loser, sufficiency=large).rules_out(FLOOR)
    assert not replace(loser, rival_pull=large).rules_out(FLOOR)
    assert replace(loser, rival_pull=small).rules_out(FLOOR)
    assert not replace(loser, needed=SURELY).rules_out(FLOOR)
    assert not replace(loser, sufficiency=None).rules_out(FLOOR)


def test_a_loss_below_the_floor_rules_out_unless_others_are_surely_won() -> None:
    below, at = known_effect(0.1, 0.0, FLOOR - LITTLE), known_effect(0.1, 0.0, FLOOR)
    unsure, sure = known_effect(0.5, FLOOR - LITTLE), known_effect(0.5, FLOOR)
    test = replace(TABLE, needed=at, fitted=at, won=unsure)
    assert not test.rules_out(FLOOR)
    assert replace(test, needed=below).rules_out(FLOOR)
    assert replace(test, fitted=below).rules_out(FLOOR)
    assert replace(test, needed=None, fitted=below).rules_out(FLOOR)
    assert not replace(test, fitted=below, won=sure).rules_out(FLOOR)
    assert not replace(test, fitted=below, won=None).rules_out(FLOOR)
    assert not replace(test, fitted=below, won=UNKNOWN).rules_out(FLOOR)


def test_of_a_pair_one_loses_the_floor_and_the_other_half() -> None:
    one = known_effect(0.5, FLOOR / 2, fills=(FLOOR, 0.7))
    other = known_effect(0.2, LITTLE, fills=(FLOOR / 2, 0.4))

    def proves(first: Effect | None, second: Effect | None) -> bool:
        both = PairTest(first, second, two_sided=True), PairTest(second, first, two_sided=True)
        assert both[0].proves(FLOOR) == both[1].proves(FLOOR)
        return both[0].proves(FLOOR)

    assert proves(one, other)
    assert not proves(replace(one, low=FLOOR / 2 - LITTLE), other)
    assert not proves(replace(one, fills={"blur": FLOOR - LITTLE}), other)
    assert not proves(one, replace(other, low=0.0))
    assert not proves(one, replace(other, fills={"blur": FLOOR / 2 - LITTLE}))
    assert not proves(one, None)
    assert not proves(one, UNKNOWN)


def test_a_pair_is_ruled_out_by_both() -> None:
    below, at = known_effect(0.1, 0.0, FLOOR - LITTLE), known_effect(0.1, 0.0, FLOOR)
    assert PairTest(below, below, two_sided=True).rules_out(FLOOR)
    assert not PairTest(below, at, two_sided=True).rules_out(FLOOR)
    assert not PairTest(at, below, two_sided=True).rules_out(FLOOR)
    assert not PairTest(below, None, two_sided=True).rules_out(FLOOR)


NOTHING = known_effect(0.0)
EDGE = EdgeSwapTest(NOTHING, NOTHING, two_sided=True, removed=SURELY)


@pytest.mark.parametrize(
    ("fill", "low", "proved"),
    [
        (0.4 * FLOOR, 0.2 * FLOOR, True),
        (0.4 * FLOOR - LITTLE, 0.2 * FLOOR, False),
        (0.4 * FLOOR, 0.2 * FLOOR - LITTLE, False),
    ],
)
def test_the_part_beside_the_object_costs_or_wins_its_share(
    fill: float, low: float, proved: bool
) -> None:
    part = known_effect(0.5, low, fills=(0.6, fill))
    assert replace(EDGE, needed=part).proves_needed(FLOOR) is proved
    assert replace(EDGE, won=part).proves_needed(FLOOR) is proved
    assert replace(EDGE, needed=None, won=part).proves_needed(FLOOR) is proved
    assert not replace(EDGE, needed=part, removed=None).proves_needed(FLOOR)


@pytest.mark.parametrize(
    ("fill", "low", "proved"),
    [
        (FLOOR, FLOOR / 2, True),
        (FLOOR - LITTLE, FLOOR / 2, False),
        (FLOOR, FLOOR / 2 - LITTLE, False),
    ],
)
def test_the_whole_mark_is_worth_the_floor(fill: float, low: float, proved: bool) -> None:
    whole = known_effect(0.6, low, fills=(fill, 0.7))
    assert replace(EDGE, needed=SURELY, removed=whole).proves_needed(FLOOR) is proved


@pytest.mark.parametrize(
    ("fill", "low", "proved"),
    [
        (0.15 * FLOOR, 0.075 * FLOOR, True),
        (0.15 * FLOOR - LITTLE, 0.075 * FLOOR, False),
        (0.15 * FLOOR, 0.075 * FLOOR - LITTLE, False),
    ],
)
def test_half_a_mark_wins_its_share(fill: float, low: float, proved: bool) -> None:
    assert replace(EDGE, won=known_effect(0.3, low, fills=(fill,))).proves_won(FLOOR) is proved
    assert not replace(EDGE, won=None).proves_won(FLOOR)


def test_a_mark_is_ruled_out_by_its_half_or_by_the_whole() -> None:
    below, at = known_effect(0.1, 0.0, FLOOR / 2 - LITTLE), known_effect(0.1, 0.0, FLOOR / 2)
    assert replace(EDGE, needed=below, won=below).rules_out(FLOOR)
    assert not replace(EDGE, needed=at, won=below).rules_out(FLOOR)
    assert not replace(EDGE, needed=below, won=at).rules_out(FLOOR)
    assert not replace(EDGE, needed=None, won=below).rules_out(FLOOR)
    whole = known_effect(0.1, 0.0, FLOOR - LITTLE)
    assert replace(EDGE, needed=at, won=at, removed=whole).rules_out(FLOOR)
    assert not replace(EDGE, needed=at, won=at, removed=known_effect(0.1, 0.0, FLOOR)).rules_out(
        FLOOR
    )
    assert not replace(EDGE, needed=at, won=at, removed=None).rules_out(FLOOR)


def test_a_mark_hints_by_the_whole_of_it_and_its_p_value_is_that_of_both() -> None:
    mark = EdgeSwapTest(
        None, known_effect(0.5, p_value=0.02), two_sided=True,
        removed=known_effect(0.5, p_value=0.03),
    )  # fmt: skip
    assert mark.lost == mark.removed
    assert mark.p_value == 0.03
    assert replace(mark, removed=None).p_value is None
    assert mark.hints(FLOOR)
    assert not replace(mark, removed=NOTHING).hints(FLOOR)
