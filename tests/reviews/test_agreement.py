"""Agreement between reviewers, against published numbers and by hand."""

from __future__ import annotations

from collections import Counter

import pytest

from auditor.reviews.agreement import agreement, disagreements, nominal_alpha, standing, unsettled
from auditor.reviews.events import Review, ReviewDecision
from auditor.reviews.ledger import Ledger

LETTERS = {
    "1": ReviewDecision.CONFIRMED,
    "2": ReviewDecision.DISMISSED,
    "3": ReviewDecision.UNSURE,
    "4": ReviewDecision.WITHDRAWN,
}


def said(**by_reviewer: str) -> list[Review]:
    """A digit a case of each reviewer, "." for none."""
    return [
        Review("r", f"c{place:02d}", name, LETTERS[digit])
        for name, digits in by_reviewer.items()
        for place, digit in enumerate(digits)
        if digit != "."
    ]


def test_alpha_is_the_published_one() -> None:
    # Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, example C: four observers,
    # twelve units, five categories, some missing: nominal alpha .743.
    observers = ("123321412...", "1233224125.3", ".3332342251.", "12332441251.")
    units = [Counter(word for word in unit if word != ".") for unit in zip(*observers, strict=True)]
    assert nominal_alpha(units) == pytest.approx(0.743, abs=5e-4)


def test_alpha_of_two_reviewers_by_hand() -> None:
    found = agreement(standing(said(a="1111222222", b="1111222221")))
    # One of ten differs: observed 2/20; margins 9 and 11: expected 2*9*11/(20*19).
    assert found.alpha == pytest.approx(1 - (2 / 20) / (2 * 9 * 11 / (20 * 19)))
    assert (found.cases, found.same) == (10, 9)


def test_alpha_leaves_out_what_one_reviewer_alone_decided() -> None:
    both = agreement(standing(said(a="1212", b="1211")))
    more = agreement(standing(said(a="1212..33", b="121122..")))
    assert both == more
    assert more.cases == 4


def test_three_reviewers_count_by_their_pairs() -> None:
    found = agreement(standing(said(a="11", b="12", c="12")))
    # Unit 1: all same. Unit 2: 1, 2, 2 -> 4 ordered pairs differ over 2. Margins 4 and 2 of 6.
    assert found.alpha == pytest.approx(1 - (4 / 2) / (2 * 4 * 2 / 5))
    assert (found.cases, found.same) == (2, 1)


def test_without_a_choice_there_is_no_chance_to_correct_for() -> None:
    assert agreement(standing([])).alpha is None
    assert agreement(standing(said(a="123"))).alpha is None
    one_word = agreement(standing(said(a="111", b="111")))
    assert (one_word.alpha, one_word.cases, one_word.same) == (None, 3, 3)


def test_the_last_word_of_each_reviewer_stands() -> None:
    events = [*said(a="1", b="2"), *said(a="2"), *said(b="4")]
    assert {name: e.decision for name, e in standing(events)["c00"].items()} == {
        "a": ReviewDecision.DISMISSED
    }
    taken_back = standing([*events, *said(a="4")])
    assert {name: e.decision for name, e in taken_back["c00"].items()} == {
        "a": ReviewDecision.CONFIRMED
    }
    assert standing([*events, *said(a="4"), *said(a="4")]) == {}


def test_the_queues_hold_what_needs_another_look() -> None:
    events = said(a="1133.12", b="32.3.12", c="1..3...")
    found = standing(events)
    assert disagreements(Ledger().after(events)) == ["c01", "c00"]
    assert unsettled(found) == ["c02", "c03"]
