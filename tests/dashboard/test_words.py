"""Words: every verdict and intervention has them, and names stay text."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.domain.interventions import Intervention
from auditor.domain.schema import names
from auditor.domain.verdicts import CaseVerdict, ClassVerdict
from auditor.reviews.events import Decision
from dashboard import headlines, words
from dashboard.intervention_words import INTERVENTION_HELP, INTERVENTION_WORDS

ACTIVE = set("\\`*_{}[]()<>#+-.!|~$:&@")


def test_nothing_is_without_words() -> None:
    assert set(words.CASE_WORDS) == set(CaseVerdict)
    assert set(words.CLASS_WORDS) == set(ClassVerdict)
    assert set(INTERVENTION_WORDS) == set(INTERVENTION_HELP) == set(Intervention)
    assert set(Decision) <= set(words.REVIEW_WORDS)
    assert {score.column for score in words.SCORES} <= set(names("cases"))


def test_badges_carry_sign_and_word() -> None:
    for word in (*words.CASE_WORDS.values(), *words.CLASS_WORDS.values()):
        assert word.badge.endswith(f"-badge[{word.sign} {word.name}]")


def test_colour_is_never_the_only_signal() -> None:
    for table in (words.CASE_WORDS, words.CLASS_WORDS):
        for field in ("name", "sign", "colour", "marker"):
            assert len({getattr(word, field) for word in table.values()}) == len(table)


@given(st.text())
def test_escaped_text_reads_as_it_was_and_nothing_in_it_acts(text: str) -> None:
    escaped = words.plain(text)
    bare, position = [], 0
    while position < len(escaped):
        if escaped[position] == "\\":
            position += 1
        else:
            assert escaped[position] not in ACTIVE
        bare.append(escaped[position])
        position += 1
    assert "".join(bare) == " ".join(text.split())


@pytest.mark.parametrize(
    ("value", "percent", "said"),
    [
        (0.123, True, "12%"),
        (-0.5, False, "−0.50"),
        (123.4, False, "123"),
        (None, True, "–"),
        (float("nan"), False, "–"),
        (True, False, "1.00"),
    ],
)
def test_numbers_for_people(value: float | None, percent: bool, said: str) -> None:
    assert words.number(value, percent) == said


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        (
            {"boat": "confirmed", "bird": "confirmed", "cat": "clean"},
            "2 of 3 classes rely on a shortcut: boat, bird",
        ),
        ({"boat": "confirmed"}, "1 of 1 class relies on a shortcut: boat"),
        (
            {"boat": "suspected", "cat": "clean"},
            "No shortcut is proven; 1 of 2 classes is suspected: boat",
        ),
        ({"boat": "clean", "cat": "context"}, "No shortcut found in 2 classes"),
        (
            {"boat": "clean", "cat": "undetermined"},
            "No shortcut found; 1 of 2 classes cannot be judged",
        ),
        (
            {"boat": "undetermined", "cat": "undetermined"},
            "Nothing can be said yet: every class is undetermined",
        ),
        ({}, "No shortcut found in 0 classes"),
    ],
)
def test_the_headline(verdicts: dict[str, str], said: str) -> None:
    classes = pd.DataFrame({"class": list(verdicts), "verdict": list(verdicts.values())})
    assert headlines.headline(classes) == said


def test_long_lists_end_in_a_number() -> None:
    assert headlines.listed(list("abcdefg")) == "a, b, c, d, e and 2 more"
