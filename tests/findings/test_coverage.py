"""Intervals of the class effect hold the truth as often as they say, on simulated swap tables.

`python -m benchmarks.simulated` measures more designs (docs/benchmark.md).
"""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.simulated.coverage import Measured, clearly_under, measure
from benchmarks.simulated.tables import Design, effects

TIED = Design(5, 2, copies=4)
"""Sixteen independent backgrounds of each class, each behind many objects."""
PAIR = Design(2, 1)
ALL = Design(5, 5)
TWO_OF_THREE = Design(3, 2)
MORE = {
    "none of 3": Design(3, 0),
    "all of 3": Design(3, 3),
    "one of 5, donors of few": Design(5, 1, donors=8),
    "half of 10": Design(10, 5, label_noise=0.1),
    "two share": Design(5, 2, shared=True),
    "noisy pair": Design(2, 1, label_noise=0.1),
    "pair, donors of few": Design(2, 1, donors=8),
    "clean pair": Design(2, 0),
}


def _holds(found: Measured) -> None:
    assert not clearly_under(found), f"{found.coverage:.3f} of {found.intervals}"
    assert found.false == 0
    assert found.cleared == 0


def test_intervals_hold_the_truth_and_no_unaffected_class_is_confirmed() -> None:
    found = measure("", TIED, 8)
    _holds(found)
    assert found.confirmed == found.cued == 16


def test_a_mislabelled_picture_does_not_tell_whose_cue_it_is() -> None:
    """One class of two has the cue; of either one picture in fifty shows the other one."""
    found = measure("", PAIR, 10, first_seed=1000)
    _holds(found)
    assert found.confirmed == found.cued == 10


def test_of_three_classes_two_with_a_cue_lend_nothing_to_the_third() -> None:
    """Median polish gave it .05 of their effect and took .06 from them."""
    found = measure("", TWO_OF_THREE, 8)
    _holds(found)
    assert found.confirmed == found.cued == 16
    assert abs(found.bias) < 0.03


@pytest.mark.slow
def test_of_cued_classes_alone_none_counts_the_others_cues() -> None:
    found = measure("", ALL, 10)
    _holds(found)
    assert found.confirmed >= 0.7 * found.cued
    assert abs(found.bias) < 0.02


@pytest.mark.slow
@pytest.mark.parametrize("name", MORE)
def test_of_more_designs(name: str) -> None:
    _holds(measure(name, MORE[name], 15, first_seed=500))


def test_the_truth_is_that_of_the_simulation() -> None:
    """Without noise in labels nothing but the cue makes an effect."""
    clean = effects(Design(4, 0, label_noise=0.0))
    cued = effects(Design(4, 1, label_noise=0.0))
    assert clean == pytest.approx(np.zeros(4), abs=0.01)
    assert cued[1:] == pytest.approx(np.zeros(3), abs=0.01)
    assert cued[0] > 0.5


def test_too_few_held_is_noticed() -> None:
    held = np.tile([[8.0, 1.0, 1.0]], (10, 1))
    assert clearly_under(Measured("", held, 0, 0, 0, 0, 0, 0.0))
    assert not clearly_under(Measured("", held * [1.2, 0.2, 0.2], 0, 0, 0, 0, 0, 0.0))
