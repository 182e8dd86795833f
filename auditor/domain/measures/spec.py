"""What is known of one number that people see."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Format(StrEnum):
    """How a value is written for people; tables keep full precision."""

    PERCENT = "percent"
    """a share or a probability, 0..1: 78%"""
    DECIMAL = "decimal"
    """two digits: 0.78"""
    RATIO = "ratio"
    """two digits below 10, none above: 3.96, 123"""
    COUNT = "count"
    """1,234"""
    FLAG = "flag"
    """yes or no"""


@dataclass(frozen=True, slots=True)
class Measure:
    """One number of a table.

    Attributes:
        column: of the table.
        title: a few words, English (a key of the message catalogues).
        help: one or two sentences for a reader who is no statistician; likewise.
        format: how it is written.
        null: what an uninformed map or model scores; None where that has no meaning.
        higher_is_worse: for comparisons and gates; None where neither direction is worse.
        interval: the table also has `column`_low and `column`_high, a 95% interval.
    """

    column: str
    title: str
    help: str
    format: Format = Format.DECIMAL
    null: float | None = None
    higher_is_worse: bool | None = None
    interval: bool = False

    @property
    def low(self) -> str:
        """Column of the interval's lower end."""
        return f"{self.column}_low"

    @property
    def high(self) -> str:
        """Column of the interval's upper end."""
        return f"{self.column}_high"
