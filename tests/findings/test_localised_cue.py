"""Which of several regions and properties that carry the effect is named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from auditor.domain.cues import Cue
from auditor.domain.places import Place, Property, PropertyKind, Region, RegionKind
from auditor.findings.evidence.localisation import Carried, Change, Localisation
from auditor.findings.verdicts.localised_cue import localised_cue, strongest_property
from auditor.statistics.effects import Effect

WHOLE = Region(RegionKind.BACKGROUND, 1.0)
CORNERS = Region(RegionKind.CORNERS, 0.3)
BOTH = Region(RegionKind.TOP_AND_BOTTOM, 0.15)
BOTTOM = Region(RegionKind.BOTTOM, 0.15)
HALF = Region(RegionKind.LEFT_AND_RIGHT, 0.25)
FRAME = Region(RegionKind.FRAME, 0.1)
EXPOSURE, NOISE = Property(PropertyKind.EXPOSURE), Property(PropertyKind.NOISE)


def carried(
    lost: float, won: float, odds: float = 5.0, rest: tuple[float, float] | None = None
) -> Carried:
    """`rest`: what is lost and won without the answer of the partner's class; the same if None."""

    def effect(mean: float) -> Effect:
        return Effect(mean, None, None, None, {}, 12, 12)

    def change(lost: float, won: float) -> Change:
        return Change(lost, won, odds * lost, odds * won)

    return Carried(effect(lost), effect(won), change(lost, won), change(*(rest or (lost, won))))


def named(parts: dict[Place, tuple[float, float]]) -> Cue | None:
    whole = carried(0.8, 0.6)
    every = {WHOLE: whole} | {place: carried(*sides) for place, sides in parts.items()}
    found = localised_cue(Localisation(whole, every), 0.1)
    return None if found is None else found.spec.id


@pytest.mark.parametrize(
    ("parts", "cue"),
    [
        ({}, None),
        ({BOTTOM: (0.7, 0.5), BOTH: (0.8, 0.6)}, Cue.BORDER_BAND),
        ({BOTTOM: (0.7, 0.5), CORNERS: (0.6, 0.3)}, Cue.BORDER_BAND),
        ({BOTTOM: (0.7, 0.5), CORNERS: (0.7, 0.5)}, Cue.CORNER_MARK),
        ({CORNERS: (0.75, 0.5), BOTH: (0.78, 0.55), FRAME: (0.8, 0.6)}, Cue.CORNER_MARK),
        ({BOTH: (0.78, 0.55), FRAME: (0.8, 0.6)}, Cue.BORDER_BAND),
        ({FRAME: (0.78, 0.55), CORNERS: (0.3, 0.1)}, Cue.BORDER_FRAME),
        ({HALF: (0.8, 0.6)}, None),
        ({BOTTOM: (0.4, 0.6)}, None),
        ({BOTTOM: (0.7, 0.2)}, None),
        ({EXPOSURE: (0.7, 0.5), BOTTOM: (0.7, 0.5)}, Cue.EXPOSURE),
        ({EXPOSURE: (0.4, 0.5)}, Cue.EXPOSURE),
        ({EXPOSURE: (0.3, 0.5)}, None),
        ({EXPOSURE: (0.7, 0.32)}, Cue.EXPOSURE),
        ({EXPOSURE: (0.56, 0.4)}, Cue.EXPOSURE),
        ({EXPOSURE: (0.48, 0.36)}, None),
        ({EXPOSURE: (0.7, 0.25)}, None),
        ({NOISE: (0.0, 0.55)}, Cue.NOISE),
        ({NOISE: (0.8, 0.0)}, None),
    ],
)
def test_the_smallest_part_or_a_property_that_carries_the_effect(
    parts: dict[Place, tuple[float, float]], cue: Cue | None
) -> None:
    assert named(parts) is cue


def test_a_part_that_only_saturates_carries_nothing() -> None:
    """All of the probability, but half of the log odds."""
    whole = carried(0.8, 0.6, odds=10.0)
    part = carried(0.8, 0.6, odds=4.0)
    assert localised_cue(Localisation(whole, {WHOLE: whole, BOTTOM: part}), 0.1) is None


TOP = Region(RegionKind.TOP, 0.3)


@pytest.mark.parametrize(
    ("bottom", "top", "place"),
    [
        ((0.6, 0.45), (0.2, 0.1), BOTTOM),
        ((0.6, 0.45), (0.5, 0.4), BOTH),
        ((0.4, 0.3), (0.1, 0.1), BOTH),
        ((0.6, 0.45), (0.6, 0.45), BOTH),
    ],
    ids=["a stamp at the bottom", "both matter", "neither has enough", "either would do"],
)
def test_one_side_stands_for_both_where_the_other_has_little(
    bottom: tuple[float, float], top: tuple[float, float], place: Region
) -> None:
    whole = carried(0.8, 0.6)
    parts = {WHOLE: whole, BOTH: carried(0.78, 0.58), BOTTOM: carried(*bottom), TOP: carried(*top)}
    found = localised_cue(Localisation(whole, parts), 0.1)
    assert found is not None
    assert found.place == place


