"""Places: codes that an audit writes are read in both languages; old English through an alias."""

from __future__ import annotations

import json
import re
from itertools import product

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.domain.cues import Cue
from auditor.domain.locations import (
    Area,
    Location,
    OfBackground,
    OfCue,
    PatchShares,
    Unknown,
    read_location,
    write_location,
)
from auditor.domain.places import Patch, PropertyKind, Region, RegionKind, write_place
from auditor.findings.evidence.positions import place_of
from auditor.wording.catalogue import translator
from auditor.wording.numbers import ENGLISH
from auditor.wording.place_words import location_words, place_words

LATIN = re.compile("[A-Za-z]")
THOUSANDTHS = st.integers(0, 1000).map(lambda n: n / 1000)
WHERE = st.one_of(
    st.builds(OfCue, st.sampled_from(Cue)),
    st.builds(OfBackground, st.sampled_from([Cue.COLOUR_CAST, Cue.EXPOSURE])),
    st.builds(
        PatchShares,
        st.lists(st.tuples(st.sampled_from(Area), THOUSANDTHS), max_size=4).map(tuple),
        st.booleans(),
    ),
    st.builds(Unknown, st.sampled_from(PropertyKind), THOUSANDTHS),
    st.builds(Region, st.sampled_from(RegionKind), THOUSANDTHS),
)
LOCATIONS = st.builds(
    Location, WHERE, st.booleans(), st.none() | st.tuples(st.text(max_size=5), st.text(max_size=5))
)


@given(LOCATIONS)
def test_every_location_comes_back(location: Location) -> None:
    assert read_location(write_location(location)) == location


@given(st.one_of(WHERE), st.booleans())
def test_every_location_has_words_in_both_languages(where: OfCue, unsure: bool) -> None:
    code = write_location(Location(where, unsure=unsure, pair=("3", "4")))
    assert place_words(code, ENGLISH) == location_words(read_location(code))
    told = place_words(code, translator("zh"))
    assert not LATIN.search(told.replace("JPEG", "")), told


@pytest.mark.parametrize(
    "text", ["{}", "[]", "3", '{"cue": "x"}', '{"patches": 3}', '{"place": "patch 0 0 1"}', "[" * 9]
)
def test_another_text_is_no_location(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(repr(text)[:20])):
        read_location(text)
    assert place_words(text, ENGLISH) == text


OLD_REGIONS = {
    RegionKind.TOP: "along the top of the picture, the outer 12%",
    RegionKind.LEFT_AND_RIGHT: "along left and right of the picture, the outer 12% of each",
    RegionKind.FRAME: "the outer edge of the picture, 12% deep",
    RegionKind.RING: "beside the object",
    RegionKind.BACKGROUND: "all around the object",
    RegionKind.CORNERS: "the corners of the picture",
    RegionKind.TOP_LEFT: "the top left corner of the picture",
}


@pytest.mark.parametrize("kind", OLD_REGIONS)
def test_the_english_of_older_runs_reads_as_the_code_does(kind: RegionKind) -> None:
    code = write_location(Location(Region(kind, 0.12)))
    assert place_words(code, ENGLISH) == OLD_REGIONS[kind]
    for language in ("en", "zh"):
        _ = translator(language)
        assert place_words(OLD_REGIONS[kind], _) == place_words(code, _)


@pytest.mark.parametrize(("top", "left"), list(product((0.0, 0.4, 0.8), repeat=2)))
def test_places_of_patches_have_their_shares(top: float, left: float) -> None:
    patches = [Patch(top, left, 0.2)] * 3 + [Patch(0.0, 0.0, 0.2)]
    place = place_of(pd.Series([write_place(each) for each in patches]))
    assert place is not None
    code = write_location(Location(place.where))
    (shares,) = json.loads(code).values()
    assert sum(share for _, share in shares) == pytest.approx(1.0)
    words = place_words(code, ENGLISH)
    for language in ("en", "zh"):
        told = place_words(words, translator(language))
        assert told == place_words(code, translator(language))
        assert re.findall(r"\d+%", told) == re.findall(r"\d+%", words)


def test_a_text_that_is_no_place_stays() -> None:
    assert place_words("the shelf of its images", translator("zh")) == "the shelf of its images"
