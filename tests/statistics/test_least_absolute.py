"""Tables of three by three: spikes by hand, the least sum, its laws and its weights."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from auditor.statistics.least_absolute import fit_least_absolute, least_absolute_cells
from auditor.statistics.two_way import fit_two_way

THREE = np.arange(3)
ADDITIVE = np.array([0.0, 3.0, -6.0])[:, None] + np.array([1.0, -2.0, 4.0])
SPIKES = {
    "two classes with a cue": np.diag([5.0, 3.0, 0.0]),
    "all three": np.diag([5.0, 3.0, 1.5]),
    "one": np.diag([0.0, 0.0, 2.0]),
    "a background that speaks for another class": np.array([[0, 3.0, 0], [0, 0, 0], [0, 0, 0]]),
}


@pytest.mark.parametrize("name", SPIKES)
def test_spikes_are_left_where_they_are(name: str) -> None:
    fit = fit_least_absolute(ADDITIVE + SPIKES[name], THREE)
    assert fit.cells == pytest.approx(SPIKES[name], abs=1e-9)
    assert fit.rows[:, None] + fit.columns == pytest.approx(ADDITIVE, abs=1e-9)


def test_a_polish_stops_beside_two_spikes_of_three() -> None:
    """Why there is this fit."""
    fit = fit_two_way(ADDITIVE + SPIKES["two classes with a cue"], THREE, 3)
    assert fit.cells[2, 2] > 0.5


def _least(table: np.ndarray) -> float:
    """The least sum by a linear programme: constants, then positive and negative parts."""
    row, column = np.divmod(np.arange(9), 3)
    design = np.hstack([np.eye(3)[row], np.eye(3)[column]])
    found = linprog(
        np.r_[np.zeros(6), np.ones(18)],
        A_eq=np.hstack([design, np.eye(9), -np.eye(9)]),
        b_eq=table.ravel(),
        bounds=[(None, None)] * 6 + [(0, None)] * 18,
    )
    return float(found.fun)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000))
def test_no_other_fit_leaves_less(seed: int) -> None:
    table = np.random.default_rng(seed).normal(size=(3, 3))
    cells = fit_least_absolute(table, THREE).cells
    assert np.abs(cells).sum() == pytest.approx(_least(table), abs=1e-6)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.permutations(range(3)))
def test_constants_and_names_change_nothing(seed: int, order: list[int]) -> None:
    table = np.random.default_rng(seed).normal(size=(3, 3))
    cells = fit_least_absolute(table, THREE).cells
    assert fit_least_absolute(table + ADDITIVE, THREE).cells == pytest.approx(cells, abs=1e-6)
    moved = fit_least_absolute(table[np.ix_(order, order)], THREE).cells
    assert moved == pytest.approx(cells[np.ix_(order, order)], abs=1e-6)


def test_observations_keep_constants_of_their_own() -> None:
    """Means of groups are fitted; what an observation has for all columns is its own constant."""
    values = np.repeat(ADDITIVE + SPIKES["all three"], 2, axis=0)
    values += np.array([1.0, -4.0, 0.0, 2.0, 7.0, 7.0])[:, None]
    groups = np.repeat(THREE, 2)
    fit = fit_least_absolute(values, groups)
    assert fit.cells == pytest.approx(SPIKES["all three"], abs=1e-9)
    left = values - fit.rows[:, None] - fit.columns
    assert left == pytest.approx(SPIKES["all three"][groups], abs=5.0)
    assert left.mean(axis=1) == pytest.approx(SPIKES["all three"][groups].mean(axis=1), abs=1e-9)


def test_weights_of_one_are_the_fit_and_a_group_without_weight_is_unknown() -> None:
    values = np.random.default_rng(3).normal(size=(30, 3))
    groups = np.arange(30) % 3
    weights = np.ones((2, 30))
    weights[1, groups == 2] = 0.0
    cells = fit_least_absolute(values, groups).cells
    found = least_absolute_cells(values, groups, weights)
    assert found[0] == pytest.approx(cells)
    assert found[1, :2] == pytest.approx(cells[:2])
    assert np.isnan(found[1, 2]).all()
