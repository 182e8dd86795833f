"""Colour cast of the background; given by a von Kries scaling, in either direction."""

from __future__ import annotations

from torch import Tensor

from auditor.interventions.picture_properties.base import (
    MeasuredPictures,
    PictureProperty,
    PropertySwap,
)
from auditor.interventions.transplants import tinted


def _measure(pictures: MeasuredPictures) -> Tensor:
    """(N, 3) colour casts, 0..255."""
    return pictures.appearance.colour_casts


def _give(swap: PropertySwap) -> Tensor:
    return tinted(swap.images, swap.own, swap.given)


PROPERTY = PictureProperty(_measure, _give)
