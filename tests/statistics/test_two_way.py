"""Median polish by hand, its laws, and what its intervals cover."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.statistics.two_way import (
    Draws,
    bounds,
    fit_two_way,
    group_means,
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
