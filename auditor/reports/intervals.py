"""Numbers with their intervals as dots and whiskers: places on a small drawing, in percent."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.domain.measures import Format
from auditor.wording.numbers import formatted

LOW, HIGH = -0.1, 1.0


@dataclass(frozen=True)
class Whisker:
    """Attributes:
    dot, low, high: places from the left end, 0..100; low and high are None without an interval.
    said: the numbers in words, for those who do not see the drawing.
    """

    dot: float
    low: float | None
    high: float | None
    said: str


def position(value: float, *, low: float = LOW, high: float = HIGH) -> float:
    """Where a value lies on the drawing; values beyond the ends lie at the ends."""
    return round(100 * (min(max(value, low), high) - low) / (high - low), 2)


def whisker(
    value: float | None,
    low: float | None,
    high: float | None,
    *,
    start: float = LOW,
    format_: Format = Format.PERCENT,
) -> Whisker | None:
    """A number with its 95% interval on an axis from `start` to 1; None where it is undefined."""
    if value is None:
        return None
    dot = position(value, low=start)
    said = formatted(value, format_, low, high)
    if low is None or high is None:
        return Whisker(dot, None, None, said)
    return Whisker(dot, position(low, low=start), position(high, low=start), said)
