"""Perceptual hashes of networks' views."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import Tensor
from torchvision.transforms.v2 import functional as transforms

from auditor.data.checks.phash import SMALL, phash, signatures


def perceptual_hashes(views: Tensor) -> tuple[bytes, ...]:
    """The pHash of each view, 32 bytes.

    Of the view and not of the file, because it is the view that the network answers to: two crops
    of one photo that it sees as two pictures are two.

    Args:
        views: (N, 3, H, W) uint8 RGB.
    """
    return phash(_small(views))


def picture_signatures(views: Tensor) -> tuple[bytes, ...]:
    """The same with what a second look needs behind each (`phash.signatures`)."""
    return signatures(_small(views))


def _small(views: Tensor) -> NDArray[np.uint8]:
    small = transforms.resize_image(views, [SMALL, SMALL]).permute(0, 2, 3, 1)
    return np.asarray(small.numpy())
