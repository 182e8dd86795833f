"""Words: every verdict and intervention has them, and names stay text."""

from __future__ import annotations

import pandas as pd
import pytest

from auditor.domain.interventions import Intervention
from auditor.domain.schema import names
from auditor.domain.verdicts import CaseVerdict, ClassVerdict
from auditor.reviews.events import ReviewDecision
from dashboard.texts import headlines, words
from dashboard.texts.intervention_words import INTERVENTION_HELP, INTERVENTION_WORDS


def test_nothing_is_without_words() -> None:
    assert set(words.CASE_WORDS) == set(CaseVerdict)
    assert set(words.CLASS_WORDS) == set(ClassVerdict)
    assert set(INTERVENTION_WORDS) == set(INTERVENTION_HELP) == set(Intervention)
    assert set(ReviewDecision) <= set(words.REVIEW_WORDS)
    assert {score.column for score in words.SCORES} <= set(names("cases"))


def test_badges_carry_sign_and_word() -> None:
    for word in (*words.CASE_WORDS.values(), *words.CLASS_WORDS.values()):
        assert word.badge.endswith(f"-badge[{word.sign} {word.name}]")


def test_colour_is_never_the_only_signal() -> None:
    for table in (words.CASE_WORDS, words.CLASS_WORDS):
        for field in ("name", "sign", "colour", "marker"):
            assert len({getattr(word, field) for word in table.values()}) == len(table)


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


def test_the_headline_names_what_was_confirmed() -> None:
    classes = pd.DataFrame({"class": ["boat", "cat"], "verdict": ["confirmed", "clean"]})
    assert "boat" in headlines.headline(classes)


def test_long_lists_end_in_a_number() -> None:
    assert headlines.listed(list("abcdefg")) == "a, b, c, d, e and 2 more"
