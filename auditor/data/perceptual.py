"""Perceptual hashes: two pictures that look the same have nearly the same one."""

from __future__ import annotations

from typing import Final

import imagehash
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torchvision.transforms.v2 import functional as transforms

BITS: Final = 256
_SIDE: Final = 16
_SMALL: Final = 4 * _SIDE
"""Side of the picture whose frequencies the library looks at."""


def perceptual_hashes(views: Tensor) -> tuple[bytes, ...]:
    """The pHash of networks' views: signs of the lowest 16 x 16 frequencies (32 bytes each).

    Of the view and not of the file, because it is the view that the network answers to: two crops
    of one photo that it sees as two pictures are two. All views are made small together, by
    torchvision, which takes a third of the time.

    Args:
        views: (N, 3, H, W) uint8 RGB.

    Source: Zauner, "Implementation and benchmarking of perceptual image hash functions", 2010, as
    the library imagehash has it.
    """
    small = transforms.resize(views, [_SMALL, _SMALL], antialias=True).permute(0, 2, 3, 1).numpy()
    pictures = (Image.fromarray(np.ascontiguousarray(each)) for each in small)
    return tuple(packed(imagehash.phash(each, hash_size=_SIDE).hash) for each in pictures)


def packed(bits: NDArray[np.bool_]) -> bytes:
    """Bits of a hash, eight a byte."""
    return np.packbits(bits.ravel()).tobytes()
