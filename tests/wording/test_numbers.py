from __future__ import annotations

import math

import pytest

from auditor.domain.measures import Format
from auditor.wording.catalogue import translator
from auditor.wording.numbers import (
    change_interval,
    count,
    decimal,
    exact,
    formatted,
    interval,
    listed,
    share,
)


def test_shares() -> None:
    assert (share(None), share(math.nan), share(0.126), share(-0.05)) == ("–", "–", "13%", "−5%")
    assert share(-0.001) == "0%"
    assert exact(0.1049) == "10.5%"


def test_decimals() -> None:
    assert (decimal(None), decimal(-0.125), decimal(-0.001)) == ("–", "−0.12", "0.00")


@pytest.mark.parametrize(
    ("value", "low", "high", "told"),
    [
        (0.78, 0.67, 0.86, "78% (67–86%)"),
        (0.01, -0.03, 0.05, "1% (−3…5%)"),
        (-0.1, -0.2, -0.05, "−10% (−20…−5%)"),
        (0.78, None, 0.86, "78%"),
        (0.78, math.nan, 0.86, "78%"),
        (None, None, None, "–"),
    ],
)
def test_intervals(value: float | None, low: float | None, high: float | None, told: str) -> None:
    assert interval(value, low, high) == told


def test_changes_carry_their_sign() -> None:
    assert change_interval(0.12, 0.08, 0.16) == "+12% (8–16%)"
    assert change_interval(-0.12, -0.16, -0.08) == "−12% (−16…−8%)"
    assert change_interval(0.001, -0.01, 0.02) == "0% (−1…2%)"
    assert change_interval(0.12, None, None) == "+12%"
    assert change_interval(None, None, None) == "–"


@pytest.mark.parametrize(
    ("value", "format_", "told"),
    [
        (0.5, Format.PERCENT, "50%"),
        (0.5, Format.DECIMAL, "0.50"),
        (123.4, Format.RATIO, "123"),
        (3.456, Format.RATIO, "3.46"),
        (1234, Format.COUNT, "1,234"),
        (True, Format.FLAG, "✓"),
        (False, Format.FLAG, "✕"),
        (None, Format.FLAG, "–"),
    ],
)
def test_every_format(value: float | None, format_: Format, told: str) -> None:
    assert formatted(value, format_) == told


def test_lists() -> None:
    assert listed([]) == ""
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(list("abcdefg"), 4) == "a, b, c, d and 3 more"
    zh = translator("zh")
    assert listed(["a", "b", "c"], 3, zh) == "a、b和c"
    assert listed(list("abcdefg"), 2, zh) == "a、b 等（另有 5 个）"


def test_nouns() -> None:
    assert (count(1, "class"), count(2, "class"), count(2000, "image")) == (
        "1 class",
        "2 classes",
        "2,000 images",
    )
