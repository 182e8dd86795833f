"""Pictures that look alike, found among many by their perceptual hashes.

Two hashes are alike if they differ in at most an eighth of their bits. On 448 pictures of the
sample data no two were nearer than 72 of 256 bits, while the same picture recompressed (down to
JPEG quality 20), halved, blurred, brightened by a fifth or cropped by 1% stayed within 28. On plain
backgrounds that is not enough: any two objects in the middle are alike by their lowest frequencies.
So a second look at a thumbnail follows: its steps from pixel to pixel, and its colours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from auditor.data.checks.phash import BITS, SIGNATURE
from auditor.data.checks.second_look import Pairs, second_look

ALIKE: Final = 32
"""Bits of 256 in which two pictures of one group may differ."""

DRAWS: Final = 32
NEIGHBOURS: Final = 64
AT_ONCE: Final = 1 << 15
"""Pairs that are compared at once: three copies of their hashes are made."""
_SEED: Final = 20_110_811


def near_duplicates(hashes: Sequence[bytes | None]) -> list[tuple[int, ...]]:
    """Positions of pictures that look alike, two or more a group, in ascending order.

    A picture joins the first earlier one that stands for a group and is alike, so that a chain of
    small steps does not tie unlike pictures together. No group depends on chance: candidates are
    pictures that agree in one of 32 fixed draws of as many bits as the number of pictures has. So
    the work grows about as that number, and of a million pictures more than 99.9% of the pairs that
    differ in 16 bits are found, 99% at 24 and 90% at 32; of a thousand practically all.

    Args:
        hashes: signatures (`phash.signatures`), or hashes alone of 32 bytes each, which have no
            second look; None for a picture that belongs to no group.
    """
    known = np.array([i for i, value in enumerate(hashes) if value is not None], dtype=np.int64)
    if len(known) < 2:
        return []
    joined = b"".join(value for value in hashes if value is not None)
    packed = np.frombuffer(joined, dtype=np.uint8).reshape(len(known), -1)
    distinct, number = _distinct(packed)
    pairs = _pairs(np.ascontiguousarray(distinct[:, : BITS // 8]))
    if distinct.shape[1] == SIGNATURE:
        pairs = second_look(distinct[:, BITS // 8 :], pairs)
    leader = _leaders(len(distinct), pairs)[number]
    # Only groups of two or more become tuples: most pictures are alone.
    order = np.argsort(leader, kind="stable")
    starts = np.flatnonzero(np.diff(leader[order], prepend=-1))
    ends = np.append(starts[1:], len(order))
    several = ends - starts > 1
    groups = zip(starts[several].tolist(), ends[several].tolist(), strict=True)
    return sorted(tuple(known[order[start:end]].tolist()) for start, end in groups)


def _distinct(packed: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The distinct rows in the order of their first appearance, and each row's place in it."""
    rows = np.ascontiguousarray(packed).view(f"V{packed.shape[1]}")[:, 0]
    _, first, inverse = np.unique(rows, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return packed[first[order]], place[inverse]


def _leaders(count: int, pairs: Pairs) -> NDArray[np.int64]:
    earlier: defaultdict[int, list[int]] = defaultdict(list)
    for first, second in pairs:
        earlier[second].append(first)
    leader = np.arange(count)
    for index in sorted(earlier):
        leader[index] = min((i for i in earlier[index] if leader[i] == i), default=index)
    return leader


def _pairs(packed: NDArray[np.uint8]) -> Pairs:
    """(earlier, later) of all candidates that are alike."""
    if len(packed) < 2:
        return set()
    words = packed.view(np.uint64)
    # A few pictures a bucket, however many there are.
    width = int(np.clip(np.log2(len(packed)), 2, 20))
    generator = np.random.default_rng(_SEED)
    pairs: Pairs = set()
    for _ in range(DRAWS):
        chosen = generator.choice(8 * packed.shape[1], size=width, replace=False)
        pairs |= _alike_in_buckets(words, _key(packed, chosen.tolist()))
    return pairs


def _key(packed: NDArray[np.uint8], chosen: Sequence[int]) -> NDArray[np.int64]:
    """Some bits of every hash as one number; all bits of all hashes would take much memory."""
    key = np.zeros(len(packed), dtype=np.int64)
    for place, bit in enumerate(chosen):
        key |= ((packed[:, bit // 8] >> (7 - bit % 8)) & 1).astype(np.int64) << place
    return key


def _alike_in_buckets(words: NDArray[np.uint64], keys: NDArray[np.int64]) -> Pairs:
    """Alike pairs of one key; in a crowded bucket each with its first and its near neighbours."""
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    first = np.searchsorted(keys, keys)
    pairs = _alike(words, order[first], order)
    for step in range(1, min(NEIGHBOURS, len(keys) - 1) + 1):
        together = np.flatnonzero(keys[step:] == keys[:-step])
        if not len(together):
            break
        pairs |= _alike(words, order[together], order[together + step])
    return pairs


def _alike(words: NDArray[np.uint64], one: NDArray[np.int64], other: NDArray[np.int64]) -> Pairs:
    pairs: Pairs = set()
    for start in range(0, len(one), AT_ONCE):
        left, right = one[start : start + AT_ONCE], other[start : start + AT_ONCE]
        differ = np.bitwise_count(words[left] ^ words[right]).sum(axis=1)
        near = (differ <= ALIKE) & (left < right)
        pairs.update(zip(left[near].tolist(), right[near].tolist(), strict=True))
    return pairs
