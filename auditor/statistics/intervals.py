"""Confidence intervals: Wilson for rates, the two-way cluster bootstrap for mean effects."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from auditor.statistics.significance import ClusterMean

CONFIDENCE = 0.95
RESAMPLES = 2000
CELLS_AT_ONCE = 2_000_000

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Interval:
    """Two-sided 95% interval, `low <= high`."""

    low: float
    high: float


def wilson(successes: float, trials: float, *, wider: float = 1.0) -> Interval | None:
    """Score interval of a rate (Wilson 1927); null without trials.

    Args:
        successes: 0 <= successes <= trials; may be fractional where images of one group share
            one vote.
        trials: number of independent observations.
        wider: how many times the quantile of a 95% interval is taken, 1 and above (1 for one look;
            see `sequential.LookPosition.widening`).
    """
    if trials <= 0:
        return None
    z = wider * float(stats.norm.ppf(0.5 + CONFIDENCE / 2))
    rate = successes / trials
    centre = (rate + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z * np.sqrt(rate * (1 - rate) / trials + z * z / (4 * trials**2)) / (1 + z * z / trials)
    # At a rate of 0 or 1 the interval ends there; rounding must not push it past.
    return Interval(
        float(min(rate, max(0.0, centre - half))), float(max(rate, min(1.0, centre + half)))
    )


def seeded(seed: int, *names: str) -> np.random.Generator:
    """A generator that depends on the run's seed and on what is estimated, on nothing else."""
    digest = hashlib.sha256("\x00".join((str(seed), *names)).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))


def pigeonhole(
    values: Floats,
    objects: Codes,
    donors: Codes | None,
    rng: np.random.Generator,
    resamples: int = RESAMPLES,
) -> Floats:
    """Resampled means under the pigeonhole bootstrap (Owen 2007, Ann. Appl. Stat. 1:386).

    Object clusters and donor clusters are drawn with replacement, independently; a value weighs
    as often as its object was drawn times as often as its donor was drawn.

    Args:
        values: (n,) effects.
        objects: (n,) cluster codes 0..G-1.
        donors: (n,) cluster codes 0..H-1, or None to resample objects alone.
        rng: source of the draws.
        resamples: number of draws; those that drew no value at all are left out.

    Returns:
        At most `resamples` means.
    """
    cell = objects if donors is None else objects * (int(donors.max()) + 1) + donors
    _, first, inverse = np.unique(cell, return_index=True, return_inverse=True)
    sums, counts = np.bincount(inverse, weights=values), np.bincount(inverse).astype(np.float64)
    object_of = objects[first]
    donor_of = None if donors is None else donors[first]
    block = max(1, CELLS_AT_ONCE // len(sums))
    means: list[Floats] = []
    for start in range(0, resamples, block):
        size = min(block, resamples - start)
        weights = _draws(int(objects.max()) + 1, size, rng)[:, object_of]
        if donors is not None:
            weights = weights * _draws(int(donors.max()) + 1, size, rng)[:, donor_of]
        total = weights @ counts
        drawn = total > 0
        means.append((weights @ sums)[drawn] / total[drawn])
    return np.concatenate(means)


@dataclass(frozen=True)
class ControlDonors:
    """What the donors of the controls add to the error of a mean difference.

    Attributes:
        parts: (H,) by donor cluster the sum of weighted deviations of its answers from their mean.
        variance: that they add, `significance.donor_variance`.
    """

    parts: Floats
    variance: float

    def added_to(self, robust: ClusterMean) -> ClusterMean:
        """The mean with the error of both."""
        if robust.standard_error is None:
            return robust
        degrees = min(robust.degrees, len(self.parts) - 1)
        error = float(np.sqrt(robust.standard_error**2 + self.variance)) if degrees > 0 else None
        return ClusterMean(robust.mean, error, degrees)

    def deviations(self, resamples: int, rng: np.random.Generator) -> Floats:
        """(resamples,) of the mean when donors are drawn anew, with the variance they add."""
        drawn = (_draws(len(self.parts), resamples, rng) - 1.0) @ self.parts
        spread = float(drawn.std())
        scaled: Floats = drawn * (np.sqrt(self.variance) / spread if spread else 0.0)
        return scaled


def cluster_interval(
    values: Floats,
    objects: Codes,
    donors: Codes | None,
    robust: ClusterMean,
    rng: np.random.Generator,
    *,
    limit: float = 1.0,
    controls: ControlDonors | None = None,
) -> Interval | None:
    """95% interval of a mean effect: the pigeonhole bootstrap's shape at the right width.

    The pigeonhole bootstrap counts the noise of single trials up to three times (Owen 2007,
    theorem 3), and percentiles of few clusters are too narrow. Its deviations are therefore
    scaled to the two-way cluster-robust standard error with Student's quantile. Null where a
    side has one cluster only.

    Args:
        values, objects, donors: as in `pigeonhole`.
        robust: `cluster_mean` of the same values.
        rng: source of the draws.
        limit: largest size of an effect: 1 of probabilities, inf of log odds.
        controls: donors of the controls that values are differences from.
    """
    whole = robust if controls is None else controls.added_to(robust)
    if whole.degrees < 1 or whole.standard_error is None or robust.standard_error is None:
        return None
    drawn = pigeonhole(values, objects, donors, rng) - robust.mean
    spread = float(drawn.std()) if len(drawn) else 0.0
    drawn = drawn * (robust.standard_error / spread if spread else 0.0)
    if controls is not None:
        drawn = drawn + controls.deviations(len(drawn), rng)
    spread = float(drawn.std()) if len(drawn) else 0.0
    if spread == 0.0:
        return Interval(robust.mean, robust.mean)
    tail = (1 - CONFIDENCE) / 2
    student = float(stats.t.ppf(1 - tail, whole.degrees) / stats.norm.ppf(1 - tail))
    quantiles = np.quantile(drawn, [tail, 1 - tail])
    low, high = robust.mean + quantiles * (student * whole.standard_error / spread)
    return Interval(
        float(np.clip(low, -limit, robust.mean)), float(np.clip(high, robust.mean, limit))
    )


def _draws(clusters: int, size: int, rng: np.random.Generator) -> Floats:
    """(size, clusters): how often each cluster comes up in as many draws with replacement."""
    drawn = rng.integers(0, clusters, size=(size, clusters)) + clusters * np.arange(size)[:, None]
    counts = np.bincount(drawn.ravel(), minlength=size * clusters)
    return counts.reshape(size, clusters).astype(np.float64)
