"""Which part or property is named, and what is said of where it lies: a few exchanges each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from auditor.domain.cues import Cue
from auditor.domain.interventions import Fill, Intervention
from auditor.domain.locations import Area, Location, OfBackground, OfCue, PatchShares, Unknown
from auditor.domain.places import (
    Colour,
    Colours,
    Patch,
    Place,
    Property,
    PropertyKind,
    Region,
    RegionKind,
    write_place,
)
from auditor.domain.verdicts import ClassVerdict
from auditor.findings.evidence.trial_table import TrialTable, tidy
from auditor.findings.frames import as_numbers
from auditor.findings.verdicts.class_verdicts import Decision
from auditor.findings.verdicts.cue_location import examples, locate
from auditor.findings.verdicts.named_cue import NamedCue, examples_of, tinted
from tests.findings.by_hand.test_class_numbers_by_hand import EVIDENCE
from tests.findings.trials import case, table_of, trial

Rows = list[dict[str, Any]]
FLOOR = 0.25
CONFIRMED = Decision(ClassVerdict.CONFIRMED, confirmed_by=(Cue.BACKGROUND,))
AT_EDGE = Decision(ClassVerdict.CONFIRMED, confirmed_by=(Cue.EDGE_MARK,))
WHOLE = Region(RegionKind.BACKGROUND, 1.0)


def _exchanged(place: Place, lost: float, won: float) -> Rows:
    """Seven pictures lose about that much, the later ones more, and seven others gain it."""
    rows = []
    for n in range(7):
        rows.append(
            trial(
                f"a{n}", Intervention.EXCHANGE_OTHER, Fill.NONE, 0.8 - lost - 0.002 * n, label="a",
                donor=f"b{n}", donor_label="b", donor_group=f"b{n}", place=write_place(place),
                p_label_control=0.8, p_donor=0.1, p_donor_control=0.1,
            )
        )  # fmt: skip
        rows.append(
            trial(
                f"b{n}", Intervention.EXCHANGE_GIVEN, Fill.NONE, 0.1, label="b", donor=f"a{n}",
                donor_label="a", donor_group=f"a{n}", place=write_place(place),
                p_label_control=0.1, p_donor=0.2 + won + 0.002 * n, p_donor_control=0.2,
            )
        )  # fmt: skip
    return rows


ALL = _exchanged(WHOLE, 0.6, 0.6)


def _table(*parts: Rows) -> TrialTable:
    rows = [row for part in parts for row in part]
    cases = [case(f"{label}{n}", label) for label in "abc" for n in range(7)]
    return tidy(table_of(rows), as_numbers(pd.DataFrame(cases)), seed=0)


def _located(*parts: Rows, decision: Decision = CONFIRMED) -> NamedCue | None:
    return locate(EVIDENCE, decision, _table(*parts), FLOOR)


def _patches(*squares: Patch) -> Rows:
    return [
        trial(f"a{n}", Intervention.SALIENT_REMOVED, Fill.BLUR, 0.5, label="a",
              p_label_control=0.8 + 0.01 * n, place=write_place(square))
        for n, square in enumerate(squares)
    ]  # fmt: skip


CORNER, MIDDLE = Patch(0.0, 0.0, 0.2), Patch(0.4, 0.4, 0.2)
LATEST = ("a6", "a5", "a4", "a3", "a2")


def test_a_class_that_was_not_looked_into_has_no_place() -> None:
    assert _located() is None
    assert _located(_exchanged(Region(RegionKind.TOP, 0.1), 0.6, 0.6)) is None


def test_a_band_that_carries_all_is_named_by_its_place() -> None:
    top = Region(RegionKind.TOP, 0.1)
    found = _located(ALL, _exchanged(top, 0.6, 0.6))
    assert found is not None
    assert (found.cue, found.where, found.place) == (Cue.BORDER_BAND, Location(top), top)
    assert found.strength is not None
    assert found.strength.mean == pytest.approx(0.606)
    # Those that lose most, five of them.
    assert found.examples == LATEST


@pytest.mark.parametrize("kind", [RegionKind.RING, RegionKind.PEAK])
def test_beside_the_object_a_mark_at_the_edge_comes_first(kind: RegionKind) -> None:
    rows = [ALL, _exchanged(Region(kind, 0.1), 0.6, 0.6), _patches(CORNER)]
    assert _located(*rows, decision=AT_EDGE) is None
    assert _located(*rows) is not None
    corner = [ALL, _exchanged(Region(RegionKind.TOP_LEFT, 0.2), 0.6, 0.6)]
    assert _located(*corner, decision=AT_EDGE) is not None


def test_under_the_peak_and_in_the_corners_patches_tell_where() -> None:
    peak = Region(RegionKind.PEAK, 0.2)
    corners = Region(RegionKind.CORNERS, 0.2)
    in_corner = PatchShares(((Area.TOP_LEFT, 1.0),), cornered=True)
    in_middle = PatchShares(((Area.MIDDLE_CENTRE, 1.0),), cornered=False)

    def told(place: Region, square: Patch) -> tuple[Cue, Location]:
        found = _located(ALL, _exchanged(place, 0.6, 0.6), _patches(square))
        assert found is not None
        return found.cue, found.where

    assert told(peak, CORNER) == (Cue.CORNER_MARK, Location(in_corner))
    assert told(peak, MIDDLE) == (Cue.CO_OCCURRING_OBJECT, Location(in_middle))
    assert told(corners, CORNER) == (Cue.CORNER_MARK, Location(in_corner))
    assert told(corners, MIDDLE) == (Cue.CORNER_MARK, Location(corners))
    ring = Region(RegionKind.RING, 0.1)
    assert told(ring, CORNER) == (Cue.CO_OCCURRING_OBJECT, Location(ring))


def test_examples_of_a_mark_are_those_whose_patch_costs_most() -> None:
    corners = Region(RegionKind.CORNERS, 0.2)
    found = _located(ALL, _exchanged(corners, 0.6, 0.6), _patches(CORNER, CORNER))
    assert found is not None
    assert found.examples == ("a1", "a0")
    # Without any patch those that lose most by the exchange.
    bare = _located(ALL, _exchanged(corners, 0.6, 0.6))
    assert bare is not None
    assert bare.examples == LATEST


def test_a_property_is_named_as_its_cue() -> None:
    contrast = Property(PropertyKind.CONTRAST)
    found = _located(ALL, _exchanged(contrast, 0.6, 0.6), _patches(CORNER))
    assert found is not None
    assert (found.cue, found.place) == (Cue.CONTRAST, contrast)
    assert found.where == Location(OfCue(Cue.CONTRAST))
    assert found.examples == LATEST


@pytest.mark.parametrize(
    ("kind", "cue"), [(PropertyKind.TINT, Cue.COLOUR_CAST), (PropertyKind.EXPOSURE, Cue.EXPOSURE)]
)
def test_whether_a_tint_lies_on_the_objects_is_said_or_left_open(
    kind: PropertyKind, cue: Cue
) -> None:
    carried = [ALL, _exchanged(Property(kind), 0.6, 0.6)]
    open_ = _located(*carried)
    assert open_ is not None
    assert (open_.cue, open_.where) == (cue, Location(OfCue(cue), unsure=True))
    ground = _located(*carried, _coloured(GROUND))
    assert ground is not None
    assert (ground.cue, ground.where) == (Cue.BACKGROUND, Location(OfBackground(cue)))
    cast = _located(*carried, _coloured(CAST))
    assert cast is not None
    assert (cast.cue, cast.where) == (cue, Location(OfCue(cue)))


@pytest.mark.parametrize(("share", "told"), [(0.55, True), (0.45, False)])
def test_half_of_the_effect_by_a_property_says_that_no_single_place_does(
    share: float, told: bool
) -> None:
    contrast = Property(PropertyKind.CONTRAST)
    found = _located(ALL, _exchanged(contrast, 0.6 * share, 0.6 * share))
    assert (found is not None) is told
    if found is not None:
        assert (found.cue, found.place) == (Cue.WHOLE_PICTURE, contrast)
        assert isinstance(found.where.where, Unknown)
        assert found.where.where.property is PropertyKind.CONTRAST
        assert found.where.where.share == pytest.approx(share, abs=0.03)
        assert found.strength is not None
        assert found.strength.mean == pytest.approx(0.606)
        assert found.examples == LATEST


@pytest.mark.parametrize("kind", [PropertyKind.TINT, PropertyKind.EXPOSURE])
def test_a_tint_of_the_ground_alone_is_no_part_of_the_whole_picture(kind: PropertyKind) -> None:
    partly = [ALL, _exchanged(Property(kind), 0.33, 0.33)]
    assert _located(*partly) is not None
    assert _located(*partly, _coloured(GROUND)) is None
    assert _located(*partly, _coloured(CAST)) is not None


Picture = tuple[Colour, Colour]
"""Colours of object and background."""
WARM: Colour = (220, 110, 60)
GREY: Colour = (60, 60, 60)


def _near(colour: Colour, by: int) -> Colour:
    red, green, blue = colour
    return red + by, green - by, blue + by


GROUND: tuple[Picture, Picture] = ((GREY, WARM), (GREY, GREY))
CAST: tuple[Picture, Picture] = ((WARM, WARM), (GREY, GREY))


def _coloured(pictures: tuple[Picture, Picture]) -> Rows:
    """Pictures of a, and of b and c, nearly of these colours, brighter and redder by turns."""
    own, others = pictures
    rows = []
    for label, (thing, ground) in (("a", own), ("b", others), ("c", others)):
        for n in range(6):
            place = Colours(_near(thing, n % 2), _near(ground, (n // 2) % 2))
            rows.append(
                trial(f"{label}{n}", Intervention.GREY_WORLD, Fill.NONE, 0.5, label=label,
                      p_label_control=0.9, place=write_place(place))
            )  # fmt: skip
    return rows


def test_colours_are_those_of_one_picture_of_each_group() -> None:
    rows = _coloured(CAST)
    table = _table(rows)
    assert tinted(table, "a") == (Cue.COLOUR_CAST, Location(OfCue(Cue.COLOUR_CAST)))
    assert tinted(_table(_coloured(GROUND)), "a")[0] is Cue.BACKGROUND
    nowhere = _table([row | {"place": None} for row in rows])
    assert tinted(nowhere, "a") == (
        Cue.COLOUR_CAST,
        Location(OfCue(Cue.COLOUR_CAST), unsure=True),
    )
    twins = [case(f"{label}{n}", label, duplicate_group=label) for label in "abc" for n in range(7)]
    one = tidy(table_of(rows), as_numbers(pd.DataFrame(twins)), seed=0)
    assert tinted(one, "a")[1].unsure


def test_where_objects_cannot_tell_varied_grounds_make_it_a_cast() -> None:
    """Objects that differ widely between classes; warm grounds as varied as others'."""
    rows = []
    things = {"a": (0, 30), "b": (-50, 60), "c": (50, -40)}
    for label, (first, step) in things.items():
        for n in range(4):
            thing = (100 + first + step * (n % 2), 100, 100 - first)
            red = 150 + 18 * n if label == "a" else 100 + 12 * n
            place = Colours(thing, (red, 100, 100))
            rows.append(
                trial(f"{label}{n}", Intervention.GREY_WORLD, Fill.NONE, 0.5, label=label,
                      p_label_control=0.9, place=write_place(place))
            )  # fmt: skip
    table = _table(rows)
    cue, where = tinted(table, "a")
    assert where.unsure
    carried, also = tinted(table, "a", carried=True)
    assert also.unsure
    assert carried is Cue.COLOUR_CAST
    assert cue in (Cue.COLOUR_CAST, Cue.BACKGROUND)


def test_of_what_cannot_be_taken_away_the_best_donors_are_examples() -> None:
    rows = [
        trial(f"b{n}", Intervention.BLUR_OTHER, Fill.NONE, 0.5, label="b", donor=f"a{n}",
              donor_label="a", donor_group=f"a{n}", p_donor=0.1 * n, p_donor_control=0.0)
        for n in range(7)
    ]  # fmt: skip
    assert examples_of(_table(rows), "a", Cue.BLUR) == LATEST
    assert examples_of(_table(rows), "b", Cue.BLUR) == ()
    lost = [
        trial(f"a{n}", Intervention.BACKGROUND_OTHER, Fill.BLUR, 0.9 - 0.1 * n, label="a",
              p_label_control=0.9)
        for n in range(7)
    ]  # fmt: skip
    assert examples_of(_table(lost), "a", Cue.BACKGROUND) == LATEST
    assert examples(_table(ALL, lost[:2]), "a", Cue.BACKGROUND, WHOLE) == ("a1", "a0")
    assert replace(EVIDENCE, name="b").name == "b"
