"""Where in the picture a cue lies: codes and numbers, without words.

The one codec of the columns `cue_where_code` and `place_code` and of a reason's number `where`.
`auditor.wording.place_words` makes the text, and reads the English of runs from before these codes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, assert_never

from auditor.domain.cues import Cue
from auditor.domain.places import PropertyKind, Region, read_place, write_place


class Area(StrEnum):
    """Ninths of a picture, by where a patch's centre lies."""

    TOP_LEFT = "top_left"
    TOP_CENTRE = "top_centre"
    TOP_RIGHT = "top_right"
    MIDDLE_LEFT = "middle_left"
    MIDDLE_CENTRE = "middle_centre"
    MIDDLE_RIGHT = "middle_right"
    BOTTOM_LEFT = "bottom_left"
    BOTTOM_CENTRE = "bottom_centre"
    BOTTOM_RIGHT = "bottom_right"


@dataclass(frozen=True, slots=True)
class OfCue:
    """Where the cue lies by its nature; see `CueSpec.where`."""

    cue: Cue


@dataclass(frozen=True, slots=True)
class OfBackground:
    """A property of the background alone: `colour_cast` or `exposure`."""

    cue: Cue


@dataclass(frozen=True, slots=True)
class PatchShares:
    """Where patches lie.

    Attributes:
        shares: of the class's images by area, 0..1, the largest first.
        cornered: most of them lie in corners.
    """

    shares: tuple[tuple[Area, float], ...]
    cornered: bool


@dataclass(frozen=True, slots=True)
class Unknown:
    """The whole picture or its surroundings, of unknown kind.

    Attributes:
        property: that carries part of the effect by itself.
        share: how much of it, 0..1.
    """

    property: PropertyKind
    share: float


Where = OfCue | OfBackground | PatchShares | Unknown | Region


@dataclass(frozen=True, slots=True)
class Location:
    """Where a cue lies.

    Attributes:
        where: the best answer.
        unsure: the images cannot tell whether it is the background's alone or the whole picture's.
        pair: two classes that the cue may belong to; None where it is one class's.
    """

    where: Where
    unsure: bool = False
    pair: tuple[str, str] | None = None


def write_location(location: Location) -> str:
    """The stored text: JSON, that shares and names of classes come back from."""
    kind, value = _written(location.where)
    told: dict[str, Any] = {kind: value}
    if location.unsure:
        told["unsure"] = True
    if location.pair is not None:
        told["pair"] = list(location.pair)
    return json.dumps(told, ensure_ascii=False)


def read_location(text: str) -> Location:
    """The location that a row stores.

    Raises:
        ValueError: a text that `write_location` does not make.
    """
    try:
        told = json.loads(text)
        (kind,) = told.keys() & _READERS.keys()
        pair = told.get("pair")
        first, second = pair or ("", "")
        return Location(
            _READERS[kind](told[kind]),
            unsure=told.get("unsure") is True,
            pair=None if pair is None else (str(first), str(second)),
        )
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
        raise ValueError(f"expected where a cue lies, got {text!r:.80}") from None


def _written(where: Where) -> tuple[str, Any]:
    match where:
        case OfCue(cue):
            return "cue", cue.value
        case OfBackground(cue):
            return "background", cue.value
        case PatchShares(shares, cornered):
            told = [[area.value, round(share, 3)] for area, share in shares]
            return "corners" if cornered else "patches", told
        case Unknown(kind, share):
            return "unknown", [kind.value, round(share, 3)]
        case Region():
            return "place", write_place(where)
        case _:
            assert_never(where)


def _shares(value: Any, *, cornered: bool) -> PatchShares:
    return PatchShares(tuple((Area(area), float(share)) for area, share in value), cornered)


def _region(value: str) -> Region:
    found = read_place(value)
    if not isinstance(found, Region):
        raise ValueError(value)
    return found


def _unknown(value: Any) -> Unknown:
    kind, share = value
    return Unknown(PropertyKind(kind), float(share))


_READERS: Mapping[str, Callable[[Any], Where]] = {
    "cue": lambda value: OfCue(Cue(value)),
    "background": lambda value: OfBackground(Cue(value)),
    "patches": lambda value: _shares(value, cornered=False),
    "corners": lambda value: _shares(value, cornered=True),
    "unknown": _unknown,
    "place": _region,
}
