"""Noise of the sensor or film; what is missing is added, a clean picture gives nothing."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from auditor.interventions.picture_properties.base import (
    MeasuredPictures,
    PictureProperty,
    PropertySwap,
    clamped,
)

IMMERKAER = ((1.0, -2.0, 1.0), (-2.0, 4.0, -2.0), (1.0, -2.0, 1.0))
"""Difference of two Laplacians, blind to edges (Immerkaer 1996, "Fast noise variance
estimation")."""


def _measure(pictures: MeasuredPictures) -> Tensor:
    """(N,) standard deviation of the noise, 0..255; 0 where no background is left."""
    kernel = torch.tensor(IMMERKAER, device=pictures.images.device)[None, None]
    rough = F.conv2d(pictures.bright[:, None], kernel)[:, 0].abs() / 6.0
    inner = pictures.background[:, 1:-1, 1:-1]
    # A median: texture is rough at some places, noise everywhere.
    known = torch.where(inner > 0, rough, torch.nan).flatten(1)
    return (known.nanmedian(dim=1).values / 0.6745).nan_to_num(0.0)


def _give(swap: PropertySwap) -> Tensor:
    missing = swap.given.square() - swap.own.square()
    added = missing.clamp(min=0.0).sqrt()[:, None, None, None]
    noisy = clamped(swap.images.float() + added * swap.noise)
    return torch.where(added > 0, noisy, swap.images)


PROPERTY = PictureProperty(_measure, _give)
