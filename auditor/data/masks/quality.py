"""Masks that can carry no score, or that look like a mistake."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from auditor.domain.mask_doubts import MANY, MaskDoubt

ALL_ROUND: Final = 0.95
"""Share of each edge that an inverted mask covers."""


def mask_doubt(
    mask: NDArray[np.bool_], ignored: NDArray[np.bool_], *, least_area: float = 0.0
) -> MaskDoubt | None:
    """What is odd about one mask in the frame of its image; the gravest where several things are.

    Args:
        mask: (H, W) bool, the object.
        ignored: (H, W) bool, pixels that count on neither side.
        least_area: share of the image below which an object is tiny; one cell of a 7x7 map is 1/49.
    """
    counted = mask.size - np.count_nonzero(ignored)
    found = np.count_nonzero(mask & ~ignored)
    if not found:
        return MaskDoubt.EMPTY
    if found == counted:
        return MaskDoubt.FULL
    if all(edge.mean() >= ALL_ROUND for edge in (mask[0], mask[-1], mask[:, 0], mask[:, -1])):
        return MaskDoubt.INVERTED
    return MaskDoubt.TINY if found < least_area * mask.size else None


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
