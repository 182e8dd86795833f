"""Where in the picture something was done: the one codec of the column `trials.place`.

A closed union of kinds. `write_place` makes the stored text, `read_place` reads it again, also the
texts of runs that were written before a kind was named in them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from auditor.domain.cues import PropertyKind, RegionKind

__all__ = [
    "Colour",
    "Colours",
    "EdgePatch",
    "Patch",
    "Place",
    "Property",
    "PropertyKind",
    "Region",
    "RegionKind",
    "read_place",
    "square_of",
    "typical_area",
    "write_place",
]

Colour = tuple[int, int, int]
"""Mean red, green and blue, 0..255."""


@dataclass(frozen=True, slots=True)
class Patch:
    """A square of the view: top and left as shares of its height and width, the side as a share of
    its shorter side. Stored to a thousandth."""

    top: float
    left: float
    side: float


@dataclass(frozen=True, slots=True)
class EdgePatch:
    """A square around a point on an object's outline.

    Attributes:
        patch: the square.
        needed: number of the outline point that the network needs most, from 0. The control of a
            trial lies at another point and keeps this number.
    """

    patch: Patch
    needed: int


@dataclass(frozen=True, slots=True)
class Colours:
    """No square: the mean colours of an image whose colour cast was taken away."""

    object_: Colour
    background: Colour


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the picture that was exchanged with another picture's.

    Attributes:
        kind: which.
        depth: how deep it reaches, as a share of the view's height (bands at top and bottom), its
            width (left and right) or its shorter side (corners, frame, ring, square); 1 for the
            whole background. Stored to a thousandth.
    """

    kind: RegionKind
    depth: float


@dataclass(frozen=True, slots=True)
class Property:
    """A property of the whole picture, object and background alike."""

    kind: PropertyKind


Place = Patch | EdgePatch | Colours | Region | Property


def typical_area(region: Region) -> float:
    """About what share of a picture a region takes, 0..1, with an object of half its side: orders
    regions by their size."""
    depth = region.depth
    square, frame = depth**2, 1.0 - max(0.0, 1 - 2 * depth) ** 2
    areas = {
        RegionKind.TOP_AND_BOTTOM: 2 * depth,
        RegionKind.LEFT_AND_RIGHT: 2 * depth,
        RegionKind.TOP_LEFT: square,
        RegionKind.TOP_RIGHT: square,
        RegionKind.BOTTOM_LEFT: square,
        RegionKind.BOTTOM_RIGHT: square,
        RegionKind.PEAK: square,
        RegionKind.CORNERS: 4 * square,
        RegionKind.FRAME: frame,
        RegionKind.RING: (0.5 + 2 * depth) ** 2 - 0.25,
    }
    return min(1.0, areas.get(region.kind, depth))


def write_place(place: Place) -> str:
    """The stored text of a place."""
    match place:
        case Patch(top, left, side):
            return f"patch {top:.3f} {left:.3f} {side:.3f}"
        case EdgePatch(Patch(top, left, side), needed):
            return f"edge {top:.3f} {left:.3f} {side:.3f} {needed}"
        case Colours(object_, background):
            return f"colours {' '.join(str(value) for value in (*object_, *background))}"
        case Region(kind, depth):
            return f"region {kind.value} {depth:.3f}"
        case Property(kind):
            return f"property {kind.value}"
        case _:
            assert_never(place)


def read_place(text: str) -> Place:
    """The place that a trial stores.

    Args:
        text: as `write_place` made it, or as versions before it wrote numbers alone: three for a
            patch, four at an object's edge, six for colours.

    Raises:
        ValueError: a text that names no place.
    """
    words = text.split()
    if words and words[0] not in _READERS:
        words = [_UNNAMED.get(len(words), ""), *words]
    try:
        return _READERS[words[0]](words[1:])
    except (IndexError, KeyError, TypeError, ValueError):
        raise ValueError(f"expected the place of a trial, got {text!r}") from None


def square_of(place: Place) -> Patch | None:
    """The square that a place fills, None where it is no square of the view."""
    match place:
        case Patch():
            return place
        case EdgePatch(patch, _):
            return patch
        case Colours() | Region() | Property():
            return None
        case _:
            assert_never(place)


def _patch(words: list[str]) -> Patch:
    top, left, side = map(float, words)
    return Patch(top, left, side)


def _edge(words: list[str]) -> EdgePatch:
    *patch, needed = words
    return EdgePatch(_patch(patch), int(needed))


def _colours(words: list[str]) -> Colours:
    a, b, c, d, e, f = map(int, words)
    return Colours((a, b, c), (d, e, f))


def _region(words: list[str]) -> Region:
    kind, depth = words
    return Region(RegionKind(kind), float(depth))


def _property(words: list[str]) -> Property:
    (kind,) = words
    return Property(PropertyKind(kind))


_READERS: dict[str, Callable[[list[str]], Place]] = {
    "patch": _patch,
    "edge": _edge,
    "colours": _colours,
    "region": _region,
    "property": _property,
}
_UNNAMED = {3: "patch", 4: "edge", 6: "colours"}
"""What stored numbers without a name are, by their count."""
