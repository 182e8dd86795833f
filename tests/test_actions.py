"""What is to be done: kinds, numbers, and what shows in the cases alone."""

from __future__ import annotations

import json
import re
from typing import Any

import pandas as pd
import pytest

from auditor.actions import CASE_COLUMNS, FILES_LISTED, actions_of
from auditor.domain.exports import ACTIONS
from tests.fakes.worlds import CUED, World, clean
from tests.findings.evaluating import evaluated_world


def a_class(name: str = "bird", **changes: Any) -> dict[str, Any]:
    row = {
        "class": name,
        "verdict": "confirmed",
        "cue": "background",
        "background_effect": 0.5,
        "images": 100,
        "tested": 64,
        "action": "Collect images.",
    }
    return row | changes


def a_case(name: str = "bird", **changes: Any) -> dict[str, Any]:
    row = {
        "case_id": "a",
        "image": f"{name}/a.jpg",
        "label": name,
        "correct": True,
        "confidence": 0.95,
        "mask_source": "file",
        "verdict": "object",
        "tested": True,
        "object_cropped": 0.0,
        "duplicate_group": None,
    }
    return row | changes


def asking(action: str, **numbers: int) -> dict[str, str]:
    """Columns of a class whose verdict asks for this action."""
    return {"reason_code": "x", "reason_numbers": json.dumps({"action": action, **numbers})}


def steps(classes: list[dict[str, Any]], cases: list[dict[str, Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(cases, columns=list(CASE_COLUMNS))
    return actions_of(pd.DataFrame(classes), frame, min_images=20)


@pytest.mark.parametrize(
    ("changes", "kind", "count"),
    [
        ({}, "collect", 50),
        ({"background_effect": 0.11}, "collect", 20),
        ({"background_effect": None}, "collect", 20),
        ({"cue": "corner mark", "cue_strength": 0.305}, "remove", 31),
        ({"cue": "border frame"}, "crop", 50),
        ({"cue": "colour cast"}, "balance", 50),
        ({"verdict": "suspected"}, "test", 2),
        ({"verdict": "undetermined", "tested": 5}, "complete", 15),
        ({"verdict": "undetermined"}, "complete", None),
        (
            {
                "verdict": "undetermined",
                "reason_code": "undetermined.too_few_swaps",
                "reason_numbers": '{"missing": 12}',
            },
            "complete",
            12,
        ),
        ({"verdict": "suspected", **asking("action.test_more", more=70)}, "test", 2),
        ({"verdict": "suspected", **asking("action.add_images", missing=6)}, "test", 6),
        ({"verdict": "suspected", **asking("action.at_the_bar")}, "test", None),
        ({"verdict": "suspected", **asking("action.only_cued")}, "test", None),
        ({"verdict": "suspected", **asking("action.of_three")}, "test", None),
        ({"verdict": "undetermined", **asking("action.too_few", missing=4)}, "complete", 4),
        ({"verdict": "undetermined", **asking("action.beside_owner", missing=1)}, "complete", None),
        ({"verdict": "undetermined", **asking("action.no_others", missing=1)}, "complete", None),
        ({"verdict": "context"}, "watch", None),
    ],
)
def test_a_finding_asks_for_so_many_images(
    changes: dict[str, Any], kind: str, count: int | None
) -> None:
    found = steps([a_class(**changes)], [a_case(tested=False)] * 2 + [a_case()])
    assert found.columns.tolist() == [column.name for column in ACTIONS]
    row = found.iloc[0]
    assert row["kind"] == kind
    assert (None if pd.isna(row["count"]) else row["count"]) == count


def test_the_number_is_the_one_in_the_text() -> None:
    found = evaluated_world(World((CUED, *clean("cat", "tree", "car"))), 0)
    table = actions_of(found.classes, found.cases, min_images=20)
    row = table[table["class"] == "boat"].iloc[0]
    named = re.search(r"about (\d+) images", row["action"])
    assert named is not None
    assert row["count"] == int(named.group(1))


def test_a_class_without_anything_to_do_has_no_row() -> None:
    assert steps([a_class(verdict="clean", action=None)], [a_case()]).empty
    assert steps([], []).empty


def test_chores_show_in_the_cases() -> None:
    cases = [
        a_case(correct=False),
        a_case(correct=False, confidence=0.5),
        a_case(correct=False, verdict="misled"),
        a_case(duplicate_group="g"),
        a_case("cat", duplicate_group="g"),
        a_case("cat", duplicate_group="h"),
        a_case("cat", mask_source="none", verdict="undetermined"),
        a_case("cat", object_cropped=0.7),
    ]
    quiet = {"verdict": "clean", "action": None}
    found = steps([a_class(**quiet), a_class("cat", **quiet)], cases)
    counts = {(row["class"], row["kind"]): row["count"] for row in found.to_dict("records")}
    assert counts == {
        ("bird", "relabel"): 2,
        ("cat", "relabel"): 1,
        ("cat", "mask"): 1,
        ("cat", "reframe"): 1,
    }


def test_the_most_urgent_class_comes_first() -> None:
    classes = [
        a_class("a", verdict="context"),
        a_class("b", verdict="confirmed", background_effect=0.3),
        a_class("c", verdict="undetermined", tested=0),
        a_class("d", verdict="confirmed", background_effect=0.6),
        a_class("e", verdict="suspected"),
    ]
    assert steps(classes, [])["class"].tolist() == ["d", "b", "e", "c", "a"]


def test_a_step_lists_the_images_that_it_is_about() -> None:
    cases = [
        a_case(image="bird/flagged.jpg", verdict="shortcut"),
        a_case(image="bird/fine.jpg"),
        a_case(image="bird/bare.jpg", mask_source="none", verdict="undetermined"),
        a_case(image="bird/wrong.jpg", correct=False, confidence=0.99),
    ]
    found = steps([a_class()], cases).set_index("kind")["files"].map(json.loads)
    assert found.to_dict() == {
        "collect": ["bird/flagged.jpg"],
        "relabel": ["bird/wrong.jpg"],
        "mask": ["bird/bare.jpg"],
    }
    many = [a_case(image=f"{i}.jpg", mask_source="none") for i in range(FILES_LISTED + 5)]
    masks = steps([a_class(action=None)], many).set_index("kind").loc["mask"]
    assert masks["count"] == FILES_LISTED + 5
    assert len(json.loads(masks["files"])) == FILES_LISTED
    missing = steps([a_class(verdict="undetermined", tested=5)], [a_case()])
    assert missing["files"].isna().all()


@pytest.mark.parametrize(("action", "listed"), [("action.at_the_bar", 1), ("action.only_cued", 0)])
def test_worst_cases_are_listed_where_the_step_is_to_look_at_them(action: str, listed: int) -> None:
    cases = [a_case(verdict="suspected", tested=False), a_case(tested=False)]
    row = steps([a_class(verdict="suspected", **asking(action))], cases).iloc[0]
    assert len(json.loads(row["files"]) if row["files"] else []) == listed
