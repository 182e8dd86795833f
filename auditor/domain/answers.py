"""The largest probabilities of one answer: which columns of the trials hold them."""

from __future__ import annotations

import json
from functools import lru_cache

TOP = 5
"""How many classes of an answer are kept: enough to fit swaps of 1,000 classes, since what is left
is spread over the others (docs/science.md)."""

TOP_PROBABILITIES = tuple(f"top_probability_{rank}" for rank in range(1, TOP + 1))
"""Their columns, largest first; null from the number of classes on."""


@lru_cache(maxsize=65_536)
def write_classes(classes: tuple[str, ...]) -> str:
    """Column `top_classes`: a JSON list of names, most probable first.

    One shared string for every order of classes, so that a million rows hold few of them.
    """
    return json.dumps(classes, ensure_ascii=False)


@lru_cache(maxsize=65_536)
def read_classes(text: str) -> tuple[str, ...]:
    """The names of a `top_classes` entry.

    Raises:
        ValueError: the text is no JSON list.
    """
    names = json.loads(text)
    if not isinstance(names, list):
        raise ValueError(f"expected a JSON list of classes, got {text!r}")
    return tuple(map(str, names))
