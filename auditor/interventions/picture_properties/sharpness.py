"""Strength of the details; a soft picture softens others, a sharp one gives nothing."""

from __future__ import annotations

from torch import Tensor

from auditor.interventions.picture_properties.base import (
    MeasuredPictures,
    PictureProperty,
    PropertySwap,
)
from auditor.interventions.transplants import softened


def _measure(pictures: MeasuredPictures) -> Tensor:
    """(N, bands) energy of the background's details, finest first."""
    return pictures.appearance.sharpness


def _give(swap: PropertySwap) -> Tensor:
    return softened(swap.images, swap.own, swap.given)


PROPERTY = PictureProperty(_measure, _give)
