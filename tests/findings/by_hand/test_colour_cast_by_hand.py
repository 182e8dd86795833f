"""How much of a tint lies on the objects: by numbers small enough to be worked out."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy import stats

from auditor.domain.places import Colours, Patch, write_place
from auditor.findings.evidence.colour_cast import (
    Share,
    brightness,
    chroma,
    tint_on_objects,
    varied_grounds,
)

Floats = NDArray[np.float64]


def _red(colours: Floats) -> Floats:
    """The red channel alone, so that numbers stay whole."""
    return colours[:, :, :1]


def _rows(*images: tuple[str, int, int]) -> pd.DataFrame:
    """By label, the red of object and background."""
    return pd.DataFrame(
        [
            {"label": label, "place": write_place(Colours((thing, 0, 0), (ground, 0, 0)))}
            for label, thing, ground in images
        ]
    )


B = (("b", 0, 0), ("b", 2, 4))
C = (("c", 4, 2), ("c", 4, 2))
WIDE = float(stats.t.ppf(stats.norm.cdf(1.645), 1)) / 1.645
"""How much wider than the normal quantile Student's is with one degree of freedom."""


def _weighted(*shares: tuple[float, float]) -> tuple[float, float]:
    weight = sum(error**-2 for _, error in shares)
    return sum(value * error**-2 for value, error in shares) / weight, weight**-0.5


def test_colours_without_their_brightness_and_brightness_without_colours() -> None:
    colours = np.array([[[0.0, 1.0, 3.0], [7.0, 7.0, 7.0]]])
    assert chroma(colours) == pytest.approx(
        np.array([[[-math.log(2), 0.0, math.log(2)], [0.0, 0.0, 0.0]]])
    )
    assert brightness(np.array([[[0.0, 3.0, 6.0], [1.0, 1.0, 1.0]]])) == pytest.approx(
        np.array([[[math.log(4)], [math.log(2)]]])
    )


def test_between_classes_and_within_the_class_weighted_by_how_sure_they_are() -> None:
    share = tint_on_objects(_rows(("a", 10, 20), ("a", 14, 28), *B, *C), "a", _red)
    assert share is not None
    # Grounds: 24 against (0 + 4 + 2 + 2) / 4 = 2, so the tint is 22. Objects: 12, those of the
    # other classes 1 and 4.
    between = ((12 - 2.5) / 22, WIDE * math.sqrt(4.5) * math.sqrt(1 + 1 / 2) / 22)
    # Grounds vary by 32, those of others by 8 and 0: 28 beyond the median; objects follow by 16.
    spread = math.sqrt(32 * 8 / 2 + 2 * 32**2 / 1 + 32)
    within = (16 / 28, spread / 28)
    value, error = _weighted(between, within)
    assert share.value == pytest.approx(value)
    assert share.error == pytest.approx(error)


def test_beside_one_class_alone_its_single_objects_tell_how_much_objects_differ() -> None:
    share = tint_on_objects(_rows(("a", 10, 20), ("a", 14, 28), *B), "a", _red)
    assert share is not None
    # The tint is 24 - 2; objects of the other class vary by 2. Grounds: 32 beyond 8.
    between = ((12 - 1) / 22, WIDE * math.sqrt(2) * math.sqrt(2) / 22)
    chance = 2 * 32**2
    within = (16 / 24, math.sqrt(32 * 8 / 2 + chance + chance) / 24)
    value, error = _weighted(between, within)
    assert (share.value, share.error) == (pytest.approx(value), pytest.approx(error))


def test_grounds_that_vary_no_more_than_usual_tell_nothing_within_the_class() -> None:
    one = tint_on_objects(_rows(("a", 10, 22), ("a", 14, 26), *B), "a", _red)  # 8, as others do
    assert one is not None
    assert one.value == pytest.approx(11 / 22)
    assert one.error == pytest.approx(WIDE * 2 / 22)


def test_three_pictures_that_vary_a_little_beyond_the_usual() -> None:
    """Grounds vary by 9, others by 8 and 9, in the median 8.5: .5 beyond. Objects follow by 6."""
    others = (("b", 0, 0), ("b", 2, 4), ("c", 4, 1), ("c", 4, 4), ("c", 4, 7))
    own = (("a", 10, 19), ("a", 12, 22), ("a", 14, 25))
    share = tint_on_objects(_rows(*own, *others), "a", _red)
    assert share is not None
    tint = 22 - 16 / 5
    between = ((12 - 2.5) / tint, WIDE * math.sqrt(4.5) * math.sqrt(1 + 1 / 2) / tint)
    within = (6 / 0.5, math.sqrt(9 * 4 / 3 + 2 * 9**2 / 2 + 0.5) / 0.5)
    value, error = _weighted(between, within)
    assert (share.value, share.error) == (pytest.approx(value), pytest.approx(error))


def test_other_classes_of_one_picture_each_tell_nothing_of_how_grounds_vary() -> None:
    one = tint_on_objects(_rows(("a", 10, 20), ("a", 14, 28), ("b", 0, 0), ("c", 2, 4)), "a", _red)
    assert one is not None
    assert one.value == pytest.approx(11 / 22)
    assert one.error == pytest.approx(WIDE * math.sqrt(2) * math.sqrt(1.5) / 22)


