"""How much a file may claim: readers hold what a file says of its size to these bounds first.

A few bytes can claim gigabytes (a run-length code, a nested list, a compressed page), so no reader
allocates, recurses or decodes by a number that a file names before it was held to a bound.
"""

from __future__ import annotations

from typing import Any, Final

MOST_PIXELS: Final = 2**24
"""Of what a run folder draws, which has the network's input geometry: 4096 x 4096."""
MOST_SIDE: Final = 2**16
"""Of an image or a mask, in pixels."""
MOST_JSON_BYTES: Final = 2**26
"""Of a manifest or a summary."""
MOST_JSON_DEPTH: Final = 32
"""Levels of a JSON value; a configuration has five."""
MOST_TABLE_BYTES: Final = 2**30
"""Uncompressed bytes of a table that is read whole: classes, slices, hypotheses."""
MOST_ROWS_BYTES: Final = 2**36
"""Uncompressed bytes of a table with a row for each image, which is read in row groups."""
MOST_CELLS: Final = 2**16
"""Of a heat map's grid."""


def is_too_deep(value: Any, most: int = MOST_JSON_DEPTH) -> bool:
    """Whether a JSON value has more than `most` levels. Never recurses."""
    level = [value]
    for _ in range(most + 1):
        level = [
            inner
            for each in level
            if isinstance(each, (dict, list))
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return True


def is_text(text: str) -> bool:
    """Whether UTF-8 can hold a text: JSON can write halves of surrogate pairs, which it cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
