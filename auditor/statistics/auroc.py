"""The area under the ROC curve and its interval."""

from __future__ import annotations

from scipy import optimize, stats

from auditor.statistics.intervals import CONFIDENCE, Interval

TINY = 1e-9


def auroc_interval(auroc: float, positives: float, negatives: float) -> Interval:
    """95% interval of an AUROC (Newcombe 2006, Stat. Med. 25:559, method 5).

    The score-type interval of Hanley and McNeil's variance; it stays inside 0..1 and has a width
    at 1 too.

    Args:
        auroc: 0..1.
        positives, negatives: independent observations on either side, at least one each; fewer
            count where the score itself is uncertain.
    """
    z = float(stats.norm.ppf(0.5 + CONFIDENCE / 2))
    extra = (positives + negatives) / 2 - 1

    def excess(theta: float) -> float:
        tail = (1 - theta) / (2 - theta) + theta / (1 + theta)
        variance = theta * (1 - theta) * (1 + extra * tail) / (positives * negatives)
        return float((auroc - theta) ** 2 - z * z * variance)

    # At the estimate itself the excess is below zero, but for an estimate of exactly 0 or 1.
    low = optimize.brentq(excess, 0.0, auroc - TINY) if auroc > TINY else 0.0
    high = optimize.brentq(excess, auroc + TINY, 1.0) if auroc < 1 - TINY else 1.0
    return Interval(float(low), float(high))
