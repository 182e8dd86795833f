"""The smallest part or property of the picture that carries what the whole background does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from auditor.domain.cues import OF_PROPERTY, OF_REGION, SPEC_OF, Cue, CueSpec
from auditor.domain.places import (
    Place,
    Property,
    PropertyKind,
    Region,
    RegionKind,
    typical_area,
)
from auditor.findings.evidence.localisation import Localisation, Shares
from auditor.statistics.effects import Effect

CARRIES = 0.8
"""Share of what the whole background does that names a part (docs/science.md section 3)."""
CARRIES_BACK = 0.6
"""Share of the other direction: a part that is given comes to lie under objects, one that is
taken leaves what lies on the object."""
PROPERTY_CARRIES, PROPERTY_BACK = 0.65, 0.5
"""Of a property the mean share of both directions, and each: one number, fitted to a picture and
put on another, comes close to what was there and no closer, and a dozen pictures measure either
direction roughly, the mean of both better."""
NEARLY = 0.7
"""Share of loss and gain with which one side stands for both, where the two together carry enough
and the other has at most half of that: a stamp at the bottom needs nothing at the top."""
MEASURES = (0, 1)
"""Of `Localisation.shares`: with the partner's answer, and without it where that tells."""
SMALL = 0.45
"""A part of more than this share of the picture is no place: half of a scene carries most of it."""
ALONE, ALONE_AREA = 0.9, 0.25
"""A region of at most this share of the picture (or the corners) that by itself carries this share
of loss and of gain leaves nothing to a property of every pixel."""
AT_THE_RIM = frozenset((PropertyKind.VIGNETTE, PropertyKind.BARS))
"""Properties that bands, frames and corners carry because they hold them."""
SQUARES = frozenset(
    (
        RegionKind.TOP_LEFT,
        RegionKind.TOP_RIGHT,
        RegionKind.BOTTOM_LEFT,
        RegionKind.BOTTOM_RIGHT,
        RegionKind.PEAK,
    )
)
"""Regions at one place, which hold little of any property."""
AT_LEAST_WON = 0.5
"""Share of the effect floor that a property has to win where it costs the floor."""


@dataclass(frozen=True, slots=True)
class LocalisedCue:
    """What carries the effect.

    Attributes:
        spec: of the cue.
        place: the region or property.
        strength: probability lost without it; of what cannot be taken away, won with it.
    """

    spec: CueSpec
    place: Place
    strength: Effect


WITH_CORNERS = frozenset((*SPEC_OF[Cue.BORDER_BAND].regions, RegionKind.FRAME))
"""Regions that hold corners. Of a band's length corners hold 60%: too little to carry it."""


def localised_cue(found: Localisation, floor: float) -> LocalisedCue | None:
    """The property that explains the effect best, else the smallest region that carries it.

    None where nothing but the background as a whole does, and of regions that cost less than the
    floor, of which a dozen pictures cannot tell. A property comes first: it keeps the
    content of the picture, so what it explains no content has to. One that carries the effect only
    without the partner's answer has to carry nearly all of it where a region does so with that
    answer: a frame is no vignette because that, too, moves the answers of all other classes. And a
    property gives way to a small region that does everything by itself: a bright tag raises the
    contrast of its picture, and without that contrast it is no bright tag any more; but of a
    contrast that is the cue no corner has all.

    Args:
        found: of a class.
        floor: effect floor.
    """
    regions = [_regions(found, floor, measure) for measure in MEASURES]
    properties = list(_properties(found, floor, 0))
    if not properties:
        least = CARRIES if regions[0] else 0.0
        properties = [each for each in _properties(found, floor, 1) if each[0] >= least]
    best = max(properties, key=lambda each: each[0])[1] if properties else None
    if best is not None and not any(_explains(found, p, best.place) for p in regions[0]):
        return best
    carrying = regions[0] | regions[1]
    if any(place.kind is RegionKind.CORNERS for place in carrying):
        # What lies in the corners lies in bands and frames, too.
        carrying = frozenset(p for p in carrying if p.kind not in WITH_CORNERS)
    if not carrying:
        return None
    place = min(carrying, key=lambda p: (typical_area(p), p.kind is RegionKind.PEAK, p.kind))
    place = _one_side(place, found) or place
    return LocalisedCue(OF_REGION[place.kind], place, found.parts[place].lost)


