"""Brightness that falls or rises with the distance from the middle; given in either direction."""

from __future__ import annotations

import torch
from torch import Tensor

from auditor.interventions.picture_properties.base import (
    MOST_GAIN,
    MeasuredPictures,
    PictureProperty,
    PropertySwap,
    clamped,
)

OFFSET = 8.0
"""Added to brightness before its logarithm, so that black counts finitely."""


def squared_distance(images: Tensor) -> Tensor:
    """(H, W) float32 squared distance from the middle, 1 at the corners."""
    height, width = images.shape[2:]
    down, across = (
        ((torch.arange(side, device=images.device) + 0.5) / side - 0.5) for side in (height, width)
    )
    return (down[:, None].square() + across[None].square()) / 0.5


def _measure(pictures: MeasuredPictures) -> Tensor:
    """(N,) slope of the logarithm of brightness over the squared distance; negative where the
    picture falls off."""
    logs = (pictures.bright + OFFSET).log()
    return _slope(squared_distance(pictures.images).expand_as(logs), logs, pictures.background)


def _give(swap: PropertySwap) -> Tensor:
    slope = swap.given - swap.own
    # Middles stay as they are: a lens takes light from the edge, it adds none.
    gain = (slope[:, None, None] * squared_distance(swap.images)).exp()
    return clamped(swap.images.float() * gain[:, None].clamp(1 / MOST_GAIN, MOST_GAIN))


def _slope(x: Tensor, y: Tensor, weight: Tensor) -> Tensor:
    """(N,) weighted least squares."""
    total = weight.sum(dim=(1, 2)).clamp(min=1.0)
    middle_x, middle_y = ((v * weight).sum(dim=(1, 2)) / total for v in (x, y))
    dx, dy = x - middle_x[:, None, None], y - middle_y[:, None, None]
    varies = (dx.square() * weight).sum(dim=(1, 2)).clamp(min=1e-6)
    return (dx * dy * weight).sum(dim=(1, 2)) / varies


PROPERTY = PictureProperty(_measure, _give)
