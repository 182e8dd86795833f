"""Numbers and lists as a reader expects them in a sentence."""

from __future__ import annotations

import math
from collections.abc import Sequence


def share(value: float | None) -> str:
    """.71, 1.00, -.08; `?` where undefined."""
    if value is None or math.isnan(value):
        return "?"
    text = f"{value:.2f}"
    return text.replace("0.", ".", 1) if abs(float(text)) < 1 else text


def interval(mean: float, low: float | None, high: float | None) -> str:
    """.71 [.62, .79]."""
    return f"{share(mean)} [{share(low)}, {share(high)}]"


def listed(names: Sequence[str], most: int = 3) -> str:
    """cat, tree and car; longer lists end in `and n more`."""
    shown = list(names[:most])
    if len(names) > most:
        shown.append(f"{len(names) - most} more")
    if len(shown) < 2:
        return "".join(shown)
    return f"{', '.join(shown[:-1])} and {shown[-1]}"


def count(number: int, noun: str) -> str:
    """1 image, 2 images."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
