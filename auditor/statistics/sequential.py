"""Group-sequential looks: error spending, p-values and intervals that hold at any look.

A class whose effect is plain after 20 objects need not be asked about 64. Looking several times and
stopping at the first success inflates the error, unless each look spends a part of it: Lan & DeMets
(1983), with the spending function that resembles O'Brien & Fleming's boundaries (strict early,
nearly the fixed test's at the end). Boundaries by recursive integration: Armitage, McPherson & Rowe
(1969); Jennison & Turnbull (2000), chapters 7, 9 and 19.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import norm, t

Floats = NDArray[np.float64]

NODES = 64
"""Of each Gauss-Legendre integral; boundaries are exact to about 1e-6."""
FAR = 9.0
"""Standard deviations beyond which a normal density counts as nothing."""
LEVELS_TRIED = np.concatenate([np.geomspace(1e-8, 0.04, 30), np.linspace(0.05, 0.99, 20)])
"""Overall levels between which repeated p-values are interpolated, as logarithms."""
TAIL = 0.025
"""Error of each bound of a two-sided 95% interval."""
LEAST = 1e-300
"""Takes the place of a p-value of 0, which has no logarithm."""


@dataclass(frozen=True)
class SequentialPlan:
    """One one-sided test that is looked at several times.

    Attributes:
        looks: observations at each look, rising.
        alpha: error of the whole test.
        critical: the standard normal value that is exceeded at each look to reject.
        levels: the same as a one-sided p-value, so that tests with few degrees of freedom can be
            held to it (the significance level approach of Pocock 1977).
    """

    looks: tuple[int, ...]
    alpha: float
    critical: tuple[float, ...]
    levels: tuple[float, ...]


@dataclass(frozen=True)
class LookPosition:
    """At which of its looks a class stands: what its intervals and p-values are held to.

    Attributes:
        looks: objects at each of them, rising; the last is the most that there will be.
        position: of the look it was asked up to, from 0.
    """

    looks: tuple[int, ...]
    position: int

    @property
    def objects(self) -> int:
        """How many it was asked about."""
        return self.looks[self.position]

    def widening(self, freedom: int) -> float:
        """How much wider than a 95% interval of one look each side of the repeated one is.

        Args:
            freedom: degrees of freedom of the estimate's error, at least 1.
        """
        if len(self.looks) == 1:
            return 1.0
        level = plan(self.looks, TAIL).levels[self.position]
        return float(t.isf(level, freedom) / t.isf(TAIL, freedom))

    def p_value(self, p: float) -> float:
        """The one-sided p-value as one that holds at whatever look one stops (`repeated_p`)."""
        if len(self.looks) == 1:
            return p
        return repeated_p(self.looks, [1.0] * self.position + [p])


def spent(alpha: float, fraction: float) -> float:
    """Error spent when this fraction of the observations is there, 0..alpha: the O'Brien-Fleming
    type of Lan & DeMets, 2 - 2 Phi(z / sqrt(fraction)) with z the (1 - alpha / 2) quantile.

    Args:
        alpha: one-sided error of the whole test, in (0, 1).
        fraction: of the observations, in (0, 1].
    """
    return float(2.0 * norm.sf(norm.isf(alpha / 2.0) / math.sqrt(fraction)))


@lru_cache(maxsize=512)
def plan(looks: tuple[int, ...], alpha: float) -> SequentialPlan:
    """Boundaries whose error under the null is `alpha` over all looks together.

    Args:
        looks: observations at each look; the last is the most that there will be.
        alpha: one-sided, in (0, 1).

    Raises:
        ValueError: looks are none or do not rise, or alpha is out of range.
    """
    if not looks or looks[0] < 1 or any(a >= b for a, b in pairwise(looks)):
        raise ValueError(f"looks must rise from at least 1: {looks}")
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must lie in (0, 1): {alpha}")
    fractions = [look / looks[-1] for look in looks]
    errors = np.diff([0.0, *(spent(alpha, fraction) for fraction in fractions)])
    critical = tuple(_critical(fractions, errors.tolist()))
    return SequentialPlan(looks, alpha, critical, tuple(float(norm.sf(z)) for z in critical))


def rejected_at(plan: SequentialPlan, p_values: Sequence[float]) -> int | None:
    """Position of the first look whose one-sided p-value is at most its level; None for none yet.

    Args:
        p_values: at the looks so far, in order; each from all observations until then.
    """
    pairs = zip(p_values, plan.levels, strict=False)
    return next((i for i, (p, level) in enumerate(pairs) if p <= level), None)


def repeated_p(looks: tuple[int, ...], p_values: Sequence[float]) -> float:
    """The smallest overall error at which one of the looks so far rejects: a p-value that holds at
    whatever look one stops, so that Holm and Benjamini-Hochberg may take it (Jennison & Turnbull
    2000, section 9.5). 1 for no look; never below 1e-8.

    Args:
        looks: of the plan, all of them.
        p_values: one-sided, at the looks so far, in order.
    """
    table, tried = np.log(_levels_by_alpha(looks)), np.log(LEVELS_TRIED)
    found = [
        float(np.exp(np.interp(math.log(max(p, LEAST)), table[:, look], tried, right=0.0)))
        for look, p in enumerate(p_values)
    ]
    return min(found, default=1.0)


def repeated_interval(
    plan: SequentialPlan, look: int, estimate: float, error: float, freedom: float
) -> tuple[float, float]:
    """Lower and upper bound at one look, each of which holds at all looks together with 1 - alpha
    (repeated confidence intervals, Jennison & Turnbull 1989).

    Args:
        plan: of one-sided error alpha: both bounds together hold with 1 - 2 alpha.
        look: position of the look, from 0.
        estimate: a mean of the observations so far.
        error: its standard error.
        freedom: degrees of freedom of that error.
    """
    width = float(t.isf(plan.levels[look], freedom)) * error
    return estimate - width, estimate + width


def _critical(fractions: Sequence[float], errors: Sequence[float]) -> list[float]:
    """Walk over the looks with the density of the Brownian path that has not stopped yet."""
    found = [float(norm.isf(max(errors[0], LEAST)))]
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    places, density = _first(fractions[0], found[0], nodes)
    scale = _half_width(places, nodes)
    for before, now, error in zip(fractions, fractions[1:], errors[1:], strict=False):
        step = math.sqrt(now - before)
        mass = density * weights * scale

        def too_much(edge: float, mass: Floats, places: Floats, step: float, error: float) -> float:
            return float(mass @ norm.sf((edge - places) / step)) - error

        reach = FAR * math.sqrt(now)
        given = (mass, places, step, error)
        # An early look may spend less than lies beyond every number that is told apart.
        beyond = too_much(reach, *given) >= 0.0
        edge = reach if beyond else float(brentq(too_much, -reach, reach, args=given, xtol=1e-10))
        found.append(edge / math.sqrt(now))
        earlier = places
        places = _between(-reach, edge, nodes)
        density = norm.pdf((places[:, None] - earlier[None]) / step) @ mass / step
        scale = _half_width(places, nodes)
    return found


def _first(fraction: float, critical: float, nodes: Floats) -> tuple[Floats, Floats]:
    spread = math.sqrt(fraction)
    places = _between(-FAR * spread, min(critical, FAR) * spread, nodes)
    return places, norm.pdf(places / spread) / spread


def _between(low: float, high: float, nodes: Floats) -> Floats:
    return (high - low) / 2 * nodes + (high + low) / 2


def _half_width(places: Floats, nodes: Floats) -> float:
    return float((places[-1] - places[0]) / (nodes[-1] - nodes[0]))


@lru_cache(maxsize=32)
def _levels_by_alpha(looks: tuple[int, ...]) -> Floats:
    """(tried, looks) levels, rising along the first axis."""
    return np.array([plan(looks, float(alpha)).levels for alpha in LEVELS_TRIED])
