"""Mean brightness; given by a gain, in either direction."""

from __future__ import annotations

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
    """(N,) mean brightness of the background, 0..255."""
    return moments(pictures.bright, pictures.background)[0]


def _give(swap: PropertySwap) -> Tensor:
    return clamped(swap.images.float() * gain_between(swap.own, swap.given))


PROPERTY = PictureProperty(_measure, _give)
