"""The interval of an AUROC solves Newcombe's equation, written here by hand."""

from __future__ import annotations

import pytest

from auditor.statistics.auroc import auroc_interval

Z = 1.959963984540054


def variance(theta: float, positives: float, negatives: float) -> float:
    """Hanley and McNeil (1982) with the mean of both numbers, as in Newcombe's method 5."""
    both = (positives + negatives) / 2
    q1, q2 = (1 - theta) / (2 - theta), theta / (1 + theta)
    return theta * (1 - theta) * (1 + (both - 1) * (q1 + q2)) / (positives * negatives)


@pytest.mark.parametrize(
    ("auroc", "positives", "negatives"),
    [(0.5, 50, 50), (0.8, 12, 30), (0.95, 40, 8), (0.2, 7, 90), (0.65, 2.5, 4.0)],
)
def test_both_ends_are_as_far_away_as_their_own_errors(
    auroc: float, positives: float, negatives: float
) -> None:
    found = auroc_interval(auroc, positives, negatives)
    assert 0.0 < found.low < auroc < found.high < 1.0
    for end in (found.low, found.high):
        error = variance(end, positives, negatives) ** 0.5
        assert abs(auroc - end) == pytest.approx(Z * error, rel=1e-6)


@pytest.mark.parametrize("auroc", [0.0, 1.0])
def test_a_perfect_score_has_one_end_at_the_edge_and_one_inside(auroc: float) -> None:
    found = auroc_interval(auroc, 20, 20)
    edge, inside = (found.low, found.high) if auroc == 0.0 else (found.high, found.low)
    assert edge == auroc
    assert abs(inside - auroc) == pytest.approx(Z * variance(inside, 20, 20) ** 0.5, rel=1e-6)
    mirrored = auroc_interval(1.0 - auroc, 20, 20)
    assert mirrored.low == pytest.approx(1.0 - found.high, abs=1e-9)
