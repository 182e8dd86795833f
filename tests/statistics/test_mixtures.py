"""A second mode, against the same mixture fitted in plain loops."""

from __future__ import annotations

import math
from statistics import NormalDist, fmean, median, pstdev

import numpy as np
import pytest

from auditor.statistics.mixtures import NARROWEST, ROUNDS, STARTS, shared_mode

REFERENCE = np.array([-0.3, 0.4, 0.1, -0.2, 0.0, 0.25, -0.45, 0.6, -0.05, 0.15])
SAMPLE = np.array([0.1, -0.2, 0.3, 0.05, 2.1, 2.4, 1.8, 2.2, 2.9, 1.6, 2.05, -0.4])


def by_hand(values: list[float], reference: list[float]) -> tuple[float, list[float]]:
    """Expectation and maximisation one value at a time; 1.4826 makes a MAD a normal's spread."""
    middle = median(reference)
    spread = median(abs(each - middle) for each in reference) / NormalDist().inv_cdf(0.75)
    fixed = [NormalDist(middle, spread).pdf(each) for each in values]
    fits = []
    for start, quantile in STARTS:
        share, width = start, 0.7 * pstdev(values)
        centre = float(np.quantile(values, quantile))
        for _ in range(ROUNDS):
            free = [NormalDist(centre, width).pdf(each) for each in values]
            kind = [
                share * a / (share * a + (1 - share) * b) for a, b in zip(fixed, free, strict=True)
            ]
            share = fmean(kind)
            rest = [1 - each for each in kind]
            centre = sum(r * v for r, v in zip(rest, values, strict=True)) / sum(rest)
            varies = sum(r * (v - centre) ** 2 for r, v in zip(rest, values, strict=True)) / sum(
                rest
            )
            width = max(math.sqrt(varies), NARROWEST * spread)
        free = [NormalDist(centre, width).pdf(each) for each in values]
        density = [share * a + (1 - share) * b for a, b in zip(fixed, free, strict=True)]
        kind = [share * a / d for a, d in zip(fixed, density, strict=True)]
        fits.append((sum(map(math.log, density)), kind))
    likelihood, kind = max(fits)
    one = NormalDist(fmean(values), pstdev(values))
    single = sum(math.log(one.pdf(each)) for each in values)
    return 2 * (likelihood - single) - math.log(len(values)), kind


@pytest.mark.parametrize("closer", [0.0, 1.2, 1.6])
def test_the_fit_is_the_one_in_plain_loops(closer: float) -> None:
    values = SAMPLE - closer * (SAMPLE > 1.0)  # the nearer the second mode, the more weights count
    gain, kind = shared_mode(values, REFERENCE)
    expected, expected_kind = by_hand(values.tolist(), REFERENCE.tolist())
    assert gain == pytest.approx(expected, rel=1e-6)
    assert kind == pytest.approx(expected_kind, abs=1e-6)


def test_two_modes_far_apart_are_told_apart() -> None:
    gain, kind = shared_mode(SAMPLE, REFERENCE)
    assert gain > 2.0
    assert (kind > 0.5).tolist() == (SAMPLE < 1.0).tolist()


def test_one_mode_is_no_evidence() -> None:
    gain, _ = shared_mode(np.random.default_rng(0).normal(3, 1, 60), REFERENCE)
    assert gain < 0.0


@pytest.mark.parametrize(
    ("values", "reference"),
    [
        (SAMPLE[:4], REFERENCE),
        (SAMPLE, REFERENCE[:4]),
        (np.full(9, 0.5), REFERENCE),
        (SAMPLE, np.full(9, 0.5)),
    ],
)
def test_too_few_or_without_spread_there_is_no_gain(
    values: np.ndarray, reference: np.ndarray
) -> None:
    gain, kind = shared_mode(values, reference)
    assert gain == float("-inf")
    assert kind.tolist() == [0.0] * len(values)


def test_the_least_number_is_enough_and_most_may_be_the_same() -> None:
    assert shared_mode(SAMPLE[2:7], REFERENCE[:5])[0] > float("-inf")
    mostly = np.array([0.0] * 6 + [1.0, -1.0])  # a MAD of 0: the standard deviation counts
    assert np.isfinite(shared_mode(SAMPLE, mostly)[0])
