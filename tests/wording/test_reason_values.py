"""Numbers of a reason are formatted when they are read, those that old runs stored as text too."""

from __future__ import annotations

import pytest

from auditor.domain.reasons import Reason, Value
from auditor.wording.catalogue import translator
from auditor.wording.reason_values import told

ENGLISH = translator("en")


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ({"fills": (0.55, 0.05)}, "55% and 5%"),
        ({"fills": ("55%", "5%")}, "55% and 5%"),
        ({"odds_win": 1.24, "odds_win_low": -0.5, "odds_win_high": 2.0}, "1.24 (−0.50…2.00)"),
        ({"odds_win": 1.24, "odds_win_low": None, "odds_win_high": None}, "1.24"),
        ({"odds_win": "1.2 (0.8 – 1.6)"}, "1.2 (0.8 – 1.6)"),
        ({"odds_bar": 0.5}, "0.50"),
        ({"loss": 0.78, "loss_low": 0.67, "loss_high": 0.86}, "78% (67–86%)"),
        ({"p": 0.0126}, "0.013"),
        ({"p": 0.00001}, "0.001"),
        ({"p": "0.003"}, "0.003"),
        ({"p": None}, "–"),
        ({"images": 1200}, "1,200"),
    ],
)
def test_how_a_number_is_told(numbers: dict[str, Value], words: str) -> None:
    stored = Reason.from_json("code", Reason("code", numbers).to_json())
    assert told(stored, ENGLISH)[next(iter(numbers))] == words
