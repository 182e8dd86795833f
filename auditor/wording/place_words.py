"""Where a cue lies, in the reader's language."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final, assert_never

from auditor.domain.cues import OF_PROPERTY, SPEC_OF, Cue
from auditor.domain.locations import (
    Area,
    Location,
    OfBackground,
    OfCue,
    PatchShares,
    Unknown,
    Where,
    read_location,
)
from auditor.domain.messages import N_
from auditor.domain.places import Region, RegionKind
from auditor.wording.catalogue import Translator
from auditor.wording.numbers import ENGLISH, listed
from auditor.wording.numbers import share as told_share
from auditor.wording.place_alias import alias_words

MOST_AREAS: Final = 9
SIDES: Final = (
    *(N_("top"), N_("bottom"), N_("left"), N_("right")),
    *(N_("top and bottom"), N_("left and right")),
    *(N_("top left"), N_("top centre"), N_("top right")),
    *(N_("middle left"), N_("middle centre"), N_("middle right")),
    *(N_("bottom left"), N_("bottom centre"), N_("bottom right")),
)
"""Names of areas, and of sides and corners of regions, without their underscores."""
OF_BACKGROUND: Final = MappingProxyType(
    {
        Cue.COLOUR_CAST: N_("the colour of the background"),
        Cue.EXPOSURE: N_("the brightness of the background"),
    }
)
UNKNOWN: Final = N_(
    "the whole picture or its surroundings, kind unknown ({property} alone carries {share} of it)"
)
_ALONG: Final = N_("along the {side} of the picture, the outer {depth}")
_ALONG_BOTH: Final = N_("along {side} of the picture, the outer {depth} of each")
REGIONS: Final = MappingProxyType(
    {
        **dict.fromkeys(
            (RegionKind.TOP, RegionKind.BOTTOM, RegionKind.LEFT, RegionKind.RIGHT), _ALONG
        ),
        **dict.fromkeys((RegionKind.TOP_AND_BOTTOM, RegionKind.LEFT_AND_RIGHT), _ALONG_BOTH),
        **dict.fromkeys((RegionKind.RING, RegionKind.PEAK), N_("beside the object")),
        RegionKind.FRAME: N_("the outer edge of the picture, {depth} deep"),
        RegionKind.BACKGROUND: N_("all around the object"),
        RegionKind.CORNERS: N_("the corners of the picture"),
    }
)
"""The others are corners."""


def place_words(text: str, _: Translator) -> str:
    """A stored place: `cue_where_code`, `place_code` or number `where` of a reason.

    Runs from before these codes hold English (`cue_where`, `place`), which is read through an
    alias; a text that is none of either stays as it is.
    """
    try:
        location = read_location(text)
    except ValueError:
        return alias_words(text, _)
    return location_words(location, _)


def location_words(location: Location, _: Translator = ENGLISH) -> str:
    """Where a cue lies, for readers."""
    where = location.where
    words = _where(where, _)
    if location.unsure:
        alone = not isinstance(where, OfBackground)
        words = (
            _("{where}, or its background alone: its images cannot tell", where=words)
            if alone
            else _("{where}, or of the whole picture: its images cannot tell", where=words)
        )
    if location.pair is None:
        return words
    first, second = location.pair
    return _("{where}, of '{first}' or of '{second}'", where=words, first=first, second=second)


def _where(where: Where, _: Translator) -> str:
    match where:
        case OfCue(cue):
            return _(SPEC_OF[cue].where)
        case OfBackground(cue):
            return _(OF_BACKGROUND.get(cue) or SPEC_OF[cue].where)
        case PatchShares(shares, cornered):
            return _patches(shares, cornered, _)
        case Unknown(kind, carried):
            return _(UNKNOWN, property=_(OF_PROPERTY[kind].meaning), share=told_share(carried))
        case Region():
            return _region(where, _)
        case _:
            assert_never(where)


def _patches(shares: tuple[tuple[Area, float], ...], cornered: bool, _: Translator) -> str:
    told = [
        _("{side} in {share}", side=_(_name(area)), share=told_share(share))
        for area, share in shares
    ]
    words = listed(told, MOST_AREAS, _)
    if cornered:
        return _("a corner of the picture: {shares} of its images", shares=words)
    return _("{shares} of its images", shares=words)


def _region(region: Region, _: Translator) -> str:
    message = REGIONS.get(region.kind) or N_("the {side} corner of the picture")
    return _(message, side=_(_name(region.kind)), depth=told_share(region.depth))


def _name(code: Area | RegionKind) -> str:
    """The message of an area or a region's kind: `top_and_bottom` is "top and bottom"."""
    return code.value.replace("_", " ")
