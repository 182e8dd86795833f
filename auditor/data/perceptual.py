"""Perceptual hashes: two pictures that look the same have nearly the same one."""

from __future__ import annotations

from typing import Final

import imagehash
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

BITS: Final = 256
_SIDE: Final = 16


def perceptual_hash(view: Tensor) -> bytes:
    """The pHash of a network's view: signs of the lowest 16 x 16 frequencies (32 bytes).

    Of the view and not of the file, because it is the view that the network answers to: two crops
    of one photo that it sees as two pictures are two.

    Args:
        view: (3, H, W) uint8 RGB.

    Source: Zauner, "Implementation and benchmarking of perceptual image hash functions", 2010, as
    the library imagehash has it.
    """
    picture = Image.fromarray(view.permute(1, 2, 0).numpy())
    return packed(imagehash.phash(picture, hash_size=_SIDE).hash)


def packed(bits: NDArray[np.bool_]) -> bytes:
    """Bits of a hash, eight a byte."""
    return np.packbits(bits.ravel()).tobytes()
