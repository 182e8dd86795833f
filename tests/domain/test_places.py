"""The one codec of `trials.place`: every kind goes there and back; old texts are still read."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.domain.places import (
    Colours,
    EdgePatch,
    Patch,
    Place,
    Property,
    PropertyKind,
    Region,
    RegionKind,
    read_place,
    square_of,
    write_place,
)

shares = st.integers(0, 1000).map(lambda thousandths: thousandths / 1000)
colours = st.tuples(*[st.integers(0, 255)] * 3)
patches = st.builds(Patch, shares, shares, shares)
KINDS: dict[type, st.SearchStrategy[Place]] = {
    Patch: patches,
    EdgePatch: st.builds(EdgePatch, patches, st.integers(0, 100)),
    Colours: st.builds(Colours, colours, colours),
    Region: st.builds(Region, st.sampled_from(RegionKind), shares),
    Property: st.builds(Property, st.sampled_from(PropertyKind)),
}


def test_every_member_of_the_union_is_tried() -> None:
    assert set(KINDS) == set(get_args(Place))


@given(st.one_of(*KINDS.values()))
def test_a_place_is_read_as_it_was_written(place: Place) -> None:
    assert read_place(write_place(place)) == place


@given(st.builds(Patch, *[st.floats(0, 1)] * 3))
def test_what_is_written_is_stable(patch: Patch) -> None:
    text = write_place(patch)
    assert write_place(read_place(text)) == text


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("0.100 0.700 0.300", Patch(0.1, 0.7, 0.3)),
        ("0.100 0.700 0.300 5", EdgePatch(Patch(0.1, 0.7, 0.3), 5)),
        ("146 97 61 120 119 118", Colours((146, 97, 61), (120, 119, 118))),
    ],
)
def test_numbers_of_older_runs_are_told_apart_by_their_count(text: str, place: Place) -> None:
    assert read_place(text) == place


@pytest.mark.parametrize(
    "text", ["", "0.1", "patch 1 2", "edge 0 0 0", "region nowhere 0.1", "property", "a b c"]
)
def test_a_text_that_names_no_place_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(repr(text))):
        read_place(text)


def test_squares() -> None:
    patch = Patch(0.1, 0.2, 0.3)
    assert square_of(patch) == square_of(EdgePatch(patch, 2)) == patch
    assert square_of(Region(RegionKind.TOP, 0.1)) is None
