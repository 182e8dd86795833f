"""How clusters of patches and of maps are taken over from a clustering whose answer is chosen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from auditor.domain.places import Region, RegionKind
from auditor.findings.clusters import map_clusters, patch_groups
from auditor.findings.clusters.map_clusters import MOST_CLUSTERS, NEIGHBOURS, SMALLEST, nearest
from auditor.findings.clusters.patch_groups import ALIKE, REST
from auditor.findings.clusters.region_hypotheses import (
    CARRIES,
    CARRIES_BACK,
    Exchanged,
    _smallest,
    _strongest,
)
from tests.findings.known_effects import known_effect


class _Density:
    """HDBSCAN with a chosen answer."""

    def __init__(self, answer: list[int]) -> None:
        self.answer, self.asked = answer, {}

    def __call__(self, **asked: Any) -> _Density:
        self.asked = asked
        return self

    def fit_predict(self, joint: Any) -> Any:
        joint[:] = np.nan if not self.asked["copy"] else joint
        return np.array(self.answer)


def _clustered(monkeypatch: pytest.MonkeyPatch, answer: list[int], at: list[float]) -> list[int]:
    monkeypatch.setattr(patch_groups, "HDBSCAN", _Density(answer))
    codes: list[int] = patch_groups._clustered(np.array(at, dtype=np.float64)[:, None]).tolist()
    return codes


def test_what_fits_nowhere_stands_alone_where_it_is_large_enough(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    near_first, near_second = [0.0] * 10, [1.0] * 10
    for rest, codes in ((SMALLEST, [2] * SMALLEST), (SMALLEST - 1, [1] * (SMALLEST - 1))):
        answer = [0] * 10 + [1] * 10 + [REST] * rest
        found = _clustered(monkeypatch, answer, [*near_first, *near_second, *([0.9] * rest)])
        assert found == [0] * 10 + [1] * 10 + codes


def test_the_few_that_fit_nowhere_join_the_nearest_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    """Means of 1 and 10: 5.4 is nearer to the first, 5.6 to the second."""
    answer, at = [0, 0, 1, 1, REST, REST], [0.0, 2.0, 9.0, 11.0, 5.4, 5.6]
    assert _clustered(monkeypatch, answer, at) == [0, 0, 1, 1, 0, 1]


def test_where_nothing_is_found_the_class_is_one_group(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _clustered(monkeypatch, [REST] * 25, [0.0] * 25) == [0] * 25
    assert _clustered(monkeypatch, [1, 0, 1], [0.0] * 3) == [1, 0, 1]


@pytest.mark.parametrize(("cases", "least"), [(99, SMALLEST), (119, 5), (120, 6), (139, 6)])
def test_no_cluster_is_smaller_than_a_twentieth(
    monkeypatch: pytest.MonkeyPatch, cases: int, least: int
) -> None:
    density = _Density([0] * cases)
    monkeypatch.setattr(patch_groups, "HDBSCAN", density)
    joint = np.ones((cases, 1))
    patch_groups._clustered(joint)
    assert density.asked["min_cluster_size"] == least
    assert np.isfinite(joint).all()


def _joined(means: list[tuple[float, float]], sizes: list[int]) -> list[int]:
    features = np.repeat(np.array(means), sizes, axis=0)
    owner = np.repeat(np.arange(len(sizes)), sizes)
    parts = [owner == part for part in range(len(sizes))]
    codes: list[int] = patch_groups._joined(features, parts).tolist()
    return codes


def test_parts_that_show_one_thing_are_one_group_the_largest_first() -> None:
    east, north = (1.0, 0.0), (0.0, 1.0)
    assert _joined([east, north, east], [3, 4, 3]) == [0, 1, 0]
    assert _joined([east, north, east], [2, 5, 2]) == [1, 0, 1]
    # Of groups of one size the first stays first.
    assert _joined([east, north], [3, 3]) == [0, 1]
    # Three in a chain: the first is like the second, the second like the third.
    tilt = np.deg2rad(20)
    chain = [(np.cos(k * tilt), np.sin(k * tilt)) for k in range(3)]
    assert _joined(chain, [3, 3, 3]) == [0, 0, 0]
    # Half of a right angle is a cosine of .71, below nine tenths.
    assert _joined([east, (0.5, 0.5)], [3, 3]) == [0, 1]
    # At nine tenths itself they are alike.
    assert _joined([(1.0, 0.0), (ALIKE, (1 - ALIKE**2) ** 0.5 - 1e-6)], [3, 3]) == [0, 0]


def test_the_nearest_centre_by_all_coordinates() -> None:
    centres = np.array([[0.0, 0.0], [3.0, 3.0]])
    vectors = np.array([[0.0, 2.9], [3.0, 0.1], [2.0, 2.0], [1.0, 1.0]])
    assert nearest(vectors, centres).tolist() == [0, 1, 1, 0]


class _Spectral:
    """Spectral clustering that deals cases out by chosen sizes, for each number of clusters."""

    def __init__(self, sizes: dict[int, list[int]]) -> None:
        self.sizes, self.affinity = sizes, np.zeros(0)
        self.counts: list[int] = []

    def __call__(self, count: int, **asked: Any) -> _Spectral:
        assert (asked["affinity"], asked["random_state"]) == ("precomputed", 0)
        self.counts.append(count)
        return self

    def fit_predict(self, affinity: Any) -> Any:
        self.affinity = affinity
        sizes = self.sizes[self.counts[-1]]
        return np.repeat(np.arange(len(sizes)), sizes)


def _mapped(
    monkeypatch: pytest.MonkeyPatch, sizes: dict[int, list[int]]
) -> tuple[list[int], _Spectral]:
    spectral = _Spectral(sizes)
    monkeypatch.setattr(map_clusters, "SpectralClustering", spectral)
    monkeypatch.setattr(map_clusters, "_clusters_in", lambda affinity: max(sizes, default=1))
    total = sum(next(iter(sizes.values()), [12]))
    vectors = np.arange(total, dtype=np.float64)[:, None]
    return np.bincount(map_clusters._cluster(vectors)).tolist(), spectral


def test_fewer_clusters_where_one_would_be_too_small(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes, spectral = _mapped(monkeypatch, {3: [20, 16, 4], 2: [35, 5]})
    assert (sizes, spectral.counts) == ([35, 5], [3, 2])
    # None is large enough: one cluster.
    assert _mapped(monkeypatch, {2: [36, 4]})[0] == [40]
    # A twentieth of 104 is 5.2: five are too few, of 100 they are not.
    assert _mapped(monkeypatch, {2: [99, 5]})[0] == [104]
    assert _mapped(monkeypatch, {2: [95, 5]})[0] == [95, 5]
    assert _mapped(monkeypatch, {})[0] == [12]


def test_neighbours_are_weighed_half_from_each_side(monkeypatch: pytest.MonkeyPatch) -> None:
    affinity = _mapped(monkeypatch, {2: [20, 20]})[1].affinity
    trace = 1e-6
    assert affinity == pytest.approx(affinity.T)
    # Itself counts in full; who is a neighbour from one side alone counts half.
    assert affinity.diagonal() == pytest.approx(1.0 + trace)
    assert set(np.unique(affinity.round(7))) == {trace, 0.5 + trace, 1.0 + trace}
    assert (affinity >= trace).all()
    # Every case names ten, itself among them.
    assert affinity.sum() == pytest.approx(40 * NEIGHBOURS + 1600 * trace)


def _blocks(*sizes: int) -> Any:
    owner = np.repeat(np.arange(len(sizes)), sizes)
    return (owner[:, None] == owner[None, :]).astype(np.float64) + 1e-6


@pytest.mark.parametrize(
    ("sizes", "clusters"),
    [((12,), 1), ((8, 8), 2), ((8, 8, 8), 3), ((5,) * MOST_CLUSTERS, MOST_CLUSTERS)],
)
def test_the_widest_gap_counts_the_blocks(sizes: tuple[int, ...], clusters: int) -> None:
    assert map_clusters._clusters_in(_blocks(*sizes)) == clusters


def test_more_blocks_than_the_most_are_the_most_or_fewer() -> None:
    assert map_clusters._clusters_in(_blocks(*[4] * (MOST_CLUSTERS + 2))) <= MOST_CLUSTERS


SMALL, MIDDLE, LARGE = (
    Region(RegionKind.TOP, 0.1),
    Region(RegionKind.TOP, 0.3),
    Region(RegionKind.BACKGROUND, 1.0),
)


def _exchanged(place: Region, cost: float, win: float, *, carries: bool = True) -> Exchanged:
    """The same numbers in probability and in log odds."""
    lost, won = known_effect(cost), known_effect(win)
    return Exchanged(place, lost, won, lost, won, carries, ())


def test_the_smallest_region_at_its_two_bars() -> None:
    least, back = CARRIES, CARRIES_BACK

    def smallest(cost: float, win: float) -> Region:
        whole, part = _exchanged(LARGE, 1.0, 1.0), _exchanged(SMALL, cost, win)
        idle = _exchanged(MIDDLE, 2.0, 2.0, carries=False)
        found = _smallest([whole, idle, part])
        assert found is not None
        assert isinstance(found.place, Region)
        return found.place

    assert smallest(least, back) == SMALL
    assert smallest(least - 1e-9, 1.0) == LARGE
    assert smallest(1.0, back - 1e-9) == LARGE
    # No place costs and wins the most at once: then the smallest of all that carry.
    alone = _smallest([_exchanged(LARGE, 1.0, 0.1), _exchanged(SMALL, 0.1, 1.0)])
    assert alone is not None
    assert alone.place == SMALL


def test_where_none_carries_the_smaller_direction_in_log_odds_decides() -> None:
    def smallest(*found: tuple[Region, float, float]) -> object:
        told = _smallest([_exchanged(*each, carries=False) for each in found])
        return None if told is None else told.place

    assert smallest((LARGE, 1.0, 1.0), (SMALL, CARRIES, 2.0)) == SMALL
    assert smallest((LARGE, 1.0, 1.0), (SMALL, CARRIES - 1e-9, 2.0)) == LARGE
    assert smallest((LARGE, 1.0, 1.0), (SMALL, 2.0, 0.1)) == LARGE
    assert smallest() is None


def test_the_strongest_wins_most_where_it_carries_and_moves_most_where_none_does() -> None:
    first, second = _exchanged(LARGE, 0.9, 0.3), _exchanged(SMALL, 0.2, 0.5)
    idle = _exchanged(MIDDLE, 2.0, 2.0, carries=False)
    assert _strongest([first, second, idle]) is second
    bare = [_exchanged(LARGE, 0.9, 0.1, carries=False), _exchanged(SMALL, 0.2, 0.3, carries=False)]
    assert _strongest(bare) is bare[1]
    assert _strongest([]) is None
