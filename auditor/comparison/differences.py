"""The difference of one number between two runs, with its interval.

Runs share images, objects and donors wholly, partly or not at all. One formula serves all three:
every cluster (duplicate group, donor) adds up its influence on the new number and, with the other
sign, on the base one. What a cluster did in both runs cancels, as in a paired test; a cluster that
is in one run only counts there alone, as in an unpaired one.

A class that was looked at several times stopped where its numbers were large or small enough, so
each side of such a difference is held to its look, as the class's own interval is: its influences
count as many times as its repeated interval is wider than that of one look. Of two independent
sides that is MOVER of their repeated intervals (Jennison & Turnbull 1989; Zou & Donner 2008).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from auditor.statistics.intervals import CONFIDENCE, wilson
from auditor.statistics.sequential import LookPosition
from auditor.statistics.significance import benjamini_hochberg

NEGLIGIBLE = 0.02
"""A change below two points is noise, however sure: a device can shift every answer a little."""
Q = 0.05

Floats = NDArray[np.float64]
Names = NDArray[np.str_]
Basis = Literal["paired", "partly paired", "unpaired", "intervals"]

_Z = float(stats.norm.ppf(0.5 + CONFIDENCE / 2))


@dataclass(frozen=True, slots=True)
class Difference:
    """A number of the base run and of the new run.

    Attributes:
        base, new: the numbers as the runs report them; None where undefined.
        change: new minus base; None where either is undefined.
        low, high: 95% interval of the change; None where it cannot be told.
        p_value: two-sided, of no change.
        q_value: Benjamini-Hochberg over the classes of one measure.
        basis: paired, partly paired or unpaired observations, or only the runs' own intervals.
        shared: clusters that both runs observed.
    """

    base: float | None
    new: float | None
    change: float | None = None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    q_value: float | None = None
    basis: Basis | None = None
    shared: int = 0

    @property
    def noise(self) -> bool | None:
        """Whether chance alone explains the change, or it is below two points; None: untold."""
        if self.change is None or self.q_value is None:
            return None
        return self.q_value > Q or abs(self.change) < NEGLIGIBLE


@dataclass(frozen=True)
class Observed:
    """Observations whose mean is a number of a run.

    Attributes:
        values: (n,).
        objects: (n,) names of the objects' clusters.
        donors: (n,) names of the donors' clusters, or None where no donor takes part.
        at: the looks of the class and where it stood when these were all; None for one look.
    """

    values: Floats
    objects: Names
    donors: Names | None = None
    at: LookPosition | None = None

    def wider(self, freedom: int) -> float:
        """How many times as wide as one look's its repeated interval is.

        Args:
            freedom: degrees of freedom of the error, at least 1.
        """
        return 1.0 if self.at is None else self.at.widening(freedom)


def difference_of_means(base: Observed, new: Observed) -> Difference:
    """Of two means, two-way cluster-robust with Student's quantile.

    Variance over objects plus that over donors minus that over their pairs (Cameron, Gelbach and
    Miller 2011, JBES 29:238), of influences summed over both runs, and never below the smaller of
    the first two; the larger would count what cancels: an object that met other donors. Degrees of
    freedom and the G / (G - 1) correction are those of the side with fewer clusters. Without
    two clusters on a side the interval is None.

    Args:
        base, new: at least one observation each.
    """
    means = float(base.values.mean()), float(new.values.mean())
    change = means[1] - means[0]
    sides = [(base.objects, new.objects)]
    if base.donors is not None and new.donors is not None:
        sides.append((base.donors, new.donors))
    fewest = min(len(np.unique(names)) for side in sides for names in side)
    shared = len(np.intersect1d(base.objects, new.objects))
    known = Difference(*means, change, basis=_basis(base, new, shared), shared=shared)
    if fewest < 2:
        return known
    wide = [side.wider(fewest - 1) for side in (base, new)]
    influence = np.concatenate([-wide[0] * _influence(base), wide[1] * _influence(new)])
    variances = [_summed(influence, np.concatenate(side)) for side in sides]
    if len(sides) == 2:
        objects, donors = (_codes(np.concatenate(side)) for side in sides)
        pairs = objects * (int(donors.max()) + 1) + donors
        both = sum(variances) - _summed(influence, pairs)
        variances = [max(both, min(variances))]
    error = math.sqrt(variances[0] * fewest / (fewest - 1))
    half = float(stats.t.ppf(0.5 + CONFIDENCE / 2, fewest - 1)) * error
    # Equal trials leave rounding behind; it is no evidence of a change.
    if error < 1e-9:
        p_value = float(abs(change) < 1e-9)
    else:
        p_value = float(2 * stats.t.sf(abs(change) / error, fewest - 1))
    return replace(known, low=change - half, high=change + half, p_value=p_value)


def difference_of_rates(base: Observed, new: Observed) -> Difference:
    """Of two rates: Wilson intervals joined by MOVER (Newcombe 1998, Stat. Med. 17:2635, method
    10; Zou and Donner 2008, Stat. Med. 27:1693), a cluster counting as one observation.

    The correlation of the two rates is that of the clusters' influences, 0 where no cluster is
    in both.

    Args:
        base, new: values 0 or 1, at least one observation each.
    """
    rates = float(base.values.mean()), float(new.values.mean())
    ends = []
    for rate, side in zip(rates, (base, new), strict=True):
        groups = len(np.unique(side.objects))
        interval = wilson(rate * groups, groups, wider=side.wider(max(1, groups - 1)))
        assert interval is not None  # noqa: S101 - there is at least one group
        ends.append((interval.low, interval.high))
    shared = len(np.intersect1d(base.objects, new.objects))
    joined = _mover(rates, ends, _correlation(base, new))
    return replace(joined, basis=_basis(base, new, shared), shared=shared)


def difference_of_intervals(
    base: tuple[float | None, float | None, float | None],
    new: tuple[float | None, float | None, float | None],
) -> Difference:
    """Of two numbers of which only value, low and high are known, as if independent (MOVER)."""
    if base[0] is None or new[0] is None:
        return Difference(base[0], new[0])
    if base[1] is None or base[2] is None or new[1] is None or new[2] is None:
        return Difference(base[0], new[0], new[0] - base[0])
    ends = [(base[1], base[2]), (new[1], new[2])]
    return replace(_mover((base[0], new[0]), ends, 0.0), basis="intervals")


def with_q_values(differences: Mapping[str, Difference]) -> dict[str, Difference]:
    """Benjamini-Hochberg over the differences whose p-value is known."""
    known = [name for name, each in differences.items() if each.p_value is not None]
    adjusted = benjamini_hochberg([differences[name].p_value or 0.0 for name in known])
    q_values = dict(zip(known, adjusted, strict=True))
    return {name: replace(d, q_value=q_values.get(name)) for name, d in differences.items()}


def _mover(
    values: tuple[float, float], ends: Sequence[tuple[float, float]], correlation: float
) -> Difference:
    change = values[1] - values[0]
    (base_low, base_high), (new_low, new_high) = ends
    below = values[1] - new_low, base_high - values[0]
    above = new_high - values[1], values[0] - base_low
    low, high = change - _joined(*below, correlation), change + _joined(*above, correlation)
    margin = change - low if change > 0 else high - change
    if change == 0.0:
        p_value = 1.0
    else:
        # The p-value that belongs to the interval's nearer end (Altman and Bland 2011).
        p_value = 0.0 if margin == 0.0 else float(2 * stats.norm.sf(_Z * abs(change) / margin))
    return Difference(*values, change, low, high, p_value)


def _joined(first: float, second: float, correlation: float) -> float:
    return math.sqrt(max(0.0, first**2 + second**2 - 2 * correlation * first * second))


def _correlation(base: Observed, new: Observed) -> float:
    names = np.unique(np.concatenate([base.objects, new.objects]))
    sums = [
        np.bincount(np.searchsorted(names, side.objects), _influence(side), len(names))
        for side in (base, new)
    ]
    scale = math.sqrt(float((sums[0] ** 2).sum() * (sums[1] ** 2).sum()))
    return 0.0 if scale == 0.0 else float((sums[0] * sums[1]).sum() / scale)


def _basis(base: Observed, new: Observed, shared: int) -> Basis:
    if shared == 0:
        return "unpaired"
    every = len(np.union1d(base.objects, new.objects))
    return "paired" if shared == every else "partly paired"


def _influence(side: Observed) -> Floats:
    centred: Floats = (side.values - side.values.mean()) / len(side.values)
    return centred


def _summed(influence: Floats, clusters: NDArray[np.generic]) -> float:
    sums = np.bincount(_codes(clusters), weights=influence)
    return float((sums**2).sum())


def _codes(names: NDArray[np.generic]) -> NDArray[np.int64]:
    codes: NDArray[np.int64] = np.unique(names, return_inverse=True)[1].astype(np.int64)
    return codes