def _explains(found: Localisation, region: Region, place: Place) -> bool:
    """Whether a small region carries all that this property does: with the partner's answer, and
    of the loss surely the least that names a part."""
    if isinstance(place, Property) and place.kind in AT_THE_RIM:
        small = region.kind in SQUARES
    else:
        small = region.kind is RegionKind.CORNERS or typical_area(region) <= ALONE_AREA
    carried = found.parts[region]
    low = carried.lost.low
    surely = low is None or low >= CARRIES_BACK * found.whole.lost.mean
    return small and surely and found.shares(carried)[0].least >= ALONE


def _regions(found: Localisation, floor: float, measure: int) -> frozenset[Region]:
    return frozenset(
        place
        for place, carried in found.parts.items()
        if isinstance(place, Region)
        and typical_area(place) <= SMALL
        and carried.lost.mean >= floor
        and any(map(_carries, found.shares(carried)[measure : measure + 1]))
    )


SIDES: Mapping[RegionKind, tuple[RegionKind, RegionKind]] = {
    RegionKind.TOP_AND_BOTTOM: (RegionKind.TOP, RegionKind.BOTTOM),
    RegionKind.LEFT_AND_RIGHT: (RegionKind.LEFT, RegionKind.RIGHT),
}


def _one_side(place: Region, found: Localisation) -> Region | None:
    """The smallest band at one side that carries nearly all, where the other side has little."""
    shares = {
        part: _least(found.shares(carried))
        for part, carried in found.parts.items()
        if isinstance(part, Region) and part.kind in SIDES.get(place.kind, ())
    }
    nearly = [part for part, share in shares.items() if share >= NEARLY]
    kinds = {part.kind for part in nearly}
    others = [share for part, share in shares.items() if part.kind not in kinds]
    if len(kinds) != 1 or max(others, default=0.0) > NEARLY / 2:
        return None
    return min(nearly, key=typical_area)


def strongest_property(found: Localisation) -> tuple[Property, float] | None:
    """The property that carries most of what the whole background does, and its share: of loss and
    gain the smaller one, of one that cannot be taken away the gain.

    Between two classes such a gain is no hint: what makes the other class's pictures hard to
    recognise is answered with this one.
    """
    shares = []
    for place, carried in found.parts.items():
        if not isinstance(place, Property):
            continue
        told = found.shares(carried)
        if not OF_PROPERTY[place.kind].one_sided:
            shares.append((_least(told), place))
        elif len(told) > 1:
            shares.append((_won(told), place))
    if not shares:
        return None
    share, place = max(shares, key=lambda each: (each[0], each[1].kind))
    return place, share


def _properties(
    found: Localisation, floor: float, measure: int
) -> Iterator[tuple[float, LocalisedCue]]:
    for place, carried in found.parts.items():
        if not isinstance(place, Property):
            continue
        spec = OF_PROPERTY[place.kind]
        shares = found.shares(carried)[measure : measure + 1]
        if spec.one_sided:
            if carried.won.mean >= floor and any(each.won >= CARRIES for each in shares):
                yield _won(shares), LocalisedCue(spec, place, carried.won)
        elif (
            carried.lost.mean >= floor
            and max(carried.won.mean, carried.rest.won) >= AT_LEAST_WON * floor
            and any(map(_property_carries, shares))
        ):
            yield _least(shares), LocalisedCue(spec, place, carried.lost)


def _carries(shares: Shares) -> bool:
    return shares.most >= CARRIES and shares.least >= CARRIES_BACK


def _property_carries(shares: Shares) -> bool:
    mean = (shares.lost + shares.won) / 2
    return mean >= PROPERTY_CARRIES and shares.least >= PROPERTY_BACK


def _least(shares: Iterable[Shares]) -> float:
    """Of loss and gain the smaller share, in the measure that tells most."""
    return max(each.least for each in shares)


def _won(shares: Iterable[Shares]) -> float:
    return max(each.won for each in shares)