def test_a_region_of_less_than_the_floor_is_not_named() -> None:
    whole = carried(0.07, 0.04)
    parts = {WHOLE: whole, CORNERS: carried(0.06, 0.04)}
    assert localised_cue(Localisation(whole, parts), 0.1) is None
    assert localised_cue(Localisation(whole, parts), 0.05) is not None


@pytest.mark.parametrize(
    ("frame", "rest", "cue"),
    [
        ((0.75, 0.55), (0.8, 0.45), Cue.BORDER_FRAME),
        ((0.75, 0.55), (0.8, 0.55), Cue.EXPOSURE),
        ((0.5, 0.3), (0.8, 0.45), Cue.EXPOSURE),
    ],
    ids=["a frame carries it", "the property carries nearly all", "nothing else does"],
)
def test_a_property_without_the_partners_answer_beside_a_region_with_it(
    frame: tuple[float, float], rest: tuple[float, float], cue: Cue
) -> None:
    """A frame darkens the rim, too: that moves the answers of other classes."""
    whole = carried(0.8, 0.6, rest=(0.8, 0.6))
    parts = {
        WHOLE: whole,
        FRAME: carried(*frame),
        EXPOSURE: carried(0.8, 0.1, rest=rest),
    }
    found = localised_cue(Localisation(whole, parts), 0.1)
    assert found is not None
    assert found.spec.id is cue


@pytest.mark.parametrize(
    ("rest", "cue"),
    [
        ((0.3, 0.4), Cue.CORNER_MARK),
        # Nothing is left: a cue that decides between the two classes alone, as their answers tell.
        ((0.01, 0.01), Cue.BORDER_BAND),
        # Partners have no cue of their own.
        ((0.75, 0.6), Cue.BORDER_BAND),
    ],
)
def test_what_partners_own_cues_do_is_left_out(rest: tuple[float, float], cue: Cue) -> None:
    """Corners carry two thirds of the exchange; the rest is the partners' own cue, at two sides."""
    whole = carried(0.8, 0.6, rest=rest)
    parts = {
        WHOLE: whole,
        CORNERS: carried(0.55, 0.4, rest=(0.3, 0.4)),
        BOTH: carried(0.7, 0.5, rest=(0.1, 0.1) if cue is Cue.CORNER_MARK else (0.7, 0.5)),
    }
    found = localised_cue(Localisation(whole, parts), 0.1)
    assert found is not None
    assert found.spec.id is cue


@pytest.mark.parametrize(("rest", "place"), [((0.8, 0.6), NOISE), ((0.0, 0.0), EXPOSURE)])
def test_between_two_classes_a_gain_alone_is_no_hint(
    rest: tuple[float, float], place: Property
) -> None:
    whole = carried(0.8, 0.6, rest=rest)
    parts: dict[Place, Carried] = {
        WHOLE: whole,
        NOISE: carried(0.0, 0.4, rest=(0.0, 0.4) if any(rest) else rest),
        EXPOSURE: carried(0.1, 0.1, rest=(0.1, 0.1) if any(rest) else rest),
    }
    found = strongest_property(Localisation(whole, parts))
    assert found is not None
    assert found[0] == place


CORNER = Region(RegionKind.TOP_LEFT, 0.3)
VIGNETTE = Property(PropertyKind.VIGNETTE)


@pytest.mark.parametrize(
    ("region", "does", "low", "place", "cue"),
    [
        (CORNER, (0.8, 0.6), 0.7, EXPOSURE, Cue.CORNER_MARK),
        (CORNER, (0.8, 0.6), 0.7, VIGNETTE, Cue.CORNER_MARK),
        (CORNERS, (0.8, 0.6), 0.7, EXPOSURE, Cue.CORNER_MARK),
        (BOTTOM, (0.8, 0.6), 0.7, EXPOSURE, Cue.BORDER_BAND),
        (CORNER, (0.8, 0.6), 0.3, EXPOSURE, Cue.EXPOSURE),
        (CORNER, (0.8, 0.45), 0.7, EXPOSURE, Cue.EXPOSURE),
        (FRAME, (0.8, 0.6), 0.7, EXPOSURE, Cue.EXPOSURE),
        (BOTTOM, (0.8, 0.6), 0.7, VIGNETTE, Cue.VIGNETTE),
        (CORNERS, (0.8, 0.6), 0.7, VIGNETTE, Cue.VIGNETTE),
    ],
    ids=[
        "one corner",
        "nor is that a vignette",
        "any corner",
        "a band",
        "twelve pictures cannot tell",
        "it gives less",
        "a large region",
        "a band holds a vignette",
        "corners do, too",
    ],
)
def test_a_small_region_that_does_everything_leaves_nothing_to_a_property(
    region: Region, does: tuple[float, float], low: float, place: Property, cue: Cue
) -> None:
    """The property is given the larger effect, as of a tag that it makes brighter still."""
    whole, part = carried(0.8, 0.6), carried(*does)
    part = replace(part, lost=replace(part.lost, low=low))
    parts = {WHOLE: whole, region: part, place: carried(0.9, 0.7)}
    found = localised_cue(Localisation(whole, parts), 0.1)
    assert found is not None
    assert found.spec.id is cue
