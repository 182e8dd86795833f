"""Places: what the audit writes of them in English is read in another language, without a rest."""

from __future__ import annotations

import re
from itertools import product

import pandas as pd
import pytest

from auditor.domain.places import Patch, Region, RegionKind, write_place
from auditor.findings.evidence.positions import place_of, region_words
from auditor.wording.catalogue import translator
from auditor.wording.numbers import ENGLISH
from auditor.wording.place_words import place_words

LATIN = re.compile("[A-Za-z]")


@pytest.mark.parametrize("kind", list(RegionKind))
def test_every_region_that_an_audit_writes_is_translated(kind: RegionKind) -> None:
    words = region_words(Region(kind, 0.12))
    assert place_words(words, ENGLISH) == words
    assert not LATIN.search(place_words(words, translator("zh")))


@pytest.mark.parametrize(("top", "left"), list(product((0.0, 0.4, 0.8), repeat=2)))
def test_every_place_of_patches_is_translated_with_its_shares(top: float, left: float) -> None:
    patches = [Patch(top, left, 0.2)] * 3 + [Patch(0.0, 0.0, 0.2)]
    place = place_of(pd.Series([write_place(each) for each in patches]))
    assert place is not None
    assert place_words(place.words, ENGLISH) == place.words
    told = place_words(place.words, translator("zh"))
    assert not LATIN.search(told)
    assert re.findall(r"\d+%", told) == re.findall(r"\d+%", place.words)


def test_a_text_that_is_no_place_stays() -> None:
    assert place_words("the shelf of its images", translator("zh")) == "the shelf of its images"
