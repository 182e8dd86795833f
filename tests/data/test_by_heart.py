"""Where nearly all audited images are answered right, training images are spoken of."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from auditor.data.checks.by_heart import FEWEST, by_heart_warnings
from auditor.domain.messages import stored


def told(right: int, wrong: int) -> dict[str, int]:
    """The numbers of the one warning; nothing without one."""
    answers = pd.DataFrame({"correct": [True] * right + [False] * wrong})
    said = list(by_heart_warnings(answers))
    assert len(said) <= 1
    if not said:
        return {}
    found = stored(said[0])
    assert found is not None
    assert found[0] == "data.by_heart"
    return dict(json.loads(found[1]))


@pytest.mark.parametrize(
    ("right", "wrong", "is_told"),
    [
        (FEWEST, 0, True),
        (FEWEST - 1, 0, False),
        (99, 1, True),
        (98, 2, False),
        (0, 0, False),
        (0, FEWEST, False),
    ],
)
def test_from_so_many_right_answers(right: int, wrong: int, is_told: bool) -> None:
    assert told(right, wrong) == ({"right": right, "n": right + wrong} if is_told else {})
