"""Pixels of the file along the input: a coarse one takes details away, a fine one gives nothing."""

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
)

STEPS = 32
"""Resolutions are told apart in steps of this part of the input."""
LEAST_SPREAD = 0.05
"""Files whose resolutions differ by less than this part have none to give."""


def resolution_of(sizes: Tensor, input_size: Sequence[int]) -> Tensor:
    """(N,) resolution, at most 1, of (N, 2) files relative to the (H, W) of the input.

    The coarser side counts: along it the input shows the fewest pixels of the file.
    """
    height, width = sizes.float().clamp(min=1.0).unbind(1)
    down, across = input_size
    return torch.minimum(height / down, width / across).clamp(max=1.0)


def coarsened(images: Tensor, own: Tensor, given: Tensor) -> Tensor:
    """(B, 3, H, W) uint8 pictures with no more pixels than their donors' files had.

    Args:
        images: (B, 3, H, W) uint8.
        own, given: (B,) resolutions, 0..1; a finer one changes nothing.
    """
    steps = (given * STEPS).round().clamp(min=1).where(given < own, torch.tensor(float(STEPS)))
    changed = images.clone()
    for step in sorted(set(steps.tolist())):
        if step >= STEPS:
            continue
        rows = (steps == step).nonzero()[:, 0]
        size = [max(1, round(side * step / STEPS)) for side in images.shape[2:]]
        small = F.interpolate(images[rows].float(), size=size, mode="bilinear", antialias=True)
        large = F.interpolate(small, size=images.shape[2:], mode="bilinear", align_corners=False)
        changed[rows] = to_uint8(large.clamp(0.0, 255.0))
    return changed


def _measure(pictures: MeasuredPictures) -> Tensor:
    return resolution_of(pictures.sizes, pictures.images.shape[2:])


def _give(swap: PropertySwap) -> Tensor:
    return coarsened(swap.images, swap.own, swap.given)


def _offered(values: Tensor, _preprocess: Preprocess) -> bool:
    return float(values.amax() - values.amin()) >= LEAST_SPREAD


def _give_file(swap: FileSwap) -> tuple[Tensor, Tensor]:
    sizes = torch.tensor([list(each.shape[1:]) for each in (swap.image, swap.giver)])
    coarse = resolution_of(sizes, swap.image.shape[1:])
    return coarsened(swap.image[None], coarse[:1], coarse[1:])[0], swap.mask


PROPERTY = PictureProperty(_measure, _give, _offered, _give_file)
