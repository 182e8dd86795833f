"""Whether two pictures with like hashes are alike in their thumbnails, too.

Measured on 300 independent renders of one object each on a plain background (white, grey, black)
and on 300 photographs of the sample data, 80 of each copied in six ways: `tests/data` holds the
figures. A hash sees low frequencies alone, which any two objects in the middle share; where the
edges lie, and which colours there are, tells them apart.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from auditor.data.checks.phash import THUMB

SAME_STEPS: Final = 0.965
"""Least cosine between the steps from pixel to pixel of two thumbnails."""
SAME_COLOURS: Final = 0.9
"""Least cosine between their colours, where both have any: a copy may be grey."""
COLOURLESS: Final = 24.0
"""Length of a coarse thumbnail's chroma below which a picture counts as grey."""
AT_ONCE: Final = 1 << 12

Pairs = set[tuple[int, int]]


def second_look(details: NDArray[np.uint8], pairs: Pairs) -> Pairs:
    """The pairs whose thumbnails are alike.

    Args:
        details: (N, D) what stands behind the hashes in `phash.signatures`.
        pairs: positions in it.
    """
    listed = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    kept: Pairs = set()
    for start in range(0, len(listed), AT_ONCE):
        chosen = listed[start : start + AT_ONCE]
        one, other = details[chosen[:, 0]], details[chosen[:, 1]]
        alike = _same_steps(one, other) & _same_colours(one, other)
        kept.update((first, second) for first, second in chosen[alike].tolist())
    return kept


def _same_steps(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.bool_]:
    cosine, least = _cosine(_steps(one), _steps(other))
    return np.where(least > 0, cosine >= SAME_STEPS, True)


def _same_colours(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.bool_]:
    left, right = (each[:, THUMB * THUMB :].astype(np.float32) - 128 for each in (one, other))
    cosine, least = _cosine(left, right)
    return (least < COLOURLESS) | (cosine >= SAME_COLOURS)


def _steps(details: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(N, ...) differences across and down; brightness falls out, contrast in the cosine."""
    grey = details[:, : THUMB * THUMB].astype(np.float32).reshape(-1, THUMB, THUMB)
    across, down = np.diff(grey, axis=2), np.diff(grey, axis=1)
    flat = (across.reshape(len(grey), -1), down.reshape(len(grey), -1))
    return np.concatenate(flat, axis=1)


def _cosine(
    one: NDArray[np.float32], other: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Of each row, 0 where one has no length; and the smaller of the two lengths."""
    left, right = np.linalg.norm(one, axis=1), np.linalg.norm(other, axis=1)
    product = left * right
    dots = np.einsum("nd,nd->n", one, other)
    cosine = np.divide(dots, product, out=np.zeros_like(dots), where=product > 0)
    return cosine, np.minimum(left, right)
