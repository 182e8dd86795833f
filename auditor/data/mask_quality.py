"""Masks that can carry no score, or that look like a mistake."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

ALL_ROUND: Final = 0.95
"""Share of each edge that an inverted mask covers."""

MANY: Final = 5
"""Images that share one mask before it is worth a word."""


class MaskDoubt(StrEnum):
    """What is odd about a mask."""

    EMPTY = "empty"
    FULL = "full"
    TINY = "tiny"
    INVERTED = "inverted"
    REPEATED = "repeated"


DOUBT_MEANING: Final[Mapping[MaskDoubt, str]] = {
    MaskDoubt.EMPTY: "no pixel is object: no score can be given",
    MaskDoubt.FULL: "every pixel is object: there is no background to cheat with",
    MaskDoubt.TINY: "the object is smaller than one cell of the saliency map",
    MaskDoubt.INVERTED: "the object touches the frame all round: is the mask inverted?",
    MaskDoubt.REPEATED: f"{MANY} images or more have exactly this mask: is it theirs?",
}


def mask_doubts(
    mask: NDArray[np.bool_], ignored: NDArray[np.bool_], *, least_area: float
) -> tuple[MaskDoubt, ...]:
    """What is odd about one mask in the frame of its image.

    Args:
        mask: (H, W) bool, the object.
        ignored: (H, W) bool, pixels that count on neither side.
        least_area: share of the image below which an object is tiny; one cell of a 7x7 map is 1/49.
    """
    counted = int((~ignored).sum())
    found = int((mask & ~ignored).sum())
    if not found:
        return (MaskDoubt.EMPTY,)
    if found == counted:
        return (MaskDoubt.FULL,)
    if found < least_area * mask.size:
        return (MaskDoubt.TINY,)
    edges = (mask[0], mask[-1], mask[:, 0], mask[:, -1])
    return (MaskDoubt.INVERTED,) if min(edge.mean() for edge in edges) >= ALL_ROUND else ()


def mask_digest(mask: NDArray[np.bool_]) -> bytes:
    """The same for two masks only if they are the same."""
    digest = hashlib.sha256(str(mask.shape).encode())
    digest.update(np.packbits(mask).tobytes())
    return digest.digest()


def repeated_masks(digests: Iterable[tuple[str, bytes]]) -> list[tuple[str, ...]]:
    """Names of images that share one mask, where `MANY` or more do; largest group first."""
    groups: defaultdict[bytes, list[str]] = defaultdict(list)
    for name, digest in digests:
        groups[digest].append(name)
    many = [tuple(names) for names in groups.values() if len(names) >= MANY]
    return sorted(many, key=lambda names: (-len(names), names))
