"""Does a class's saliency prefer the background more often than it would by chance?"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from auditor.statistics.significance import p_above_null

LEVEL = 0.05
MOST = 0.5
"""Maps of which most prefer the background look at it, whatever their null. The null of permuted
masks is that of maps that ignore their own object; those that all lie on a corner tag are at it.
In the benchmark 1 of 48 clean classes has a rate this high (docs/benchmark.md, seed 2026)."""
UNKNOWN_NULL = 0.5
"""Where no null could be computed: a map without preference is as often nominated as not."""


@dataclass(frozen=True, slots=True)
class Nomination:
    """Nominated share of a class against its null.

    Attributes:
        rate: share of scored images that are nominated; None if none could be scored.
        null: the same under masks permuted within the class, or None if unknown.
        above: rate exceeds the null, significantly and by at least the floor, or is at least one
            half; None without rate.
    """

    rate: float | None
    null: float | None
    above: bool | None


def nomination(cases: pd.DataFrame, null: float | None, floor: float) -> Nomination:
    """Nomination of one class.

    An exact one-sided binomial test in which a duplicate group has one vote. Among thousands of
    images a trifle is significant; so the excess has to reach the effect floor as well.

    Args:
        cases: images of the class, `nominated` 1, 0 or NaN, and their `group`.
        null: nomination rate of the class under permuted masks, or None.
        floor: effect floor.
    """
    scored = cases[cases["nominated"].notna()]
    if scored.empty:
        return Nomination(None, null, None)
    rate = float(scored["nominated"].mean())
    chance = UNKNOWN_NULL if null is None else null
    p_value = p_above_null(rate, int(scored["group"].nunique()), chance)
    exceeds = p_value <= LEVEL and rate - chance >= floor
    return Nomination(rate, null, rate >= MOST or exceeds)
