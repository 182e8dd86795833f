"""At how many objects a class is looked at: `interventions.looks`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from auditor.domain.messages import coded


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


def unused_words(looks: Sequence[int] | None) -> tuple[str, ...]:
    """What to say where looks before the last were asked for: classes are decided at the last."""
    if looks is None or len(looks) < 2:
        return ()
    return (
        coded(
            "run.looks",
            "interventions.looks: every class was asked about up to {n:,} objects and decided"
            " there; looks before the last are not taken.",
            n=looks[-1],
        ),
    )
