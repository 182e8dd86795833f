"""Tests and corrections against numbers worked by hand and independent libraries."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from auditor.statistics.significance import (
    benjamini_hochberg,
    cluster_mean,
    holm,
    lower_bound,
    p_above_null,
    p_above_zero,
)


def test_benjamini_hochberg_by_hand() -> None:
    # Sorted .01, .02, .03, .5 times 4/rank: .04, .04, .04, .5; each the minimum from there up.
    assert benjamini_hochberg([0.02, 0.5, 0.01, 0.03]) == pytest.approx([0.04, 0.5, 0.04, 0.04])
    assert benjamini_hochberg([]) == []


def test_holm_by_hand() -> None:
    # Sorted .01*4, .03*3, .04*2, .05*1, each at least the one before: .04, .09, .09, .09.
    assert holm([0.03, 0.01, 0.05, 0.04]) == pytest.approx([0.09, 0.04, 0.09, 0.09])
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_corrections_only_raise_and_keep_the_order(p_values: list[float]) -> None:
    for adjusted in (holm(p_values), benjamini_hochberg(p_values)):
        assert all(a >= p - 1e-12 for a, p in zip(adjusted, p_values, strict=True))
        assert all(a <= 1 for a in adjusted)
        ranked = [a for _, a in sorted(zip(p_values, adjusted, strict=True))]
        assert all(b >= a - 1e-12 for a, b in pairwise(ranked))


def test_holm_bonferroni_bound() -> None:
    assert all(h <= 3 * p for h, p in zip(holm([0.2, 0.01, 0.3]), [0.2, 0.01, 0.3], strict=True))


def test_singleton_clusters_give_the_one_sample_t_test() -> None:
    values = np.random.default_rng(3).normal(0.1, 0.5, 25)
    robust = cluster_mean(values, np.arange(25))
    theirs = stats.ttest_1samp(values, 0.0, alternative="greater")
    assert robust.standard_error == pytest.approx(stats.sem(values))
    assert p_above_zero(robust) == pytest.approx(theirs.pvalue)
    low = stats.ttest_1samp(values, 0.0).confidence_interval(0.95).low
    assert lower_bound(robust) == pytest.approx(low)


def test_two_way_error_by_hand() -> None:
    # Objects a a b b, donors x y x y, values 1 2 3 6: mean 3, deviations -2 -1 0 3.
    # Objects: sums -3, 3 -> 2/1 * 18 / 16 = 2.25. Donors: sums -2, 2 -> 2 * 8 / 16 = 1.
    # Pairs: 4/3 * (4 + 1 + 0 + 9) / 16 = 1.1667. Sum 2.25 + 1 - 1.1667 = 2.0833 < 2.25: 2.25.
    values = np.array([1.0, 2.0, 3.0, 6.0])
    robust = cluster_mean(values, np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]))
    assert robust.mean == 3.0
    assert robust.standard_error == pytest.approx(1.5)
    assert robust.degrees == 1


def test_shared_donors_widen_the_error() -> None:
    rng = np.random.default_rng(8)
    donors = np.tile(np.arange(6), 20)
    values = rng.normal(0, 1, 6)[donors] + rng.normal(0, 0.3, 120)
    one_way = cluster_mean(values, np.arange(120))
    two_way = cluster_mean(values, np.arange(120), donors)
    assert one_way.standard_error is not None
    assert two_way.standard_error is not None
    assert two_way.standard_error > 3 * one_way.standard_error


def test_constants_without_spread() -> None:
    codes = np.arange(4)
    assert p_above_zero(cluster_mean(np.zeros(4), codes)) == 1.0
    assert p_above_zero(cluster_mean(np.full(4, 0.5), codes)) == 0.0


@given(st.integers(1, 200), st.floats(0, 1), st.floats(0, 1))
def test_binomial_agrees_with_scipy(observations: int, share: float, null: float) -> None:
    successes = round(share * observations)
    theirs = stats.binomtest(successes, observations, null, alternative="greater").pvalue
    assert p_above_null(successes / observations, observations, null) == pytest.approx(
        theirs, abs=1e-9
    )


def test_bounds_are_unknown_where_the_error_is() -> None:
    alone = cluster_mean(np.array([0.2, 0.4]), np.zeros(2, dtype=np.int64))
    assert (alone.standard_error, alone.degrees) == (None, 0)
    assert lower_bound(alone) is None
    assert p_above_zero(alone) is None


def test_observations_of_one_donor_side_count_its_clusters() -> None:
    values = np.array([0.1, 0.4, 0.2, 0.6, 0.3, 0.8])
    robust = cluster_mean(values, np.arange(6), np.array([0, 0, 1, 1, 2, 2]))
    assert robust.degrees == 2
    # Objects: 6/5 * sum of squared deviations / 36; donors: 3/2 * squared sums; pairs as objects.
    deviations = values - values.mean()
    donors = 3 / 2 * (deviations.reshape(3, 2).sum(axis=1) ** 2).sum() / 36
    objects = 6 / 5 * (deviations**2).sum() / 36
    assert robust.standard_error == pytest.approx(np.sqrt(max(objects, donors)))


def test_a_rate_of_a_fractional_count_is_rounded_down() -> None:
    assert p_above_null(0.35, 10, 0.2) == pytest.approx(stats.binom.sf(2, 10, 0.2))
    assert p_above_null(0.3, 10, 0.2) == pytest.approx(stats.binom.sf(2, 10, 0.2))
    assert p_above_null(0.0, 10, 0.2) == 1.0
