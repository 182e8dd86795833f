"""Every reason an audit can tell is told of a simulated run whose truth calls for it.

`test_simulated_runs` has the forty seeded runs of usual audits. `planted`, `planted_more` and
`planted_labels` have those in which something is missing, half of the evidence is there, or trials
of other kinds show it; `planted_cases` has single pictures, `planted_reviews` what people say.
A new code needs a run there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Any

import pandas as pd
import pytest

from auditor.domain.multilabel import absent
from auditor.domain.reasons import Reason
from auditor.findings import Findings
from auditor.findings.verdicts.label_codes import OF_CASES
from auditor.wording import case_reasons, class_actions, class_reasons
from auditor.wording.class_actions import class_action
from tests.fakes.worlds import World, audit
from tests.findings.evaluating import evaluated, evaluated_world
from tests.findings.planted import CUE, MISSING, PLAIN, D, Planted, noisy, true_loss
from tests.findings.planted_cases import PICTURES, plant
from tests.findings.planted_labels import LABELS, WITHOUT
from tests.findings.planted_more import COST, MORE
from tests.findings.planted_reviews import WHO, exchanged, reviewed
from tests.findings.test_simulated_runs import RUNS, SIMULATED

PLANTED = MISSING | MORE | LABELS
UNCHANGED = {
    name: each
    for name, each in PLANTED.items()
    if each.change is Planted("").change and "loss" not in each.numbers
}
"""Those whose loss is what the world makes it."""
BESIDE_THE_LABEL = dict.fromkeys(
    ("by itself", "costly, seen", "costly, not seen"), "shortcut.label"
)
"""Pictures without a confirmed label are confirmed with it: the question is one."""
UNCONFIRMED = {
    "cued, seen": "suspected.label",
    "cued, not seen": "suspected.label",
    "by itself": "suspected.label",
    "costly, not seen": "suspected.label",
    "one fill": "object.label_tested",
}
"""What is told of the pictures where the label is suspected."""
CLEARED = {
    "cued, seen": "suspected.label",
    "cued, not seen": "object.label_costs",
    "by itself": "object.label_costs",
    "one fill": "object.label_tested",
}
"""And where it is clean."""
COSTLY = ("context.wrong", "object.wrong")
LEFT_OUT = {
    "confirmed": COSTLY,
    "suspected": (*COSTLY, "misled.own"),
    "cleared": (*COSTLY, "misled.own", "context.still_wrong", "object.still_wrong"),
}
"""What is not planted: it would change the label's verdict, or asks for a confirmed one."""
CHANGED = {
    "": {},
    "confirmed": BESIDE_THE_LABEL,
    "suspected": UNCONFIRMED,
    "cleared": CLEARED,
}


@cache
def findings_of(name: str) -> Findings:
    planted = PLANTED[name]
    world = noisy(planted.kinds, planted.noise)
    cases, trials = planted.change(*audit(world, planted.seed))
    return evaluated(cases, trials, classes=world.classes, more=planted.more(cases, trials))


@cache
def forty(name: str, seed: int) -> Findings:
    return evaluated_world(SIMULATED[name][0], seed)


@cache
def pictures(label: str) -> tuple[Findings, dict[str, str]]:
    """Of classes, of a confirmed label, of a suspected one and of one that is cleared."""
    kinds = {"": (*PLAIN, CUE), "confirmed": (CUE, WITHOUT)}.get(label, (D, WITHOUT))
    noise = 0.3 if label == "cleared" else 1.0
    if label == "cleared":  # so many that the planted ones weigh little
        kinds = tuple(replace(kind, images=64) for kind in kinds)
    other = absent("d") if label else "a"
    cases, trials, where = plant(
        *audit(noisy(kinds, noise), 0),
        cued="d",
        other=other,
        left_out=LEFT_OUT.get(label, ()),
    )
    more = {"labels": ["d"]} if label else {}
    return evaluated(cases, trials, classes=World(kinds).classes, more=more), where


