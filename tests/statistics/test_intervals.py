"""Intervals: Wilson against published numbers, the cluster bootstrap against simulated truth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from auditor.statistics.intervals import cluster_interval, pigeonhole, seeded, wilson
from auditor.statistics.significance import cluster_mean, p_above_zero


def test_wilson_by_hand() -> None:
    # 8 of 10, z = 1.959964, z^2 = 3.841459:
    # centre = (.8 + .19207295) / 1.3841459 = .7167402
    # half = 1.959964 * sqrt(.016 + .009603647) / 1.3841459 = .2265764
    interval = wilson(8, 10)
    assert interval is not None
    assert interval.low == pytest.approx(0.490162, abs=1e-5)
    assert interval.high == pytest.approx(0.943318, abs=1e-5)


def test_wilson_at_the_ends() -> None:
    none, every = wilson(0, 20), wilson(20, 20)
    assert none is not None
    assert every is not None
    assert none.low == 0.0
    assert none.high == pytest.approx(3.841459 / (20 + 3.841459), abs=1e-6)
    assert every.high == 1.0
    assert wilson(0, 0) is None


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
@settings(deadline=None)
def test_wilson_agrees_with_scipy(counts: tuple[int, int]) -> None:
    successes, trials = counts
    ours = wilson(successes, trials)
    theirs = stats.binomtest(successes, trials).proportion_ci(method="wilson")
    assert ours is not None
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


def test_pigeonhole_variance_of_pure_noise_is_three_times_too_large() -> None:
    # Owen (2007), theorem 3: what scaling to the cluster-robust error is there to undo.
    rng = np.random.default_rng(5)
    objects, donors = (side.ravel() for side in np.meshgrid(np.arange(30), np.arange(30)))
    values = rng.normal(size=900)
    means = pigeonhole(values, objects, donors, rng, resamples=4000)
    assert means.var() / (values.var() / 900) == pytest.approx(3.0, abs=0.6)


def test_pigeonhole_without_donors_is_the_cluster_bootstrap() -> None:
    rng = np.random.default_rng(6)
    objects = np.repeat(np.arange(40), 5)
    values = rng.normal(size=40)[objects]
    means = pigeonhole(values, objects, None, rng, resamples=4000)
    assert means.std() == pytest.approx(values.std() / np.sqrt(40), rel=0.06)


def test_generator_depends_on_seed_and_name_alone() -> None:
    assert seeded(1, "cat").random() == seeded(1, "cat").random()
    assert seeded(1, "cat").random() != seeded(2, "cat").random()
    assert seeded(1, "cat").random() != seeded(1, "dog").random()


def _crossed(
    rng: np.random.Generator, objects: int, donors: int, spread: tuple[float, float, float]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every object meets three donors under two fills; mean zero."""
    of_object, of_donor, of_pair = spread
    pairs = [(g, h) for g in range(objects) for h in rng.choice(donors, 3, replace=False)]
    g = np.repeat(np.array([pair[0] for pair in pairs]), 2)
    _, h = np.unique(np.repeat(np.array([pair[1] for pair in pairs]), 2), return_inverse=True)
    noise = np.repeat(rng.normal(0, of_pair, len(pairs)), 2) + rng.normal(0, 0.03, 2 * len(pairs))
    values = rng.normal(0, of_object, objects)[g] + rng.normal(0, of_donor, donors)[h] + noise
    return values, g, h


