"""A region of the map: what is inside, and how it stands in the address."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.runs.regions import MOST_CORNERS, STEP, MapRegion, read_region, write_region

corners = st.lists(
    st.tuples(st.integers(-3000, 3000), st.integers(-3000, 3000)), min_size=3, max_size=MOST_CORNERS
).map(lambda found: MapRegion(tuple(found)))


def enclosed(region: MapRegion, x: float, y: float) -> bool:
    """Crossings of a ray to the right, an edge at a time (Shimrat 1962)."""
    points = [(a / STEP, b / STEP) for a, b in region.corners]
    crossings = 0
    for (x1, y1), (x2, y2) in zip(points, [*points[1:], points[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            crossings += 1
    return crossings % 2 == 1


@settings(max_examples=60)
@given(region=corners, seed=st.integers(0, 1000))
def test_points_are_inside_as_crossings_say(region: MapRegion, seed: int) -> None:
    drawn = np.random.default_rng(seed).uniform(-3.2, 3.2, (2, 60)).astype(np.float32)
    # Corners themselves are the places where a slip would show.
    on = np.array(region.corners, dtype=np.float32).T / np.float32(STEP)
    x, y = np.concatenate([drawn, on], axis=1)
    wanted = [enclosed(region, float(a), float(b)) for a, b in zip(x, y, strict=True)]
    assert region.inside(x, y).tolist() == wanted


def test_a_point_without_a_place_is_nowhere() -> None:
    square = MapRegion(((-1000, -1000), (1000, -1000), (1000, 1000), (-1000, 1000)))
    x = np.array([0.0, np.nan, 0.0], dtype=np.float32)
    y = np.array([0.0, 0.0, np.nan], dtype=np.float32)
    assert square.inside(x, y).tolist() == [True, False, False]


@given(region=corners)
def test_the_address_gives_the_region_back(region: MapRegion) -> None:
    assert read_region(write_region(region)) == region


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1.2_3.4",
        "1.2_3.4_5",
        "1.2_3.4_a.b",
        "1.2_3.4_5.6 ",
        "_".join(["1.2"] * 65),
        "é.1_2.3_4.5",
    ],
)
def test_what_is_no_region_is_none(text: str) -> None:
    assert read_region(text) is None
