"""What a verdict asks of an effect: boundaries by hand, numbers from the parts it is made of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from auditor.statistics.effects import Effect, codes, estimate
from auditor.statistics.intervals import cluster_interval
from auditor.statistics.significance import ClusterMean, cluster_mean, p_above_zero

PROVED = Effect(0.3, 0.1, 0.5, 0.01, {"blur": 0.1, "patch": 0.5}, 20, 9)


@pytest.mark.parametrize(
    ("effect", "floor", "surely", "proves"),
    [
        (PROVED, 0.1, None, True),
        (PROVED, 0.11, None, False),
        (PROVED, 0.1, 0.1, True),
        (PROVED, 0.1, 0.1001, False),
        (replace(PROVED, low=0.0999), 0.1, None, False),
        (replace(PROVED, low=0.0), 0.1, 0.0, True),
        (replace(PROVED, low=-0.01), 0.1, 0.0, False),
        (replace(PROVED, low=None), 0.1, 0.0, False),
        (replace(PROVED, fills={"blur": 0.0999, "patch": 0.9}), 0.1, 0.0, False),
    ],
)
def test_both_fills_reach_the_floor_and_the_bound_what_is_sure(
    effect: Effect, floor: float, surely: float | None, proves: bool
) -> None:
    assert effect.proves(floor, surely=surely) is proves


def test_an_upper_bound_below_the_floor_rules_out() -> None:
    assert replace(PROVED, high=0.0999).rules_out(0.1) is True
    assert replace(PROVED, high=0.1).rules_out(0.1) is False
    assert replace(PROVED, high=None).rules_out(0.1) is False


TRIALS = pd.DataFrame(
    {
        "case_id": ["a", "a", "b", "b", "c", "d"],
        "group": ["g1", "g1", "g2", "g2", "g3", "g3"],
        "donor_group": ["h1", "h2", "h1", "h2", "h3", "h3"],
        "fill": ["blur", "patch", "blur", "patch", "blur", "patch"],
        "loss": [0.1, 0.2, 0.3, 0.5, 0.6, np.nan],
    }
)


@pytest.mark.parametrize("donors", [True, False])
def test_an_estimate_is_made_of_its_known_rows(donors: bool) -> None:
    found = estimate(TRIALS, "loss", np.random.default_rng(4), donors=donors)
    values = np.array([0.1, 0.2, 0.3, 0.5, 0.6])
    partners = np.array([0, 1, 0, 1, 2]) if donors else None
    robust = cluster_mean(values, np.array([0, 0, 1, 1, 2]), partners)
    interval = cluster_interval(
        values, np.array([0, 0, 1, 1, 2]), partners, robust, np.random.default_rng(4)
    )
    assert found is not None
    assert interval is not None
    assert found.mean == pytest.approx(0.34)
    assert (found.low, found.high) == (interval.low, interval.high)
    assert found.p_value == p_above_zero(robust)
    assert found.fills == pytest.approx({"blur": 1 / 3, "patch": 0.35})
    assert (found.images, found.donors) == (3, 3 if donors else 0)
    assert found.degrees == robust.degrees == 2


def test_an_estimate_of_nothing_is_none_and_of_one_cluster_has_no_interval() -> None:
    rng = np.random.default_rng(0)
    assert estimate(TRIALS.assign(loss=np.nan), "loss", rng) is None
    alone = estimate(TRIALS[:2], "loss", rng)
    assert alone is not None
    assert (alone.low, alone.high, alone.p_value) == (None, None, None)
    assert alone.mean == pytest.approx(0.15)


def test_clusters_are_numbered_in_the_order_of_their_names() -> None:
    found = codes(pd.Series(["b", "a", "c", "a"]))
    assert found.tolist() == [1, 0, 2, 0]
    assert found.dtype == np.int64


def test_few_donors_of_the_controls_widen_an_estimate_by_what_they_vary() -> None:
    """Twelve objects of equal loss; the controls come from two backgrounds at .2 and .8."""
    cases = [f"c{number:02d}" for number in range(12)]
    rows = pd.DataFrame({"case_id": cases, "group": cases, "donor_group": cases, "fill": "blur"})
    rows["loss"] = np.tile([0.1, 0.3], 6)
    behind = pd.DataFrame({"case_id": cases, "group": cases, "p_label": np.tile([0.2, 0.8], 6)})
    same = behind.assign(donor_group=np.tile(["d1", "d2"], 6))
    alone = estimate(rows, "loss", np.random.default_rng(0))
    known = estimate(rows, "loss", np.random.default_rng(0), controls=same)
    each = estimate(rows, "loss", np.random.default_rng(0), controls=same.assign(donor_group=cases))
    assert alone is not None
    assert known is not None
    assert each is not None
    assert known.mean == alone.mean
    # Sums of weighted deviations -.15 and .15: 2 (.0225 + .0225) = .09, less that of single
    # pairs, 12/11 * 12 * (.3/12)^2 = .0081818.
    variance = 0.09 - 0.0081818
    error = np.sqrt(cluster_mean(rows["loss"].to_numpy(), np.arange(12)).standard_error ** 2)
    wide = ClusterMean(alone.mean, float(np.sqrt(error**2 + variance)), 1)
    assert known.p_value == pytest.approx(p_above_zero(wide), rel=1e-4)
    assert known.degrees == 1
    assert known.high is not None
    assert alone.high is not None
    assert known.high > alone.high
    # With a background each, pairs are donors and nothing is added.
    assert (each.low, each.p_value) == (pytest.approx(alone.low, abs=0.01), alone.p_value)


def test_controls_count_as_often_as_the_rows_of_their_case() -> None:
    rows = TRIALS.drop(columns="donor_group").assign(donor_group=[f"o{n}" for n in range(6)])
    same = pd.DataFrame(
        {
            "case_id": ["a", "b", "c", "x"],
            "group": ["g1", "g2", "g3", "g9"],
            "donor_group": ["d1", "d2", "d3", "d1"],
            "p_label": [0.1, 0.5, 0.9, 0.9],
        }
    )
    several = pd.concat([same, same[:1]], ignore_index=True)
    found = [
        estimate(rows, "loss", np.random.default_rng(0), controls=each) for each in (same, several)
    ]
    assert found[0] == found[1]
    none = estimate(rows, "loss", np.random.default_rng(0), controls=same[3:])
    assert none == estimate(rows, "loss", np.random.default_rng(0))
    alone = estimate(rows, "loss", np.random.default_rng(0), controls=same[:1])
    assert alone is not None
    assert (alone.low, alone.high, alone.p_value) == (None, None, None)
