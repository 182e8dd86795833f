"""Perceptual hashes: two pictures that look the same have nearly the same one; torch-free."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.fft import dct

BITS: Final = 256
_SIDE: Final = 16
SMALL: Final = 4 * _SIDE
"""Side of the picture whose frequencies are looked at."""


THUMB: Final = 16
COARSE: Final = 4
SIGNATURE: Final = BITS // 8 + THUMB * THUMB + COARSE * COARSE * 2


def phash(small: NDArray[np.uint8]) -> tuple[bytes, ...]:
    """The pHash of pictures made small: signs of the lowest 16 x 16 frequencies (32 bytes each).

    All at once, to the bits of the library imagehash, which takes pictures one by one and three
    times as long.

    Args:
        small: (N, SMALL, SMALL, 3) RGB.

    Source: Zauner, "Implementation and benchmarking of perceptual image hash functions", 2010.
    """
    low = _lowest_frequencies(_grey(small))
    signs = low > np.median(low, axis=1, keepdims=True)
    return tuple(row.tobytes() for row in np.packbits(signs, axis=1))


def signatures(small: NDArray[np.uint8]) -> tuple[bytes, ...]:
    """The pHash of pictures, and behind it what a second look at their pixels needs (`SIGNATURE`
    bytes each): a grey thumbnail, then the colour of a coarser one (Cb and Cr).

    Args:
        small: (N, SMALL, SMALL, 3) RGB.
    """
    grey = _averaged(_grey(small)[..., None], THUMB)
    colour = _averaged(_chroma(small), COARSE)
    rows = zip(phash(small), grey, colour, strict=True)
    return tuple(value + g.tobytes() + c.tobytes() for value, g, c in rows)


def _averaged(pixels: NDArray[np.generic], side: int) -> NDArray[np.uint8]:
    """(N, SMALL, SMALL, C) to (N, side, side, C): means of blocks."""
    block = SMALL // side
    shape = (len(pixels), side, block, side, block, pixels.shape[-1])
    means = pixels.reshape(shape).mean(axis=(2, 4), dtype=np.float32)
    return np.asarray(np.clip(means.round(), 0, 255).astype(np.uint8))


def _chroma(small: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(N, SMALL, SMALL, 2) by PIL's weights (JPEG's), 128 is grey."""
    stacked = np.ascontiguousarray(small).reshape(-1, SMALL, 3)
    both = np.asarray(Image.fromarray(stacked).convert("YCbCr"))[..., 1:]
    return both.reshape(-1, SMALL, SMALL, 2)


def _grey(small: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(N, h, w) by PIL's weights: all pictures below each other are one."""
    stacked = np.ascontiguousarray(small).reshape(-1, SMALL, 3)
    return np.asarray(Image.fromarray(stacked).convert("L")).reshape(-1, SMALL, SMALL)


def _lowest_frequencies(grey: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(N, 256): the lowest 16 x 16 of the cosine transform, not normalised."""
    down = dct(grey.astype(np.float64), axis=1)[:, :_SIDE]
    across = dct(down, axis=2)[:, :, :_SIDE]
    return np.ascontiguousarray(across).reshape(len(grey), BITS)
