"""At how many objects a class is looked at: `interventions.looks`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

LOOKS = (20, 32, 44, 64)
"""Objects of a class at the looks of an audit, unless others are asked for."""


def cut_looks(looks: Sequence[int], most: int) -> tuple[int, ...]:
    """The looks that so many objects allow: those above become one look at the most.

    Args:
        looks: objects of a class at each look, each at least 1; at least one look.
        most: objects of a class, at least 1.

    Raises:
        ValueError: the looks do not rise.
    """
    if any(before >= after for before, after in pairwise(looks)):
        raise ValueError("every look must be above the one before it")
    last = min(looks[-1], most)
    return (*(look for look in looks if look < last), last)


def looks_within(looks: Sequence[int], available: int) -> tuple[int, ...]:
    """The looks that a class with this many objects allows; its last object is its last look."""
    last = min(available, max(looks))
    return (*(look for look in looks if look < last), last)


def default_looks(most: int) -> tuple[int, ...]:
    """Where none are asked for: `LOOKS` below the most objects of a class, and those."""
    return (*(look for look in LOOKS if look < most), most)
