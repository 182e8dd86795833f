"""Tests: is a mean effect above zero, a rate above its null; corrections for many tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ClusterMean:
    """A mean with its standard error under clustering.

    Attributes:
        mean: of the values.
        standard_error: two-way cluster-robust; None where a side has a single cluster.
        degrees: of freedom, the smaller number of clusters minus one.
    """

    mean: float
    standard_error: float | None
    degrees: int


def cluster_mean(values: Floats, objects: Codes, donors: Codes | None = None) -> ClusterMean:
    """Mean and cluster-robust standard error (Cameron, Gelbach and Miller 2011, JBES 29:238).

    Variance over objects plus variance over donors minus variance over their pairs, each with
    the G / (G - 1) correction; never below either one-way variance, since the difference of
    estimates can fall short of both, even of zero.

    Args:
        values: (n,) effects, n >= 1.
        objects: (n,) cluster codes 0..G-1.
        donors: (n,) cluster codes 0..H-1, or None for one-way clustering.
    """
    mean = float(values.mean())
    deviations = values - mean
    sides = [objects] if donors is None else [objects, donors]
    degrees = min(len(np.unique(side)) for side in sides) - 1
    if degrees < 1:
        return ClusterMean(mean, None, degrees)
    variances = [_variance(deviations, side) for side in sides]
    if donors is not None:
        pairs = objects * (int(donors.max()) + 1) + donors
        variances.append(sum(variances) - _variance(deviations, pairs))
    return ClusterMean(mean, float(np.sqrt(max(variances))), degrees)


def donor_variance(parts: Floats, objects: Codes, donors: Codes) -> float:
    """Variance that donors add to a weighted mean beyond that of its objects: the variance over
    donors minus the one over their pairs with objects, at least 0 (`cluster_mean`).

    Args:
        parts: (n,) weighted deviations of answers from their mean; the weights add up to 1.
        objects, donors: (n,) cluster codes 0..G-1 and 0..H-1.
    """
    pairs = objects * (int(donors.max()) + 1) + donors
    scaled = parts * len(parts)
    return max(0.0, _variance(scaled, donors) - _variance(scaled, pairs))


def p_above_zero(robust: ClusterMean) -> float | None:
    """One-sided p-value of mean <= 0, Student's t; null where the error is unknown."""
    if robust.standard_error is None:
        return None
    if robust.standard_error == 0.0:
        return 0.0 if robust.mean > 0 else 1.0
    return float(stats.t.sf(robust.mean / robust.standard_error, robust.degrees))


def lower_bound(robust: ClusterMean) -> float | None:
    """Lower end of the two-sided 95% Student interval; null where the error is unknown."""
    if robust.standard_error is None:
        return None
    return float(robust.mean - stats.t.ppf(0.975, robust.degrees) * robust.standard_error)


def p_above_null(rate: float, observations: int, null: float) -> float:
    """One-sided exact binomial p-value of rate <= null.

    Args:
        rate: observed share, 0..1.
        observations: independent observations; the count is rounded down to whole ones.
        null: share under the null, 0..1.
    """
    successes = int(np.floor(rate * observations + 1e-9))
    return float(stats.binom.sf(successes - 1, observations, null))


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Adjusted p-values that bound the false discovery rate (Benjamini and Hochberg 1995)."""
    if not p_values:
        return []
    return [float(q) for q in stats.false_discovery_control(p_values, method="bh")]


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjusted p-values that bound the family-wise error (Holm 1979).

    For tests of which any single one decides; where all must hold together, take the maximum
    instead (intersection-union).
    """
    order = np.argsort(p_values, kind="stable")
    adjusted = np.empty(len(p_values))
    running = 0.0
    for rank, index in enumerate(order):
        running = max(running, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = running
    return [float(p) for p in adjusted]


def _variance(deviations: Floats, clusters: Codes) -> float:
    _, codes = np.unique(clusters, return_inverse=True)
    sums = np.bincount(codes, weights=deviations)
    groups = len(sums)
    if groups < 2:
        return 0.0
    return float(groups / (groups - 1) * (sums**2).sum() / len(deviations) ** 2)
