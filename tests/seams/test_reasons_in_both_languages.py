"""Reasons that findings store are told in both languages, with the same numbers."""

from __future__ import annotations

import re

import pytest

from auditor.findings import Findings
from auditor.reports.rows import rows_of
from auditor.wording import case_reasons, class_actions, class_reasons
from auditor.wording.catalogue import translator
from auditor.wording.reasons import (
    action_of_class,
    action_of_step,
    reason_of_case,
    reason_of_class,
)
from tests.fakes.worlds import CUED, World, clean, ten_classes, two_classes
from tests.findings.evaluating import evaluated_world

HAN = re.compile(r"[\u4e00-\u9fff]")
ENGLISH, CHINESE = translator("en"), translator("zh")
WORLDS = {
    "cued": World((CUED, *clean("cat", "tree", "car"))),
    "pair": two_classes(),
    "most cued": ten_classes(("boat", "bird")),
}


@pytest.fixture(scope="module", params=WORLDS)
def judgement(request: pytest.FixtureRequest) -> Findings:
    return evaluated_world(WORLDS[request.param], 0)


def numbers(text: str) -> set[str]:
    return set(re.findall(r"\d+%", text))


def test_classes(judgement: Findings) -> None:
    for row in rows_of(judgement.classes):
        english, chinese = (reason_of_class(row, _) for _ in (ENGLISH, CHINESE))
        assert english == row["reason"]
        assert HAN.search(chinese), row["reason_code"]
        assert numbers(chinese) == numbers(english)
        assert "{" not in chinese
        assert not re.search(r"[a-z]+ [a-z]+ [a-z]+", chinese), chinese
        todo = action_of_class(row, CHINESE)
        assert (todo is None) == (row["action"] is None)
        assert todo is None or HAN.search(todo)


def test_cases(judgement: Findings) -> None:
    rows = rows_of(judgement.cases.drop_duplicates("reason_code"))
    assert rows
    for row in rows:
        english, chinese = (reason_of_case(row, _) for _ in (ENGLISH, CHINESE))
        assert english == row["reason"]
        assert HAN.search(chinese), row["reason_code"]
        assert numbers(chinese) == numbers(english)


@pytest.mark.parametrize("code", sorted(class_reasons.TEMPLATES | case_reasons.TEMPLATES))
def test_every_template_is_chinese(code: str) -> None:
    template = (class_reasons.TEMPLATES | case_reasons.TEMPLATES)[code]
    assert HAN.search(CHINESE(template)), code


@pytest.mark.parametrize("code", sorted(class_actions.TEMPLATES))
def test_every_action_is_chinese(code: str) -> None:
    assert HAN.search(CHINESE(class_actions.TEMPLATES[code])), code


def test_what_is_not_understood_is_told_as_it_is_stored() -> None:
    for code, stored in (
        (None, None),
        ("code.of.a.later.version", "{}"),
        ("confirmed.background", "no JSON"),
        ("confirmed.background", '{"name": "boat"}'),
        ("confirmed.background", "[1]"),
        ("confirmed.background", "[" * 5000),
        ("confirmed.background", '{"name": "\\ud800"}'),
        ("confirmed.background", '{"name": "boat", "loss": {"a": 1}, "notes": 5}'),
        ("confirmed.background", '{"name": "boat", "images": [[1]], "loss": 1e999}'),
    ):
        row = {"reason": "As stored.", "reason_code": code, "reason_numbers": stored}
        assert reason_of_class(row, CHINESE) == "As stored."


def test_steps_about_single_images_are_told_by_their_kind() -> None:
    step = {"class": "bird", "kind": "mask", "count": 3, "action": "Give masks."}
    assert "3" in action_of_step(step, None, CHINESE)
    assert HAN.search(action_of_step(step, None, CHINESE))
    other = {**step, "kind": "collect", "count": None}
    assert action_of_step(other, None, CHINESE) == "Give masks."
