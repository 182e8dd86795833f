"""The two-way fit of a table of three by three with the least sum of absolute cells, exactly.

Median polish descends on that sum and stops where no single row or column lowers it. Where each of
three groups may have a spike in a column of its own, two of six medians are then the larger one of
two other cells, and it stops early: of spikes of 5, 3 and 0 it finds 4, 2 and 1. A fit with the
least sum goes through five cells that tie rows and columns together as a spanning tree (a vertex of
the linear programme; Bloomfield and Steiger 1983, Least Absolute Deviations), and three by three
has 81 of them. Larger tables leave medians enough cells without a spike.
"""

from __future__ import annotations

from functools import cache
from itertools import combinations

import numpy as np

from auditor.statistics.two_way import Codes, Floats, TwoWayFit, group_means, weighted_means

SIZE = 3
"""Groups and columns."""
ALIKE = 1e-9
"""Sums closer than this are ties, of which the mean counts: it is a least sum, too."""


def fit_least_absolute(values: Floats, groups: Codes) -> TwoWayFit:
    """Rows and columns of the groups' means, so that what is left of them is least.

    Args:
        values: (n, 3), no NaN.
        groups: (n,) codes 0..2, each there.
    """
    start = values.mean(axis=1)
    means = group_means(values - start[:, None], groups, SIZE)
    rows, columns = (found[0] for found in _constants(means[None]))
    cells = means - rows[:, None] - columns
    return TwoWayFit(start + rows[groups], columns, cells)


def least_absolute_cells(values: Floats, groups: Codes, weights: Floats) -> Floats:
    """(B, 3, 3) cells of that fit with the observations weighted, fitted anew.

    Args:
        values, groups: as of `fit_least_absolute`.
        weights: (B, n) how often each observation counts. For the others' sake a group without
            weight keeps the means of all its observations; its own cells are NaN.
    """
    means = weighted_means(values, groups, SIZE, weights)
    known = np.where(np.isnan(means), group_means(values, groups, SIZE), means)
    rows, columns = _constants(known)
    cells: Floats = means - rows[:, :, None] - columns[:, None, :]
    return cells


def _constants(tables: Floats) -> tuple[Floats, Floats]:
    """(B, 3) rows and (B, 3) columns of tables (B, 3, 3)."""
    constants, left = _trees()
    values = tables.reshape(len(tables), SIZE * SIZE)
    sums = np.abs(np.einsum("tij,bj->bti", left, values)).sum(axis=2)
    least = (sums <= sums.min(axis=1, keepdims=True) + ALIKE).astype(np.float64)
    share = least / least.sum(axis=1, keepdims=True)
    found: Floats = np.einsum("bt,tkj,bj->bk", share, constants, values)
    return found[:, :SIZE], found[:, SIZE:]


@cache
def _trees() -> tuple[Floats, Floats]:
    """Of every fit through five cells: (81, 6, 9) from cells to rows and columns, (81, 9, 9) from
    cells to what is left of them."""
    row, column = np.divmod(np.arange(SIZE * SIZE), SIZE)
    design = np.hstack([np.eye(SIZE)[row], np.eye(SIZE)[column]])
    free = 2 * SIZE - 1
    constants = []
    for cells in map(list, combinations(range(SIZE * SIZE), free)):
        if np.linalg.matrix_rank(design[cells]) == free:
            through = np.zeros((2 * SIZE, SIZE * SIZE))
            through[:, cells] = np.linalg.pinv(design[cells])
            constants.append(through)
    solved = np.stack(constants)
    return solved, np.eye(SIZE * SIZE) - design @ solved
