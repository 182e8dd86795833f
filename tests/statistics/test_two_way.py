"""Median polish by hand, its laws, and what its intervals cover."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from auditor.statistics.two_way import (
    Draws,
    bounds,
    fit_two_way,
    group_means,
    median_of_known,
    resampled_cells,
    weighted_means,
)

SPIKED = np.array([[9.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]])
"""Rows 1, 4, 7 and columns 0, 1, 2, but for 8 more in the first cell."""


def test_a_spike_is_left_where_it_is() -> None:
    fit = fit_two_way(SPIKED, np.arange(3), 3)
    assert fit.cells == pytest.approx(np.array([[8.0, 0, 0], [0, 0, 0], [0, 0, 0]]))
    assert fit.rows - fit.rows[0] == pytest.approx([0.0, 3.0, 6.0])
    assert fit.columns - fit.columns[0] == pytest.approx([0.0, 1.0, 2.0])


def test_observations_of_a_group_are_averaged() -> None:
    values = np.repeat(SPIKED, 2, axis=0)
    values[::2] += np.array([[1.0, 0.0, 0.0]])
    values[1::2] -= np.array([[1.0, 0.0, 0.0]])
    fit = fit_two_way(values, np.repeat(np.arange(3), 2), 3)
    assert fit.cells == pytest.approx(np.array([[8.0, 0, 0], [0, 0, 0], [0, 0, 0]]))


def test_an_empty_group_is_not_a_number_and_disturbs_nobody() -> None:
    fit = fit_two_way(SPIKED, np.array([0, 1, 3]), 4)
    assert np.isnan(fit.cells[2]).all()
    assert fit.cells[[0, 1, 3]] == pytest.approx(np.array([[8.0, 0, 0], [0, 0, 0], [0, 0, 0]]))


def _table(seed: int, rows: int, columns: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(rows, columns))


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 10_000), st.integers(3, 9), st.integers(3, 9), st.floats(-20, 20))
def test_row_and_column_constants_change_nothing(
    seed: int, rows: int, columns: int, by: float
) -> None:
    table = _table(seed, rows, columns)
    shift = by * np.arange(rows)[:, None] - by * np.arange(columns)[None, :] ** 2
    before, after = (
        fit_two_way(values, np.arange(rows), rows).cells for values in (table, table + shift)
    )
    assert after == pytest.approx(before, abs=1e-6)


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 10_000), st.integers(3, 8), st.randoms(use_true_random=False))
def test_other_names_give_the_same_cells(seed: int, size: int, random: object) -> None:
    table = _table(seed, size, size)
    order = np.random.default_rng(seed + 1).permutation(size)
    cells = fit_two_way(table, np.arange(size), size).cells
    moved = fit_two_way(table[np.ix_(order, order)], np.arange(size), size).cells
    assert moved == pytest.approx(cells[np.ix_(order, order)])


def test_weights_of_one_are_the_fit_itself() -> None:
    values = _table(3, 40, 5)
    groups = np.arange(40) % 5
    fit = fit_two_way(values, groups, 5)
    assert resampled_cells(fit, values, groups, np.ones((1, 40)))[0] == pytest.approx(fit.cells)
    assert weighted_means(values, groups, 5, np.ones((1, 40)))[0] == pytest.approx(
        group_means(values, groups, 5)
    )


def test_draws_hold_as_many_clusters_as_there_are() -> None:
    draws = Draws.of(7, 5, np.random.default_rng(0), size=30)
    assert (draws.objects.sum(axis=1) == 7).all()
    assert draws.objects.nbytes + draws.donors.nbytes == 2 * 30 * (7 + 5)  # many clusters: small
    assert (draws.donors.sum(axis=1) == 5).all()
    objects, donors = np.divmod(np.arange(35), 5)
    assert draws.weights(objects, donors).shape == (90, 35)


@pytest.mark.parametrize(("objects", "donors"), [(1, 9), (9, 1)])
def test_a_single_cluster_has_no_interval(objects: int, donors: int) -> None:
    found = bounds(0.5, np.zeros(30), objects=objects, donors=donors)
    assert (found.low, found.high, found.p_value) == (None, None, None)


def _covered(seed: int, objects: int, donors: int) -> bool:
    """Whether the interval of a mean over objects crossed with donors holds the truth, 0."""
    rng = np.random.default_rng(seed)
    shown, behind = rng.normal(0, 1, objects), rng.normal(0, 1, donors)
    one, other = (part.ravel() for part in np.indices((objects, donors)))
    values = shown[one] + behind[other] + rng.normal(0, 1, len(one))
    draws = Draws.of(objects, donors, rng)
    weights = draws.weights(one, other)
    means = (weights @ values) / weights.sum(axis=1)
    found = bounds(float(values.mean()), means, objects=objects, donors=donors)
    assert found.low is not None
    assert found.high is not None
    return found.low <= 0.0 <= found.high


def test_intervals_cover_the_truth() -> None:
    covered = [_covered(seed, 24, 16) for seed in range(120)]
    assert 0.89 <= np.mean(covered) <= 1.0


def test_bounds_by_hand() -> None:
    rng = np.random.default_rng(2)
    over = [rng.normal(0.4, scale, 50) for scale in (0.2, 0.1, 0.05)]
    over[0][3] = np.nan
    found = bounds(0.4, np.concatenate(over), objects=6, donors=4)
    known = [part[~np.isnan(part)] - 0.4 for part in over]
    first, second = known[0].var() * 6 / 5, known[1].var() * 4 / 3
    error = np.sqrt(max(first, second, first + second - known[2].var()))
    added = known[0] - known[0].mean() + known[1][:49] - known[1].mean()
    student = stats.t.ppf(0.975, 3) / stats.norm.ppf(0.975)
    low, high = np.quantile(added, [0.025, 0.975]) * student * error / added.std()
    assert found.low == pytest.approx(0.4 + low)
    assert found.high == pytest.approx(0.4 + high)
    assert found.p_value == pytest.approx(stats.t.sf(0.4 / error, 3))
    cut = bounds(0.4, np.concatenate(over), objects=6, donors=4, limit=0.45)
    assert (cut.low, cut.high) == (pytest.approx(max(-0.45, 0.4 + low)), 0.45)


def test_pairs_can_take_away_from_the_error_but_not_below_either_side() -> None:
    rng = np.random.default_rng(3)
    one, other = rng.normal(0, 0.3, 40), rng.normal(0, 0.2, 40)
    least = one.var() * 5 / 4
    for pairs, expected in (
        (np.full(40, 0.0), least + other.var() * 5 / 4),
        (rng.normal(0, 9, 40), least),
    ):
        found = bounds(0.1, 0.1 + np.concatenate([one, other, pairs]), objects=5, donors=5)
        assert found.p_value == pytest.approx(stats.t.sf(0.1 / np.sqrt(expected), 4))


def test_bounds_of_a_constant_are_a_point_and_of_one_draw_nothing() -> None:
    flat = bounds(0.25, np.full(30, 0.25), objects=5, donors=5)
    assert (flat.low, flat.high, flat.p_value) == (0.25, 0.25, 0.0)
    rare = np.full(30, np.nan)
    rare[[0, 10, 11, 20, 21]] = 0.3, 0.3, 0.2, 0.3, 0.2
    assert bounds(0.25, rare, objects=5, donors=5).low is None
    rare[1] = 0.2
    assert bounds(0.25, rare, objects=5, donors=5).low is not None
    assert bounds(0.25, rare, objects=2, donors=5).low is not None


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10_000), st.integers(1, 7), st.integers(1, 4), st.sampled_from((0, 1)))
def test_medians_of_what_is_known_are_numpys(seed: int, rows: int, columns: int, axis: int) -> None:
    rng = np.random.default_rng(seed)
    table = rng.normal(size=(rows, columns))
    table[rng.random(table.shape) < 0.4] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = np.nanmedian(table, axis=axis)
    assert median_of_known(table, axis=axis) == pytest.approx(expected, nan_ok=True)


def test_weights_count_each_cluster_as_often_as_it_was_drawn() -> None:
    draws = Draws.of(3, 2, np.random.default_rng(1), size=20)
    objects, donors = np.array([0, 1, 2, 0, 2]), np.array([0, 0, 1, 1, 1])
    weights = draws.weights(objects, donors)
    assert (weights[:20] == draws.objects[:, objects]).all()
    assert (weights[20:40] == draws.donors[:, donors]).all()
    # Four pairs, one of them twice: as many draws with replacement as there are pairs.
    assert (weights[40:, :4].sum(axis=1) == 4).all()
    assert (weights[40:, 2] == weights[40:, 4]).all()
    assert weights[40:].std() > 0
    assert (draws.weights(objects[:1].repeat(4), donors[:1].repeat(4))[40:] == 1).all()


def test_a_group_without_weight_is_not_a_number() -> None:
    values, groups = np.array([[1.0], [3.0], [8.0]]), np.array([0, 0, 2])
    found = weighted_means(values, groups, 3, np.array([[1.0, 3.0, 0.0]]))
    assert found[0, 0, 0] == pytest.approx(2.5)
    assert np.isnan(found[0, 1:]).all()


def test_the_polish_settles_where_medians_are_zero() -> None:
    table = _table(11, 9, 7)
    table[2, 3] += 50.0
    fit = fit_two_way(table, np.arange(9), 9)
    assert np.median(fit.cells, axis=0) == pytest.approx(np.zeros(7), abs=1e-6)
    assert np.abs(np.median(fit.cells, axis=1)).max() < 0.2
    assert fit.rows[:, None] + fit.columns + fit.cells == pytest.approx(table)
    assert fit.cells[2, 3] == pytest.approx(50.0, abs=3.0)
