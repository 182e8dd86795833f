"""Numbers and lists as people read them: one format on every screen. Tables keep full precision.

    share(.78)                 78%
    interval(.78, .67, .86)    78% (67–86%)
    decimal(-.5)               −0.50

Undefined values (None, NaN) are a dash.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from auditor.domain import messages
from auditor.domain.measures import Format
from auditor.wording.catalogue import Translator, translator

ENGLISH = translator("en")
UNDEFINED = "–"
MINUS = "−"


def share(value: float | None) -> str:
    """78%, −3%."""
    return UNDEFINED if value is None or math.isnan(value) else _signed(f"{value:.0%}")


def exact(value: float) -> str:
    """78.3%: where a value is compared with a limit and whole percents could be equal."""
    return _signed(f"{value:.1%}")


def decimal(value: float | None) -> str:
    """0.78, −0.50."""
    return UNDEFINED if value is None or math.isnan(value) else _signed(f"{value:.2f}")


def p_value(value: float | None) -> str:
    """0.003; never below 0.001, where permutations cannot tell more."""
    return UNDEFINED if value is None or math.isnan(value) else f"{max(value, 0.001):.3f}"


def interval(value: float | None, low: float | None, high: float | None) -> str:
    """78% (67–86%); 1% (−3…5%) where an end is negative; without brackets where one is open."""
    return formatted(value, Format.PERCENT, low, high)


def decimal_interval(value: float | None, low: float | None, high: float | None) -> str:
    """0.86 (0.81–0.90)."""
    return formatted(value, Format.DECIMAL, low, high)


def formatted(
    value: float | bool | None,
    format_: Format,
    low: float | None = None,
    high: float | None = None,
) -> str:
    """A value of a measure, with its 95% interval where both ends are known."""
    if value is None or math.isnan(value):
        return UNDEFINED
    if format_ is Format.FLAG:
        return "✓" if value else "✕"
    told = _written(float(value), format_)
    ends = interval_text(low, high, format_)
    return told if ends is None else f"{told} ({ends})"


def interval_text(low: float | None, high: float | None, format_: Format) -> str | None:
    """67–86%, or −3…5%; None where an end is undefined."""
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return None
    first, last = _written(low, format_), _written(high, format_)
    joint = "…" if MINUS in first or MINUS in last else "–"
    return f"{first.removesuffix('%')}{joint}{last}"


def change(value: float | None, format_: Format = Format.PERCENT) -> str:
    """A difference with its sign: +12%, −3%, 0%."""
    if value is None or math.isnan(value):
        return UNDEFINED
    told = _written(value, format_)
    return f"+{told}" if value > 0 and any(digit in told for digit in "123456789") else told


def change_interval(
    value: float | None,
    low: float | None,
    high: float | None,
    format_: Format = Format.PERCENT,
) -> str:
    """A difference with its interval: +12% (8–16%)."""
    ends = None if value is None else interval_text(low, high, format_)
    return change(value, format_) if ends is None else f"{change(value, format_)} ({ends})"


def listed(names: Sequence[str], most: int = 3, _: Translator = ENGLISH) -> str:
    """cat, tree and car; longer lists end in `and n more`."""
    return messages.listed(names, most, _)


def count(number: int, noun: str) -> str:
    """1 image, 2,000 images, 2 classes: for English texts that are stored."""
    plural = f"{noun}es" if noun.endswith("s") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"


def _written(value: float, format_: Format) -> str:
    match format_:
        case Format.PERCENT:
            return _signed(f"{value:.0%}")
        case Format.COUNT:
            return f"{value:,.0f}"
        case Format.RATIO if abs(value) >= 10:
            return _signed(f"{value:,.0f}")
        case _:
            return _signed(f"{value:.2f}")


def _signed(number: str) -> str:
    """A true minus, and none before zero."""
    nothing = not any(digit in number for digit in "123456789")
    return number.replace("-", "" if nothing else MINUS)
