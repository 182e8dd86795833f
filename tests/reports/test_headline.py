from __future__ import annotations

import pytest

from auditor.domain.interventions import Intervention
from auditor.reports.headline import headline, skipped_words
from auditor.reports.intervals import position, whisker
from auditor.reports.words import INTERVENTIONS, count, decimal, listed, share


@pytest.mark.parametrize(
    ("verdicts", "said", "tone"),
    [
        (["confirmed"], "1 of 1 class relies on a shortcut: a.", "confirmed"),
        (
            ["confirmed", "confirmed", "clean"],
            "2 of 3 classes rely on a shortcut: a and b.",
            "confirmed",
        ),
        (
            ["clean", "suspected"],
            "No shortcut is proven, but 1 class cannot be cleared: b.",
            "suspected",
        ),
        (["undetermined", "undetermined"], "No class could be judged.", "undetermined"),
        ([], "No class could be judged.", "undetermined"),
        (["clean", "context"], "A shortcut of 0.10 or more is ruled out for any class.", "clean"),
        (
            ["clean", "undetermined"],
            "A shortcut of 0.10 or more is ruled out for the 1 class that could be judged.",
            "clean",
        ),
    ],
)
def test_one_sentence(verdicts: list[str], said: str, tone: str) -> None:
    told = headline(dict(zip("abcdefg", verdicts, strict=False)), 0.1)
    assert told.verdict == said
    assert told.tone == tone
    assert sum(number for _, number in told.tally) == len(verdicts)


def test_what_was_not_judged_is_never_kept_silent() -> None:
    told = headline({"a": "confirmed", "b": "undetermined", "c": "undetermined"}, 0.1)
    assert told.details == ("2 classes could not be judged: b and c.",)
    told = headline({"a": "confirmed", "b": "suspected", "c": "context"}, 0.1)
    assert told.details[0] == "1 more class is suspected: b."
    assert told.details[1] == ("1 class looked at the background without depending on it: c.")


def test_words() -> None:
    assert skipped_words({"audited": 1200, "skipped": 3}) == "1,200 images audited, 3 skipped"
    assert skipped_words({"audited": 1}) == "1 image audited, none skipped"
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(list("abcdefg")) == "a, b, c, d and 3 more"
    assert count(2, "class") == "2 classes"
    assert (share(None), share(0.126), share(-0.05)) == ("–", "13%", "−5%")
    assert (decimal(None), decimal(-0.125), decimal(-0.001)) == ("–", "−0.12", "0.00")


def test_dots_lie_where_their_numbers_are() -> None:
    assert position(-0.1) == 0.0
    assert position(1.0) == 100.0
    # 0.45 is half way from -0.1 to 1.
    assert position(0.45) == 50.0
    assert position(7.0) == position(1.0)
    assert position(0.5, low=0.0) == 50.0
    drawn = whisker(0.45, -0.1, 1.0)
    assert drawn is not None
    assert (drawn.low, drawn.dot, drawn.high) == (0.0, 50.0, 100.0)
    assert drawn.said == "0.45 (-0.10 to 1.00)"
    bare = whisker(0.45, None, None)
    assert bare is not None
    assert bare.low is None
    assert whisker(None, None, None) is None


def test_every_change_has_a_word() -> None:
    assert set(INTERVENTIONS) == {intervention.value for intervention in Intervention}
