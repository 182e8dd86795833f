"""Robust two-way fits: what a cell has beyond its row and its column, and how sure that is.

A table of log odds is additive in who is shown and on what, but for a few cells. Medians take rows
and columns out and leave those cells alone while they are fewer than half of a row and of a column
(median polish: Tukey 1977, Exploratory Data Analysis, chapter 11).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from auditor.statistics.significance import ClusterMean, p_above_zero

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Counts = NDArray[np.uint16]

ROUNDS = 20
SETTLED = 1e-9
DRAWS = 200
CONFIDENCE = 0.95


@dataclass(frozen=True)
class TwoWayFit:
    """values[t, e] = rows[t] + columns[e] + cells[group of t, e] + noise.

    Attributes:
        rows: (n,) constant of every observation.
        columns: (E,) constant of every column.
        cells: (D, E) what is left of the mean of every group; NaN for a group without rows.
    """

    rows: Floats
    columns: Floats
    cells: Floats


def fit_two_way(values: Floats, groups: Codes, count: int) -> TwoWayFit:
    """Median polish in which every observation has a row constant of its own.

    Args:
        values: (n, E), no NaN, n and E at least 1.
        groups: (n,) codes 0..count-1 of the rows of the table.
        count: number of groups D.
    """
    # From the least-squares fit on, in which constants of rows and columns cancel: polishing alone
    # would end elsewhere when one is added, since medians have many fixed points.
    start = values.mean(axis=1)
    centred = values - start[:, None]
    base = np.nanmean(group_means(centred, groups, count), axis=0)
    centred = centred - base
    columns, rows = np.zeros(values.shape[1]), np.zeros(len(values))
    for _ in range(ROUNDS):
        before = columns
        rows = np.median(centred - columns, axis=1)
        columns = median_of_known(group_means(centred - rows[:, None], groups, count), axis=0)
        if np.abs(columns - before).max() < SETTLED:
            break
    cells = group_means(centred - rows[:, None], groups, count) - columns
    return TwoWayFit(start + rows, base + columns, cells)


def group_means(values: Floats, groups: Codes, count: int) -> Floats:
    """(D, E) mean of every group; NaN for a group without observations."""
    sums = np.zeros((count, values.shape[1]))
    np.add.at(sums, groups, values)
    size = np.bincount(groups, minlength=count).astype(np.float64)
    with np.errstate(invalid="ignore"):
        means: Floats = sums / size[:, None]
    return means


def resampled_cells(fit: TwoWayFit, values: Floats, groups: Codes, weights: Floats) -> Floats:
    """(B, D, E) cells of the fit under weights of the observations.

    Row constants stay, since they belong to single observations; column constants and cells are
    fitted anew. A group that a draw leaves without weight is NaN.

    Args:
        fit: of the same values.
        values, groups: as fitted.
        weights: (B, n) how often each observation counts.
    """
    means = weighted_means(values - fit.rows[:, None], groups, len(fit.cells), weights)
    cells: Floats = means - median_of_known(means, axis=1)[:, None, :]
    return cells


def weighted_means(values: Floats, groups: Codes, count: int, weights: Floats) -> Floats:
    """(B, D, E) mean of every group under weights (B, n); NaN where a group has none."""
    means = np.full((len(weights), count, values.shape[1]), np.nan)
    for group in range(count):
        own = np.flatnonzero(groups == group)
        if len(own):
            part = weights[:, own]
            with np.errstate(invalid="ignore"):
                means[:, group] = (part @ values[own]) / part.sum(axis=1)[:, None]
    return means


def median_of_known(values: Floats, axis: int) -> Floats:
    """Median over what is known; NaN where nothing is."""
    if not np.isnan(values).any():
        known: Floats = np.median(values, axis=axis)
        return known
    order = np.sort(values, axis=axis)  # NaN last
    size = (~np.isnan(values)).sum(axis=axis, keepdims=True)
    low = np.take_along_axis(order, np.maximum(0, (size - 1) // 2), axis=axis)
    high = np.take_along_axis(order, np.minimum(size // 2, values.shape[axis] - 1), axis=axis)
    middle: Floats = np.where(size > 0, (low + high) / 2, np.nan).squeeze(axis)
    return middle


@dataclass(frozen=True)
class Draws:
    """How often clusters come up in resamples: of objects, of donors, and of their pairs.

    Attributes:
        objects: (B, G).
        donors: (B, H).
        rng: of the pairs, which are drawn where they are needed.
    """

    objects: Counts
    donors: Counts
    rng: np.random.Generator

    @classmethod
    def of(cls, objects: int, donors: int, rng: np.random.Generator, size: int = DRAWS) -> Draws:
        """As many draws with replacement as there are clusters, `size` times."""
        return cls(_counts(objects, size, rng), _counts(donors, size, rng), rng)

    def weights(self, objects: Codes, donors: Codes) -> Floats:
        """(3 B, n): first with the objects drawn, then the donors, then their pairs.

        Args:
            objects, donors: (n,) clusters of some observations.
        """
        cell = objects * self.donors.shape[1] + donors
        pairs, code = np.unique(cell, return_inverse=True)
        drawn = _counts(len(pairs), len(self.objects), self.rng)
        sides = [self.objects[:, objects], self.donors[:, donors], drawn[:, code]]
        return np.concatenate(sides, dtype=np.float64)


def _counts(clusters: int, size: int, rng: np.random.Generator) -> Counts:
    """A draw at a time, and two bytes a count: each is about one, of however many clusters."""
    counts = np.empty((size, clusters), dtype=np.uint16)
    for each in counts:
        each[:] = np.bincount(rng.integers(0, clusters, size=clusters), minlength=clusters)
    return counts


@dataclass(frozen=True, slots=True)
class Bounds:
    """A 95% interval and the one-sided p-value of estimate <= 0; None where a side of the design
    has a single cluster."""

    low: float | None
    high: float | None
    p_value: float | None


def bounds(
    estimate: float, draws: Floats, *, objects: int, donors: int, limit: float = np.inf
) -> Bounds:
    """Interval and test of an estimate from its resamples.

    Variance over objects plus variance over donors minus variance over their pairs, never below
    either (Cameron, Gelbach and Miller 2011, JBES 29:238, with bootstrap variances); the shape is
    that of the deviations over objects and over donors added up, with Student's quantile at the
    smaller number of clusters less one.

    Args:
        estimate: of the whole sample.
        draws: (3 B,) estimates under `Draws.weights`; NaN where a draw had no observation.
        objects, donors: clusters behind the estimate.
        limit: the interval is cut off at -limit and limit.
    """
    degrees = min(objects, donors) - 1
    kinds = [part[~np.isnan(part)] - estimate for part in np.split(draws, 3)]
    if degrees < 1 or min(map(len, kinds)) < 2:
        return Bounds(None, None, None)
    over = [float(part.var()) for part in kinds]
    grown = [g / (g - 1) for g in (objects, donors)]
    variances = (over[0] * grown[0], over[1] * grown[1])
    error = float(np.sqrt(max(*variances, sum(variances) - over[2])))
    p_value = p_above_zero(ClusterMean(estimate, error, degrees))
    size = min(len(kinds[0]), len(kinds[1]))
    added = kinds[0][:size] - kinds[0].mean() + kinds[1][:size] - kinds[1].mean()
    spread = float(added.std())
    if spread == 0.0:
        return Bounds(estimate, estimate, p_value)
    tail = (1 - CONFIDENCE) / 2
    student = float(stats.t.ppf(1 - tail, degrees) / stats.norm.ppf(1 - tail))
    low, high = np.quantile(added, [tail, 1 - tail]) * (student * error / spread)
    return Bounds(
        float(max(-limit, estimate + min(0.0, low))),
        float(min(limit, estimate + max(0.0, high))),
        p_value,
    )
