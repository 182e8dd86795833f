"""Spread of the brightness about its mean; given by a gain about it, in either direction."""

from __future__ import annotations

import torch
from torch import Tensor

from auditor.interventions.picture_properties.base import (
    MeasuredPictures,
    PictureProperty,
    PropertySwap,
    clamped,
    gain_between,
    moments,
)


def _measure(pictures: MeasuredPictures) -> Tensor:
    """(N, 2) mean and standard deviation of the background's brightness, 0..255."""
    return torch.stack(moments(pictures.bright, pictures.background), dim=1)


def _give(swap: PropertySwap) -> Tensor:
    middle = swap.own[:, 0][:, None, None, None]
    gain = gain_between(swap.own[:, 1], swap.given[:, 1])
    return clamped((swap.images.float() - middle) * gain + middle)


PROPERTY = PictureProperty(_measure, _give)