@cache
def people() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Three classes, and two of which nothing tells whose a cue is."""
    return reviewed(exchanged("a", "b", "d")), reviewed(exchanged("a", "d"))


def told(rows: pd.DataFrame) -> set[str]:
    """All codes of a table."""
    codes = set(rows["reason_code"].dropna())
    for numbers in map(json.loads, rows["reason_numbers"].dropna()):
        codes |= {*(numbers.get("notes") or ()), numbers.get("action")} - {None}
    return codes


def fits(found: dict[str, Any], wanted: dict[str, Any], within: float) -> None:
    for name, value in wanted.items():
        exact = not isinstance(value, float)
        assert found[name] == (value if exact else pytest.approx(value, abs=within)), name


@pytest.mark.slow
@pytest.mark.parametrize("name", PLANTED)
def test_what_is_planted_is_told_with_its_numbers(name: str) -> None:
    planted = PLANTED[name]
    row = findings_of(name).classes.set_index("class").loc["d"]
    numbers = json.loads(row["reason_numbers"])
    assert row["reason_code"] == planted.code
    assert row["verdict"] == planted.code.split(".")[0]
    fits(numbers, dict(planted.numbers), 0.05)
    assert set(planted.notes) <= set(numbers.get("notes") or ())
    if row["verdict"] not in ("confirmed", "suspected"):
        assert row["cue"] is None
    stored = Reason.from_json(row["reason_code"], row["reason_numbers"])
    assert row["reason"] == class_reasons.class_reason(stored)
    assert row["action"] == class_action(stored, row["cue"], row["cue_where_code"])


@pytest.mark.slow
@pytest.mark.parametrize("name", UNCHANGED)
def test_the_loss_is_that_of_the_world(name: str) -> None:
    planted = PLANTED[name]
    row = findings_of(name).classes.set_index("class").loc["d"]
    numbers = json.loads(row["reason_numbers"])
    if numbers.get("loss") is not None and numbers["donors"]:
        true = true_loss(noisy(planted.kinds, planted.noise), "d")
        assert numbers["loss"] == pytest.approx(true, abs=0.12)


@pytest.mark.parametrize("label", CHANGED)
def test_each_picture_is_told_what_was_planted_in_it(label: str) -> None:
    findings, where = pictures(label)
    cases = findings.cases.set_index("case_id")
    changed = CHANGED[label]
    for name, case_id in where.items():
        picture, row = PICTURES[name], cases.loc[case_id]
        code = OF_CASES.get(picture.code, picture.code) if label else picture.code
        assert row["reason_code"] == changed.get(name, code), name
        assert row["verdict"] == row["reason_code"].split(".")[0], name
        numbers = json.loads(row["reason_numbers"] or "{}")
        wanted = dict(picture.numbers or {})
        if name in changed:
            wanted.pop("notes", None)
        fits(numbers, wanted, 0.06)
        if "other" in numbers:
            assert {numbers["label"], numbers["other"]} == {"d", absent("d")}
        stored = Reason.from_json(row["reason_code"], row["reason_numbers"])
        assert row["reason"] == case_reasons.case_reason(stored)


def test_what_people_say_is_told_with_who_said_it() -> None:
    several, pair = people()
    for rows, other in ((several, None), (pair, "a")):
        row = rows.set_index("class").loc["d"]
        numbers = json.loads(row["reason_numbers"])
        assert (row["verdict"], row["reason_code"]) == ("confirmed", "confirmed.review")
        assert row["confirmed_by"] == "review"
        assert numbers["cost"] == pytest.approx(COST, abs=0.02)
        assert numbers["who"] == [WHO]
        assert numbers.get("other") == row["pair_with"] == other
        assert ("note.of_both" in numbers.get("notes", ())) == (other is not None)


def _all_told() -> Iterable[set[str]]:
    for findings in [*(forty(*run) for run in RUNS), *map(findings_of, PLANTED)]:
        yield told(findings.classes)
        yield told(findings.cases)
    for label in CHANGED:
        yield told(pictures(label)[0].cases)
    yield from map(told, people())


@pytest.mark.slow
def test_every_code_is_told_of_some_run_and_no_other() -> None:
    """Of classes, labels, pictures, reviews, and of what to do. Hypotheses have their own:
    `test_hypothesis_reasons` and `test_hypotheses`."""
    known = {*class_reasons.TEMPLATES, *case_reasons.TEMPLATES, *class_actions.TEMPLATES}
    found = set().union(*_all_told())
    assert known - found == set()
    assert {code for code in found - known if "hypothesis" not in code} == set()
