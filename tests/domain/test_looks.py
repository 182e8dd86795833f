from __future__ import annotations

import pytest

from auditor.domain.looks import LOOKS, cut_looks, default_looks, looks_within


@pytest.mark.parametrize(
    ("looks", "most", "cut"),
    [((20, 44, 64), 64, (20, 44, 64)), ((20, 44, 64), 44, (20, 44)), ((20, 44), 7, (7,))],
)
def test_looks_above_the_most_become_one(
    looks: tuple[int, ...], most: int, cut: tuple[int, ...]
) -> None:
    assert cut_looks(looks, most) == cut


def test_looks_that_do_not_rise_are_refused() -> None:
    with pytest.raises(ValueError, match="above"):
        cut_looks((20, 20), 64)


@pytest.mark.parametrize(
    ("available", "within"),
    [(64, LOOKS), (100, LOOKS), (40, (20, 32, 40)), (32, (20, 32)), (5, (5,))],
)
def test_the_last_object_of_a_class_is_its_last_look(
    available: int, within: tuple[int, ...]
) -> None:
    assert looks_within(LOOKS, available) == within


@pytest.mark.parametrize(
    ("most", "looks"), [(64, LOOKS), (128, (20, 32, 44, 64, 128)), (24, (20, 24)), (10, (10,))]
)
def test_without_a_word_the_looks_end_at_the_most(most: int, looks: tuple[int, ...]) -> None:
    assert default_looks(most) == looks