@pytest.mark.parametrize(
    ("objects", "donors", "spread"),
    [
        (64, 60, (0.0, 0.0, 0.1)),
        (64, 40, (0.08, 0.06, 0.05)),
        (64, 5, (0.05, 0.05, 0.05)),
        (10, 12, (0.08, 0.05, 0.05)),
    ],
    ids=["noise alone", "both sides", "five donors", "ten objects"],
)
def test_coverage_and_false_alarms(
    objects: int, donors: int, spread: tuple[float, float, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("auditor.statistics.intervals.RESAMPLES", 300)
    rng = np.random.default_rng(11)
    repetitions, covered, alarms = 200, 0, 0
    for _ in range(repetitions):
        values, g, h = _crossed(rng, objects, donors, spread)
        robust = cluster_mean(values, g, h)
        interval = cluster_interval(values, g, h, robust, rng)
        p_value = p_above_zero(robust)
        assert interval is not None
        assert p_value is not None
        covered += interval.low <= 0 <= interval.high
        alarms += p_value <= 0.05
    # Three binomial standard errors about .95 and .05 are .046.
    assert covered / repetitions == pytest.approx(0.955, abs=0.045)
    assert alarms / repetitions <= 0.05 + 0.046


def test_interval_needs_two_clusters_on_each_side() -> None:
    values, rng = np.array([0.1, 0.2]), np.random.default_rng(0)
    one, two = np.zeros(2, dtype=np.int64), np.arange(2)
    for objects, donors in ((one, two), (two, one)):
        robust = cluster_mean(values, objects, donors)
        assert cluster_interval(values, objects, donors, robust, rng) is None
        assert p_above_zero(robust) is None


def test_interval_of_a_constant_is_a_point() -> None:
    values, codes = np.full(6, 0.25), np.arange(6)
    robust = cluster_mean(values, codes, codes)
    interval = cluster_interval(values, codes, codes, robust, np.random.default_rng(0))
    assert interval is not None
    assert (interval.low, interval.high) == (0.25, 0.25)
    assert p_above_zero(robust) == 0.0


def _naive(
    values: np.ndarray, objects: np.ndarray, donors: np.ndarray | None, seed: int, resamples: int
) -> list[float]:
    """The pigeonhole bootstrap value by value, from the same draws."""
    rng = np.random.default_rng(seed)
    picked = rng.integers(0, objects.max() + 1, size=(resamples, objects.max() + 1))
    weights = np.array([[np.sum(row == each) for each in objects] for row in picked])
    if donors is not None:
        picked = rng.integers(0, donors.max() + 1, size=(resamples, donors.max() + 1))
        weights = weights * np.array([[np.sum(row == each) for each in donors] for row in picked])
    return [float(w @ values / w.sum()) for w in weights if w.sum() > 0]


VALUES = np.array([0.1, 0.5, -0.2, 0.4, 0.9, 0.3, 0.7])
OBJECTS = np.array([0, 0, 1, 1, 2, 2, 2])
DONORS = np.array([0, 1, 1, 2, 3, 0, 3])


@pytest.mark.parametrize("donors", [None, DONORS])
def test_pigeonhole_value_by_value(donors: np.ndarray | None) -> None:
    found = pigeonhole(VALUES, OBJECTS, donors, np.random.default_rng(3), resamples=50)
    assert found == pytest.approx(_naive(VALUES, OBJECTS, donors, 3, 50))


def test_pigeonhole_in_blocks_has_as_many_means(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auditor.statistics.intervals.CELLS_AT_ONCE", 22)
    found = pigeonhole(VALUES, OBJECTS, None, np.random.default_rng(3), resamples=50)
    assert len(found) == 50


@pytest.mark.parametrize("donors", [None, DONORS])
def test_cluster_interval_is_scaled_to_the_robust_error(donors: np.ndarray | None) -> None:
    robust = cluster_mean(VALUES, OBJECTS, donors)
    assert robust.standard_error is not None
    found = cluster_interval(VALUES, OBJECTS, donors, robust, np.random.default_rng(3))
    means = np.array(_naive(VALUES, OBJECTS, donors, 3, 2000))
    student = stats.t.ppf(0.975, 2) / stats.norm.ppf(0.975)
    scale = student * robust.standard_error / means.std()
    low, high = VALUES.mean() + (np.quantile(means, [0.025, 0.975]) - VALUES.mean()) * scale
    assert found is not None
    assert (found.low, found.high) == pytest.approx((max(low, -1.0), min(high, 1.0)))


def test_cluster_interval_stays_a_difference_of_probabilities() -> None:
    values = np.array([0.99, -0.9, 0.95, -0.97])
    robust = cluster_mean(values, np.arange(4))
    found = cluster_interval(values, np.arange(4), None, robust, np.random.default_rng(0))
    assert found is not None
    assert (found.low, found.high) == (-1.0, 1.0)


def test_seeds_mean_the_same_in_every_version() -> None:
    # SHA-256 of "1 NUL cat", its first eight bytes as a big-endian number.
    assert seeded(1, "cat").random() == np.random.default_rng(0x5786C62F5EE8B524).random()
    assert seeded(1, "a", "b").random() != seeded(1, "ab").random()
