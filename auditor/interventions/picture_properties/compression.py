"""JPEG compression that a picture has been through, told from its pixels, and given to others.

A file's own header tells its last compression only: a picture that was compressed strongly and
saved again shows the first one in its blocks all the same. Compressing it once more at the quality
of then changes it less than at a slightly higher one (Farid 2009, "Exposing digital forgeries from
JPEG ghosts"), so the curve of change against quality has a dip there.
"""

from __future__ import annotations

import io

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from auditor.domain.preprocess import Preprocess
from auditor.interventions.picture_properties.base import (
    FileSwap,
    MeasuredPictures,
    PictureProperty,
    PropertySwap,
)

QUALITIES = (
    *(4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 25, 28, 30, 33, 36),
    *(40, 45, 50, 55, 60, 65, 70, 75),
)
"""Tried, weakest last. Compression beyond the last one leaves nothing to see at any network's
input."""
DIP = 0.93
"""A dip: the change is at most this share of that at the next two qualities."""
LARGEST = 512
"""Pixels a side of the part that is looked at."""

Pixels = NDArray[np.uint8]


def compressed(image: Pixels, quality: int) -> Pixels:
    """(H, W, 3) uint8 RGB after JPEG compression, colour at half resolution as cameras do."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=quality, subsampling=2)
    with Image.open(file) as again:
        return np.asarray(again.convert("RGB"))


def quality_of(image: Pixels) -> int | None:
    """The JPEG quality that an (H, W, 3) uint8 RGB picture was compressed at, of `QUALITIES`; None
    where no strong compression shows.

    The picture's first pixel has to be that of the compressed one: blocks are aligned to it.
    """
    part = np.ascontiguousarray(image[:LARGEST, :LARGEST])
    bright = part.astype(np.float32).mean(axis=2)
    change = [
        float(np.abs(compressed(part, quality).astype(np.float32).mean(axis=2) - bright).mean())
        for quality in QUALITIES
    ]
    dips = (
        quality
        for i, quality in enumerate(QUALITIES[:-2])
        if change[i] <= DIP * max(change[i + 1 : i + 3])
    )
    # The strongest: finer steps that divide its own leave the picture alone, too.
    return next(dips, None)


def _measure(pictures: MeasuredPictures) -> Tensor:
    return pictures.qualities


def _give(swap: PropertySwap) -> Tensor:
    """Pictures whose files were compressed as strongly as their givers'."""
    if swap.file_view is None:
        return swap.images
    images = swap.images.clone()
    qualities = zip(swap.own.tolist(), swap.given.tolist(), strict=True)
    for row, (own, given) in enumerate(qualities):
        if given and not 0 < own <= given:
            view = swap.file_view(swap.case_ids[row], int(given))
            images[row] = view.to(images.device)
    return images


def _offered(values: Tensor, _preprocess: Preprocess) -> bool:
    return bool(values.any())


def _give_file(swap: FileSwap) -> tuple[Tensor, Tensor]:
    quality = quality_of(swap.giver.permute(1, 2, 0).contiguous().numpy())
    if quality is None:
        return swap.image, swap.mask
    again = compressed(swap.image.permute(1, 2, 0).contiguous().numpy(), quality)
    return torch.from_numpy(again.copy()).permute(2, 0, 1).contiguous(), swap.mask


PROPERTY = PictureProperty(_measure, _give, _offered, _give_file)
