"""Masks as COCO's compressed run-length encoding, in numpy.

Runs go down the columns and begin with background. Each run from the fourth on is written as its
difference to the run two before; a number is written in groups of five bits, low ones first, with
bit 5 set while more follow and the sign in the last group's bit 4, each group plus 48 as one ASCII
character (`rleToString` of the COCO API's maskApi.c; Lin et al. 2014).
"""

from __future__ import annotations

import json
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from auditor.domain.bounds import MOST_PIXELS

MOST_GROUPS: Final = 7
"""Five-bit groups of the longest run that an image can have (2^31 and a sign)."""


def encode_rle(mask: NDArray[np.bool_]) -> str:
    """A (H, W) bool mask as JSON: {"size": [H, W], "counts": "..."}."""
    height, width = mask.shape
    return json.dumps({"size": [height, width], "counts": encode_counts(mask)})


def decode_rle(text: str) -> NDArray[np.bool_]:
    """The inverse of `encode_rle`.

    Raises:
        ValueError: if the text is not such an encoding, its runs do not fill the mask, or it
            claims no pixel or more than `MOST_PIXELS` (a few bytes can claim any size).
    """
    try:
        value = json.loads(text)
        height, width = (int(side) for side in value["size"])
        counts = str(value["counts"])
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise ValueError(f"not a run-length encoded mask: {text[:80]!r}") from error
    if min(height, width) < 1 or height * width > MOST_PIXELS:
        raise ValueError(f"a run-length encoded mask cannot have {width}x{height} pixels")
    return decode_counts(counts, (height, width))


def encode_counts(mask: NDArray[np.bool_]) -> str:
    """The compressed runs of a (H, W) bool mask, as the COCO API writes `counts`."""
    flat = mask.ravel(order="F")
    ends = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    runs = np.diff(np.concatenate(([0], ends, [flat.size])))
    return encode_runs(np.concatenate(([0], runs)) if flat.size and flat[0] else runs)


def encode_runs(runs: ArrayLike) -> str:
    """Compressed runs of their plain lengths, background first."""
    lengths = np.asarray(runs, dtype=np.int64)
    deltas = lengths.copy()
    deltas[3:] -= lengths[1:-2]
    return _characters(deltas)


def decode_counts(counts: str, size: tuple[int, int]) -> NDArray[np.bool_]:
    """A (H, W) bool mask of compressed runs.

    Raises:
        ValueError: if the text is damaged or the runs do not fill (H, W).
    """
    height, width = size
    runs = _lengths(counts)
    # In float64 too: runs of a damaged text can be large enough to wrap around to the right sum.
    fits = runs.size and runs.min() >= 0 and runs.astype(np.float64).sum() == height * width
    if min(size) < 0 or not fits:
        raise ValueError(f"the runs do not fill a mask of {height}x{width}")
    inside = np.arange(runs.size) % 2 == 1
    return np.repeat(inside, runs).reshape((height, width), order="F")


def object_columns(counts: str, height: int) -> tuple[int, int] | None:
    """First and last column of an encoding's object pixels, without decoding; None without any.

    Raises:
        ValueError: if the text is damaged.
    """
    runs = _lengths(counts)
    ends = np.cumsum(runs)
    inside = np.flatnonzero((np.arange(runs.size) % 2 == 1) & (runs > 0))
    if not inside.size:
        return None
    first, last = inside[0], inside[-1]
    return int((ends[first] - runs[first]) // height), int((ends[last] - 1) // height)


def _lengths(counts: str) -> NDArray[np.int64]:
    runs = _numbers(counts)
    runs[1::2] = np.cumsum(runs[1::2])
    runs[2::2] = np.cumsum(runs[2::2])
    return runs


def _characters(numbers: NDArray[np.int64]) -> str:
    groups = np.stack([numbers >> (5 * k) for k in range(MOST_GROUPS)], axis=1)
    low = groups & 31
    rest = groups >> 5
    # The last group is the first whose rest is only its own sign.
    done = np.where(low & 16, rest == -1, rest == 0)
    last = done.argmax(axis=1)
    position = np.arange(MOST_GROUPS)
    written = position <= last[:, None]
    characters = low + 32 * (position < last[:, None]) + 48
    text: bytes = characters[written].astype(np.uint8).tobytes()
    return text.decode("ascii")


def _numbers(counts: str) -> NDArray[np.int64]:
    try:
        groups = np.frombuffer(counts.encode("ascii"), dtype=np.uint8).astype(np.int64) - 48
    except UnicodeEncodeError as error:
        raise ValueError("the runs are not ASCII") from error
    if not groups.size:
        return np.zeros(0, dtype=np.int64)
    ends = groups & 32 == 0
    if groups.min() < 0 or groups.max() > 63 or not ends[-1]:
        raise ValueError("the runs are damaged")
    number = np.cumsum(ends) - ends
    starts = np.concatenate(([0], np.flatnonzero(ends)[:-1] + 1))
    place = np.arange(groups.size) - starts[number]
    if place.max() >= MOST_GROUPS:
        raise ValueError("a run is longer than any image")
    values = np.zeros(number[-1] + 1, dtype=np.int64)
    np.add.at(values, number, (groups & 31) << (5 * place))
    negative = (groups[ends] & 16) != 0
    values[negative] -= 1 << (5 * (place[ends][negative] + 1))
    return values
