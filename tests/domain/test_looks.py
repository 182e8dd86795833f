from __future__ import annotations

import pytest

from auditor.domain.looks import cut_looks, unused_words


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


def test_only_looks_that_are_not_taken_are_spoken_of() -> None:
    assert unused_words(None) == unused_words((20,)) == ()
    (said,) = unused_words((20, 32))
    assert "32" in said
