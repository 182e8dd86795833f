"""Width over height of the file, which an exact input squeezes; given by stretching."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from auditor.domain.preprocess import Preprocess
from auditor.interventions.fills import to_uint8
from auditor.interventions.picture_properties.base import (
    FileSwap,
    MeasuredPictures,
    PictureProperty,
    PropertySwap,
    as_planes,
)

MOST_STRETCH = 2.0
"""An aspect ratio is changed at most this far: beyond, most of the picture would be cut off."""
LEAST_SPREAD = 0.05
"""Files whose aspect ratios differ by less than this part have none to give."""


def aspect_of(sizes: Tensor, input_size: Sequence[int]) -> Tensor:
    """(N,) aspect ratio, width over height, of (N, 2) files relative to the (H, W) of the input."""
    height, width = sizes.float().clamp(min=1.0).unbind(1)
    down, across = input_size
    return (width / height) / (across / down)


def stretched(images: Tensor, ratio: Tensor) -> Tensor:
    """(B, 3, H, W) uint8 pictures as if their files were `ratio` times as wide for their height.

    A wider file is squeezed more across, which is: drawn out downwards. Nothing is filled; what is
    drawn out beyond the frame is cut off, evenly about the middle.

    Args:
        images: (B, 3, H, W) uint8.
        ratio: (B,) of the wanted aspect ratio to the own one.
    """
    ratio = ratio.clamp(1 / MOST_STRETCH, MOST_STRETCH)
    across, down = ratio.clamp(max=1.0), (1.0 / ratio).clamp(max=1.0)
    zero = torch.zeros_like(ratio)
    rows = torch.stack([across, zero, zero, zero, down, zero], dim=1).view(-1, 2, 3)
    grid = F.affine_grid(rows, list(images.shape), align_corners=False)
    drawn = F.grid_sample(
        images.float(), grid, mode="bilinear", padding_mode="border", align_corners=False
    )
    same = (ratio - 1.0).abs() < 1e-3
    return torch.where(same[:, None, None, None], images, to_uint8(drawn.clamp(0.0, 255.0)))


def _measure(pictures: MeasuredPictures) -> Tensor:
    return aspect_of(pictures.sizes, pictures.images.shape[2:])


def _give(swap: PropertySwap) -> Tensor:
    return stretched(swap.images, swap.given / swap.own)


def _offered(values: Tensor, preprocess: Preprocess) -> bool:
    """An aspect ratio shows where both sides are resized; where the shorter one is, the rest of
    the file is cut off."""
    squeezes = isinstance(preprocess.resize, tuple)
    return squeezes and float(values.amax() / values.amin()) >= 1 + LEAST_SPREAD


def _give_file(swap: FileSwap) -> tuple[Tensor, Tensor]:
    (height, width), (rows, columns) = swap.image.shape[1:], swap.giver.shape[1:]
    ratio = torch.tensor([(columns / rows) / (width / height)])
    planes = stretched(as_planes(swap.mask), ratio)
    return stretched(swap.image[None], ratio)[0], planes[0, 0] > 127


PROPERTY = PictureProperty(_measure, _give, _offered, _give_file)
