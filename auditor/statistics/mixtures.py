"""Two kinds in one sample: is there a second mode where another sample lies?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]

ROUNDS = 200
STARTS = ((0.1, 0.5), (0.3, 0.6), (0.05, 0.5))
NARROWEST = 0.3
"""The free component is at least this share as wide as the known one, or a single value would be a
component of its own."""
LEAST = 5


def shared_mode(values: Floats, reference: Floats) -> tuple[float, Floats]:
    """Evidence that a part of `values` is distributed as `reference` and the rest apart from it.

    A mixture of two normal components, one of them fixed at the reference's median and spread,
    against a single component, by the Bayesian information criterion (Schwarz 1978). From 2 on the
    evidence is positive, from 6 on strong (Kass and Raftery 1995).

    Args:
        values: (n,) of one sample.
        reference: (m,) of the other one.

    Returns:
        The gain in BIC, and (n,) the probability of each value to be of the reference's kind. No
        gain where either sample has fewer than `LEAST` values or no spread.
    """
    nothing = float("-inf"), np.zeros(len(values))
    if min(len(values), len(reference)) < LEAST or values.std() == 0.0:
        return nothing
    middle = float(np.median(reference))
    spread = float(stats.median_abs_deviation(reference, scale="normal")) or float(reference.std())
    if spread == 0.0:
        return nothing
    single = float(stats.norm.logpdf(values, values.mean(), values.std()).sum())
    fits = [_fit(values, middle, spread, *start) for start in STARTS]
    likelihood, kind = max(fits, key=lambda fit: fit[0])
    return 2 * (likelihood - single) - float(np.log(len(values))), kind


def _fit(
    values: Floats, middle: float, spread: float, share: float, quantile: float
) -> tuple[float, Floats]:
    """Expectation-maximisation from one start: log likelihood, share of the known kind."""
    known = stats.norm.pdf(values, middle, spread)
    centre, width = float(np.quantile(values, quantile)), 0.7 * float(values.std())
    for _ in range(ROUNDS):
        free = stats.norm.pdf(values, centre, width)
        kind = share * known / (share * known + (1 - share) * free + 1e-300)
        share, rest = float(kind.mean()), 1.0 - kind
        if rest.sum() < 1e-9:
            break
        centre = float((rest * values).sum() / rest.sum())
        varies = float((rest * (values - centre) ** 2).sum() / rest.sum())
        width = max(np.sqrt(varies), NARROWEST * spread)
    density = share * known + (1 - share) * stats.norm.pdf(values, centre, width)
    kind = share * known / (density + 1e-300)
    return float(np.log(density + 1e-300).sum()), kind
