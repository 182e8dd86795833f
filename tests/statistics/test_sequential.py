"""Boundaries against published values; errors, coverage and savings by simulation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from auditor.domain.looks import looks_within
from auditor.statistics.effects import Effect
from auditor.statistics.sequential import (
    Floats,
    LookPosition,
    plan,
    rejected_at,
    repeated_interval,
    repeated_p,
    spent,
)

LOOKS = (20, 32, 44, 64)
ALPHA = 0.05
REPEATS = 20_000
SURE = 4.0
"""Standard errors of a simulated rate that a test allows."""

# Lan-DeMets boundaries of O'Brien-Fleming type, one-sided .025, equally spaced looks: the values
# that gsDesign (sfLDOF) and ldbounds print.
PUBLISHED = {
    1: (1.9600,),
    2: (2.9626, 1.9686),
    3: (3.7103, 2.5114, 1.9930),
    4: (4.3326, 2.9631, 2.3590, 2.0141),
    5: (4.8769, 3.3569, 2.6803, 2.2898, 2.0310),
}


@pytest.mark.parametrize("looks", PUBLISHED)
def test_boundaries_are_the_published_ones(looks: int) -> None:
    found = plan(tuple(range(1, looks + 1)), 0.025).critical
    assert found == pytest.approx(PUBLISHED[looks], abs=2e-4)


def test_the_error_is_spent_whole_at_the_end_and_little_at_first() -> None:
    assert spent(ALPHA, 1.0) == pytest.approx(ALPHA)
    parts = [spent(ALPHA, look / LOOKS[-1]) for look in LOOKS]
    assert parts == sorted(parts)
    assert parts[0] < ALPHA / 50


@pytest.mark.parametrize("looks", [(), (0, 3), (5, 5), (9, 4)])
def test_looks_that_do_not_rise_are_refused(looks: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="looks"):
        plan(looks, ALPHA)


@pytest.mark.parametrize(
    ("available", "looks"),
    [(100, LOOKS), (64, LOOKS), (50, (20, 32, 44, 50)), (32, (20, 32)), (21, (20, 21)), (7, (7,))],
)
def test_a_class_with_fewer_objects_ends_earlier(available: int, looks: tuple[int, ...]) -> None:
    assert looks_within(LOOKS, available) == looks


def simulated(
    mean: float, seed: int, *, skewed: bool = False, mirrored: bool = False
) -> tuple[Floats, Floats, Floats]:
    """(R, looks) means, standard errors and one-sided p-values of mean <= 0."""
    rng = np.random.default_rng(seed)
    size = (REPEATS, LOOKS[-1])
    # Losses of probability are skewed and bounded; the mean is taken off, the spread is 1.
    noise = (rng.beta(1, 2, size) - 1 / 3) * np.sqrt(18) if skewed else rng.normal(size=size)
    values = (-noise if mirrored else noise) + mean
    means = np.stack([values[:, :look].mean(axis=1) for look in LOOKS], axis=1)
    spreads = np.stack([values[:, :look].std(axis=1, ddof=1) for look in LOOKS], axis=1)
    errors = spreads / np.sqrt(LOOKS)
    return means, errors, stats.t.sf(means / errors, np.array(LOOKS) - 1)


def allowance(rate: float) -> float:
    return SURE * float(np.sqrt(rate * (1 - rate) / REPEATS))


def test_looking_four_times_keeps_the_error_and_wastes_none_of_it() -> None:
    _, _, p_values = simulated(0.0, 1)
    rejected = (p_values <= np.array(plan(LOOKS, ALPHA).levels)).any(axis=1).mean()
    assert abs(rejected - ALPHA) <= allowance(ALPHA) + 0.002  # the t statistics of small samples
    naive = (p_values <= ALPHA).any(axis=1).mean()
    assert naive > 1.5 * ALPHA  # what it is for


def test_the_error_is_kept_with_skewed_losses() -> None:
    _, _, p_values = simulated(0.0, 2, skewed=True)
    rejected = (p_values <= np.array(plan(LOOKS, ALPHA).levels)).any(axis=1).mean()
    assert rejected <= ALPHA + allowance(ALPHA)


def test_looking_adds_little_to_what_a_t_test_loses_on_the_other_skew() -> None:
    """Few large losses below a common one: a t test of 64 rejects too often by itself."""
    _, _, p_values = simulated(0.0, 2, skewed=True, mirrored=True)
    sequential = (p_values <= np.array(plan(LOOKS, ALPHA).levels)).any(axis=1).mean()
    fixed = (p_values[:, -1] <= ALPHA).mean()
    assert fixed > ALPHA
    assert sequential <= fixed + 0.015


def test_repeated_intervals_hold_at_all_looks_together() -> None:
    means, errors, _ = simulated(0.7, 3)
    of_plan = plan(LOOKS, ALPHA)
    bounds = [
        [
            repeated_interval(of_plan, look, means[i, look], errors[i, look], LOOKS[look] - 1)
            for look in range(len(LOOKS))
        ]
        for i in range(2000)
    ]
    low, high = np.moveaxis(np.array(bounds), 2, 0)
    for held in ((low <= 0.7).all(axis=1), (high >= 0.7).all(axis=1)):
        assert held.mean() >= 1 - ALPHA - SURE * np.sqrt(ALPHA * (1 - ALPHA) / 2000)


def test_a_plain_effect_is_seen_at_the_first_looks_and_power_is_kept() -> None:
    _, _, p_values = simulated(1.2, 4)
    of_plan = plan(LOOKS, ALPHA)
    at = [rejected_at(of_plan, row) for row in p_values[:2000]]
    assert None not in at
    objects = np.mean([LOOKS[look] for look in at if look is not None])
    assert objects <= 0.4 * LOOKS[-1]

    _, _, weaker = simulated(0.4, 5)
    sequential = (weaker <= np.array(of_plan.levels)).any(axis=1).mean()
    fixed = (weaker[:, -1] <= ALPHA).mean()
    assert sequential >= fixed - 0.03


def test_a_repeated_p_value_is_the_error_at_which_a_look_just_rejects() -> None:
    for alpha in (0.001, 0.01, ALPHA, 0.2):
        levels = plan(LOOKS, alpha).levels
        for look, level in enumerate(levels):
            p_values = [*[1.0] * look, level]
            assert repeated_p(LOOKS, p_values) == pytest.approx(alpha, rel=0.02)
    assert repeated_p(LOOKS, []) == 1.0
    assert repeated_p(LOOKS, [0.0]) == pytest.approx(1e-8)


def test_repeated_p_values_are_no_smaller_than_chance_makes_them() -> None:
    _, _, p_values = simulated(0.0, 6)
    found = np.array([repeated_p(LOOKS, row) for row in p_values[:4000]])
    for level in (0.01, 0.05, 0.2):
        slack = SURE * np.sqrt(level * (1 - level) / 4000)
        assert (found <= level).mean() <= level + slack + 0.002


def test_a_look_later_never_takes_a_rejection_back() -> None:
    rng = np.random.default_rng(7)
    for row in rng.uniform(size=(50, 4)):
        so_far = [repeated_p(LOOKS, row[: look + 1]) for look in range(4)]
        assert so_far == sorted(so_far, reverse=True)


@pytest.mark.parametrize("looks", [(4, 8, 24), (1, 2, 3, 200), (1, 64)])
def test_looks_that_come_very_early_spend_next_to_nothing(looks: tuple[int, ...]) -> None:
    found = plan(looks, 0.025)
    assert found.levels[0] < 1e-6
    assert found.levels[-1] == pytest.approx(0.025, rel=0.15)
    assert repeated_p(looks, [1e-7]) > 1e-4


EFFECT = Effect(0.3, 0.2, 0.45, 0.001, {}, images=20, donors=12, degrees=11)


def test_an_effect_is_held_to_the_look_where_its_class_stands() -> None:
    early, late = (EFFECT.held_to(LookPosition(LOOKS, position)) for position in (0, 3))
    for held, level in ((early, 6.0836e-05), (late, 0.022804)):
        wider = stats.t.isf(level, 11) / stats.t.isf(0.025, 11)
        assert held.low == pytest.approx(0.3 - wider * 0.1, abs=1e-4)
        assert held.high == pytest.approx(0.3 + wider * 0.15, abs=1e-4)
    assert early.p_value == pytest.approx(repeated_p(LOOKS, [0.001]))
    assert early.p_value > 0.05 > late.p_value > 0.001  # type: ignore[operator]
    assert (early.mean, early.images, early.donors) == (0.3, 20, 12)


def test_with_one_look_nothing_changes() -> None:
    assert EFFECT.held_to(LookPosition((64,), 0)) == EFFECT
    alone = replace(EFFECT, low=None, high=None, p_value=None, degrees=0)
    assert alone.held_to(LookPosition(LOOKS, 1)) == alone


def test_what_is_spent_by_hand() -> None:
    # z of alpha / 2 = .025 is 1.959964; at a quarter of the data it doubles: 2 * (1 - Phi(3.92)).
    assert spent(0.05, 0.25) == pytest.approx(2 * 4.4283e-5, rel=1e-3)
    assert spent(0.05, 1.0) == pytest.approx(0.05)


@pytest.mark.parametrize("alpha", [0.0, 1.0, -0.1])
def test_an_error_outside_of_0_to_1_is_refused(alpha: float) -> None:
    with pytest.raises(ValueError, match="alpha"):
        plan(LOOKS, alpha)


def test_a_p_value_at_its_level_rejects_and_only_looks_so_far_count() -> None:
    of_plan = plan(LOOKS, ALPHA)
    first, second = of_plan.levels[:2]
    assert rejected_at(of_plan, [first]) == 0
    assert rejected_at(of_plan, [first * 1.001]) is None
    assert rejected_at(of_plan, [1.0, second, 0.0]) == 1
    assert rejected_at(of_plan, []) is None


def test_a_repeated_interval_by_hand() -> None:
    of_plan = plan(LOOKS, ALPHA)
    low, high = repeated_interval(of_plan, 1, 0.3, 0.1, 31)
    width = 0.1 * float(stats.t.isf(of_plan.levels[1], 31))
    assert (low, high) == pytest.approx((0.3 - width, 0.3 + width))
