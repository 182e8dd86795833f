"""The changed pictures of a case: in which order, and what each is held against."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.domain.interventions import EDGES
from dashboard.components.strip import figures, telling
from dashboard.texts.intervention_words import INTERVENTION_WORDS

KNOWN = {
    "beside_given": 0.7,
    "beside_given_control": 0.1,
    "edge_removed": 0.2,
    "object_removed": 0.3,
    "original": 0.9,
}


def shown(known: dict[str, float], cue: str | None = None) -> list[dict[str, Any]]:
    rows = [
        {"intervention": name, "fill": "none", "donor": None, "probability": p, "picture": b""}
        for name, p in known.items()
    ]
    return figures(rows, "cat", {}, cue)


def test_each_picture_is_held_against_what_it_was_made_of() -> None:
    before = {figure["title"]: figure["before"] for figure in shown(KNOWN)}
    expected = {
        "original": None,
        "object_removed": 0.9,
        "edge_removed": 0.9,
        "beside_given": 0.1,
        "beside_given_control": None,
    }
    assert before == {INTERVENTION_WORDS[name]: p for name, p in expected.items()}


def test_without_the_picture_as_it_is_there_is_nothing_before() -> None:
    (alone,) = shown({"object_removed": 0.3})
    assert alone["before"] is None


@pytest.mark.parametrize(
    ("cue", "second"), [("edge mark", "edge_removed"), (None, "object_removed")]
)
def test_what_shows_the_cue_of_the_class_comes_after_the_picture(
    cue: str | None, second: str
) -> None:
    titles = [figure["title"] for figure in shown(KNOWN, cue)]
    assert titles[1] == INTERVENTION_WORDS[second]


def test_a_donor_lends_or_is_given() -> None:
    rows = [
        {"intervention": name, "fill": "none", "donor": "d", "probability": 0.5, "picture": b""}
        for name in ("background_other", "beside_given", "beside_given_control")
    ]
    said = [figure["fill"] for figure in figures(rows, "cat", {"d": "dog"})]
    assert all(each.endswith(" dog") for each in said)
    assert said[0] != said[1] == said[2]


def test_everything_that_is_done_at_an_edge_has_words() -> None:
    assert len({INTERVENTION_WORDS[name] for name in EDGES}) == len(EDGES)


def test_without_an_outline_what_moves_most_is_shown_first() -> None:
    whole = {"original": 0.9, "edge_removed": 0.8, "frame_other": 0.2, "blurred": 0.7}
    found = telling(shown(whole), None)
    assert [figure["kind"] for figure in found] == ["frame_other", "blurred", "edge_removed"]
    with_object = telling(shown({**whole, "object_removed": 0.89}), None)
    assert [figure["kind"] for figure in with_object] == ["object_removed"]
