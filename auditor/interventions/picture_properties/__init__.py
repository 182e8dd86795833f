"""Properties of whole pictures: measured on each, and given from one to another.

One file per property, named after its id (`PropertyKind`), holds its computation as `PROPERTY`; its
row stands in `auditor.domain.cues`. Exposure, contrast, tint and vignette can be given in either
direction. Sharpness, noise and compression only add up: what a soft, a clean or a finely compressed
picture gives changes nothing. So does resolution; an aspect ratio is given by stretching.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType

from torch import Tensor

from auditor.domain.places import PropertyKind
from auditor.domain.preprocess import Preprocess
from auditor.interventions.picture_properties.base import (
    FileSwap,
    MeasuredPictures,
    PictureProperty,
    PropertySwap,
)

__all__ = [
    "FileSwap",
    "MeasuredPictures",
    "PictureProperty",
    "Properties",
    "PropertySwap",
    "give_property",
    "measure_properties",
    "offered_properties",
    "property_of",
]

Properties = Mapping[PropertyKind, Tensor]
"""(N, ...) values of every property of N pictures."""


def _load(kind: PropertyKind) -> PictureProperty:
    found: PictureProperty = import_module(f"{__name__}.{kind.value}").PROPERTY
    return found


_PROPERTIES: Mapping[PropertyKind, PictureProperty] = MappingProxyType(
    {kind: _load(kind) for kind in PropertyKind}
)


def property_of(kind: PropertyKind) -> PictureProperty:
    """The computation of a property."""
    return _PROPERTIES[kind]


def measure_properties(pictures: MeasuredPictures) -> Properties:
    """Every property of N pictures, of their background where there is an object."""
    return {kind: each.measure(pictures) for kind, each in _PROPERTIES.items()}


def offered_properties(values: Properties, preprocess: Preprocess) -> list[PropertyKind]:
    """Those that any of the measured pictures has to give."""
    return [k for k, each in _PROPERTIES.items() if each.offered(values[k], preprocess)]


def give_property(kind: PropertyKind, swap: PropertySwap) -> Tensor:
    """(B, 3, H, W) uint8 pictures with one property of their givers."""
    return _PROPERTIES[kind].give(swap)
