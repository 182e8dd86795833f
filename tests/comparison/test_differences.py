"""Differences against scipy, published numbers, laws, and simulated truth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from auditor.comparison.differences import (
    Difference,
    Observed,
    difference_of_intervals,
    difference_of_means,
    difference_of_rates,
    with_q_values,
)


def observed(values: object, names: object = None, donors: object = None) -> Observed:
    numbers = np.asarray(values, dtype=np.float64)
    objects = np.arange(len(numbers)) if names is None else names
    return Observed(
        numbers, np.asarray(objects).astype(str), None if donors is None else np.asarray(donors)
    )


def test_pairs_give_the_paired_t_test() -> None:
    rng = np.random.default_rng(0)
    before = rng.normal(0.5, 0.2, 30)
    after = before + rng.normal(0.05, 0.1, 30)
    ours = difference_of_means(observed(before), observed(after))
    theirs = stats.ttest_rel(after, before)
    interval = theirs.confidence_interval()
    assert ours.basis == "paired"
    assert (ours.low, ours.high) == pytest.approx((interval.low, interval.high), abs=1e-12)
    assert ours.p_value == pytest.approx(theirs.pvalue, abs=1e-12)


def test_strangers_give_welch_s_error_with_fewer_degrees() -> None:
    rng = np.random.default_rng(1)
    before, after = rng.normal(size=40), rng.normal(size=40)
    ours = difference_of_means(observed(before), observed(after, np.arange(100, 140)))
    error = np.sqrt(before.var(ddof=1) / 40 + after.var(ddof=1) / 40)
    assert ours.basis == "unpaired"
    assert ours.high is not None
    assert ours.change is not None
    assert (ours.high - ours.change) / error == pytest.approx(stats.t.ppf(0.975, 39), abs=1e-9)


def test_unpaired_rates_as_published() -> None:
    # Newcombe (1998), Stat. Med. 17:873, table II, method 10: 56/70 - 48/80 = .2 [.0524, .3339].
    first = observed([1] * 48 + [0] * 32)
    second = observed([1] * 56 + [0] * 14, np.arange(100, 170))
    ours = difference_of_rates(first, second)
    assert (ours.low, ours.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert ours.p_value is not None
    assert 0.005 < ours.p_value < 0.01


def test_a_copy_adds_nothing_to_a_rate() -> None:
    once = difference_of_rates(observed([1, 0, 1, 0]), observed([1, 1, 1, 0]))
    twice = difference_of_rates(
        observed([1, 0, 1, 0] * 2, [0, 1, 2, 3] * 2), observed([1, 1, 1, 0] * 2, [0, 1, 2, 3] * 2)
    )
    assert (once.low, once.high) == pytest.approx((twice.low, twice.high))
    assert once.shared == twice.shared == 4


def test_one_cluster_has_no_interval() -> None:
    ours = difference_of_means(observed([0.1, 0.2], ["a", "a"]), observed([0.3, 0.5], ["b", "c"]))
    assert ours.change == pytest.approx(0.25)
    assert (ours.low, ours.high, ours.p_value, ours.noise) == (None, None, None, None)


def test_undefined_stays_undefined() -> None:
    ours = difference_of_intervals((None, None, None), (0.4, 0.3, 0.5))
    assert (ours.change, ours.low, ours.noise) == (None, None, None)
    half = difference_of_intervals((0.1, None, None), (0.4, 0.3, 0.5))
    assert half.change == pytest.approx(0.3)
    assert (half.low, half.noise) == (None, None)


def test_a_tiny_change_is_noise_however_sure() -> None:
    sure = Difference(0.5, 0.51, 0.01, 0.009, 0.011, 0.0, 0.0)
    assert sure.noise is True
    assert Difference(0.5, 0.53, 0.03, 0.02, 0.04, 0.0, 0.0).noise is False
    assert Difference(0.5, 0.6, 0.1, -0.1, 0.3, 0.2, 0.2).noise is True


def test_q_values_are_over_what_is_known() -> None:
    many = {"a": Difference(0, 1, 1, 0, 2, 0.01), "b": Difference(0, 1, 1, 0, 2, 0.04)}
    adjusted = with_q_values(many | {"c": Difference(None, 1)})
    assert [each.q_value for each in adjusted.values()] == [0.02, 0.04, None]


values = st.lists(st.floats(-1, 1), min_size=2, max_size=20)
votes = st.lists(st.sampled_from([0.0, 1.0]), min_size=1, max_size=30)


@given(values, values, st.integers(0, 25))
@settings(deadline=None)
def test_turned_round_the_change_of_means_is_its_negative(
    before: list[float], after: list[float], shift: int
) -> None:
    first = observed(before)
    second = observed(after, np.arange(shift, shift + len(after)))
    there, back = difference_of_means(first, second), difference_of_means(second, first)
    assert there.change == pytest.approx(-(back.change or 0.0))
    assert there.low == pytest.approx(-(back.high or 0.0))
    assert there.p_value == pytest.approx(back.p_value)


@given(votes, votes, st.integers(0, 30))
@settings(deadline=None)
def test_turned_round_the_change_of_rates_is_its_negative(
    before: list[float], after: list[float], shift: int
) -> None:
    first = observed(before)
    second = observed(after, np.arange(shift, shift + len(after)))
    there, back = difference_of_rates(first, second), difference_of_rates(second, first)
    assert there.low is not None
    assert there.high is not None
    assert there.low == pytest.approx(-(back.high or 0.0), abs=1e-9)
    assert -1 - 1e-9 <= there.low <= (there.change or 0.0) <= there.high <= 1 + 1e-9


@pytest.mark.parametrize("overlap", [0, 30, 60])
def test_means_cover_the_truth_whatever_the_runs_share(overlap: int) -> None:
    rng = np.random.default_rng(overlap)
    covered = sum(_covers(rng, overlap) for _ in range(400))
    assert 0.92 <= covered / 400 <= 0.99


def _covers(rng: np.random.Generator, overlap: int) -> bool:
    """Sixty objects a run, three trials each with one of forty donors; a true change of .1."""
    objects = rng.normal(0, 0.2, 120)
    donors = rng.normal(0, 0.1, 40)
    sides = []
    for start, mean in ((0, 0.3), (60 - overlap, 0.4)):
        who = np.repeat(np.arange(start, start + 60), 3)
        where = rng.integers(0, 40, len(who))
        noise = rng.normal(0, 0.1, len(who))
        sides.append(observed(mean + objects[who] + donors[where] + noise, who, where.astype(str)))
    found = difference_of_means(*sides)
    assert found.low is not None
    assert found.high is not None
    return found.low <= 0.1 <= found.high


@pytest.mark.parametrize("overlap", [0, 25, 50])
def test_rates_cover_the_truth_whatever_the_runs_share(overlap: int) -> None:
    rng = np.random.default_rng(overlap + 7)
    covered = 0
    for _ in range(600):
        ease = rng.uniform(size=100)
        first = (ease[:50] + rng.normal(0, 0.1, 50) < 0.8).astype(float)
        start = 50 - overlap
        second = (ease[start : start + 50] + rng.normal(0, 0.1, 50) < 0.7).astype(float)
        found = difference_of_rates(observed(first), observed(second, np.arange(start, start + 50)))
        assert found.low is not None
        assert found.high is not None
        covered += found.low <= _true_change() <= found.high
    assert 0.92 <= covered / 600 <= 0.99


def _true_change() -> float:
    """P(U + N(0, .1) < .7) - P(U + N(0, .1) < .8), U uniform: a little less than .1."""
    grid = (np.arange(20_000) + 0.5) / 20_000
    return float(
        stats.norm.cdf(0.7 - grid, scale=0.1).mean() - stats.norm.cdf(0.8 - grid, scale=0.1).mean()
    )
