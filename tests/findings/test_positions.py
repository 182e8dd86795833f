"""Places in words, and how far maps keep to a place of their own."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cityblock

from auditor.domain.cues import Cue
from auditor.domain.locations import Area, PatchShares
from auditor.findings.evidence import positions
from auditor.findings.evidence.positions import consistency, place_of

CELLS = 16


def blobs(count: int, cells: list[int], rng: np.random.Generator) -> np.ndarray:
    """Maps that sum to one, most of it in one of some cells."""
    maps = rng.random((count, CELLS)) * 0.02
    maps[np.arange(count), rng.choice(cells, count)] += 1.0
    return maps / maps.sum(axis=1, keepdims=True)


def test_a_place_of_its_own_is_far_from_chance_and_the_same_place_is_not() -> None:
    rng = np.random.default_rng(0)
    everywhere = list(range(1, CELLS))
    apart = consistency(blobs(40, [0], rng), blobs(200, everywhere, rng), rng)
    alike = consistency(blobs(40, everywhere, rng), blobs(200, everywhere, rng), rng)
    assert apart is not None
    assert alike is not None
    assert apart.value > 0.75
    assert apart.p_value == pytest.approx(1 / 501)
    assert abs(alike.value) < 0.15
    assert alike.p_value > 0.05


def test_chance_alone_is_rarely_called_a_place() -> None:
    found = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        both = blobs(90, list(range(CELLS)), rng)
        place = consistency(both[:20], both[20:], rng)
        assert place is not None
        found.append(place.p_value)
    assert np.mean(np.array(found) <= 0.05) <= 0.15


@settings(max_examples=15, deadline=None)
@given(st.integers(2, 12), st.integers(2, 12), st.integers(0, 99))
def test_the_order_of_cells_does_not_matter_and_one_is_the_most(
    first: int, second: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    own, others = blobs(first, [0, 1], rng), blobs(second, [1, 2, 3], rng)
    order = rng.permutation(CELLS)
    one = consistency(own, others, np.random.default_rng(1))
    same = consistency(own[:, order], others[:, order], np.random.default_rng(1))
    assert one is not None
    assert same is not None
    assert one.value == pytest.approx(same.value, abs=1e-9)
    assert one.value <= 1.0
    assert 0 < one.p_value <= 1
    assert consistency(own[:1], others, rng) is None


def test_the_distance_is_half_of_scipys_city_block() -> None:
    rng = np.random.default_rng(4)
    one, other = (m.mean(axis=0) for m in (blobs(9, [1, 5], rng), blobs(9, [2], rng)))
    assert positions._apart(one, other) == pytest.approx(cityblock(one, other) / 2)


def test_corners_make_a_mark_and_the_middle_does_not() -> None:
    corners = place_of(pd.Series(["0.000 0.000 0.300"] * 3 + ["0.700 0.700 0.300"]))
    assert corners is not None
    assert corners.cue is Cue.CORNER_MARK
    shares = ((Area.TOP_LEFT, 0.75), (Area.BOTTOM_RIGHT, 0.25))
    assert corners.where == PatchShares(shares, cornered=True)
    middle = place_of(pd.Series(["0.350 0.350 0.300"] * 2))
    assert middle is not None
    assert middle.cue is not Cue.CORNER_MARK
    assert place_of(pd.Series([], dtype=object)) is None