def test_colours_that_are_all_alike_are_no_surer_than_a_pixel() -> None:
    share = tint_on_objects(
        _rows(("a", 9, 20), ("a", 9, 20), *C, ("d", 4, 2), ("d", 4, 2)), "a", _red
    )
    assert share is not None
    assert share.value == pytest.approx(5 / 18)
    assert share.error == pytest.approx(1e-3)


@pytest.mark.parametrize(
    "rows",
    [
        _rows(("a", 10, 20), *B, *C),
        _rows(("a", 10, 20), ("a", 14, 28), ("b", 0, 0)),
        _rows(("a", 10, 2), ("a", 14, 2), *B),
    ],
    ids=["one own", "one other", "no tint"],
)
def test_too_few_pictures_or_no_tint_tell_nothing(rows: pd.DataFrame) -> None:
    assert tint_on_objects(rows, "a", _red) is None


def test_the_usual_measure_is_the_colour_without_brightness() -> None:
    grey = [("a", (20, 20, 20), (90, 60, 30)), ("a", (30, 30, 30), (92, 60, 30))]
    grey += [("b", (50, 50, 50), (60, 60, 61)), ("b", (70, 70, 71), (60, 61, 60))]
    rows = pd.DataFrame(
        [{"label": n, "place": write_place(Colours(thing, ground))} for n, thing, ground in grey]
    )
    told = tint_on_objects(rows, "a")
    assert told == tint_on_objects(rows, "a", chroma)
    assert told != tint_on_objects(rows, "a", brightness)
    assert varied_grounds(rows, "a") == varied_grounds(rows, "a", chroma)


@pytest.mark.parametrize(
    ("value", "error", "of_cast", "sure"),
    [
        (0.5, 0.1, True, True),
        (0.499, 0.1, False, True),
        (1.645, 1.0, True, False),
        (1.7, 1.0, True, True),
        (-0.645, 1.0, False, False),
        (-0.7, 1.0, False, True),
        (0.8, 0.4, True, True),
        (0.8, 0.5, True, False),
    ],
)
def test_a_share_is_sure_when_the_other_answer_is_ruled_out(
    value: float, error: float, of_cast: bool, sure: bool
) -> None:
    assert Share(value, error).of_cast is of_cast
    assert Share(value, error).sure is sure


@pytest.mark.parametrize(("apart", "varied"), [(18, False), (19, True), (20, True)])
def test_grounds_count_as_varied_from_85_hundredths_of_the_usual_variance(
    apart: int, varied: bool
) -> None:
    """Others vary by 200 and 200 (14 or 20 apart would be 98 and 200)."""
    usual = (("b", 0, 0), ("b", 0, 20), ("c", 0, 5), ("c", 0, 25), ("d", 0, 90))
    assert 18**2 / 2 < 0.85 * 200 < 19**2 / 2
    assert varied_grounds(_rows(("a", 0, 50), ("a", 0, 50 + apart), *usual), "a", _red) is varied


def _apart(label: str, *grounds: int) -> tuple[tuple[str, int, int], ...]:
    return tuple((label, 0, ground) for ground in grounds)


def test_exactly_85_hundredths_are_enough_and_the_usual_is_a_mean() -> None:
    """Variances: of (4, 16, 8, 12, 10) 20, of (5, 15, 7, 13, 10) 17."""
    twenty, own = _apart("b", 4, 16, 8, 12, 10), _apart("a", 5, 15, 7, 13, 10)
    assert varied_grounds(_rows(*twenty, *own), "a", _red)
    # In the mean of 20 and 2: 11; a median, or the larger one, would ask for more, or as much.
    two, ten = _apart("c", 0, 2), _apart("a", 0, 4, 5, 8, 3)
    assert varied_grounds(_rows(*twenty, *two, *_apart("a", 0, 1, 4, 7)), "a", _red)
    assert not varied_grounds(_rows(*twenty, *two, *ten), "a", _red)


@pytest.mark.parametrize(
    "rows",
    [
        _rows(("a", 0, 0), ("b", 0, 0), ("b", 0, 1)),
        _rows(("a", 0, 0), ("a", 0, 9), ("b", 0, 0), ("c", 0, 1)),
        _rows(("a", 0, 0), ("a", 0, 9)),
    ],
    ids=["one own", "one of each other", "no other"],
)
def test_too_few_pictures_are_not_varied(rows: pd.DataFrame) -> None:
    assert varied_grounds(rows, "a", _red) is False


def test_two_pictures_on_either_side_can_be_varied() -> None:
    assert varied_grounds(_rows(("a", 0, 0), ("a", 0, 9), ("b", 0, 0), ("b", 0, 1)), "a", _red)


def test_a_place_that_holds_no_colours_is_refused() -> None:
    rows = pd.DataFrame([{"label": n, "place": write_place(Patch(0, 0, 0.3))} for n in "aabb"])
    with pytest.raises(ValueError, match="colours"):
        tint_on_objects(rows, "a")
