"""What a gate asks, on runs whose numbers are known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from auditor.comparison.compare import compare_sides
from auditor.comparison.inputs import Side
from auditor.comparison.model import Reading
from auditor.config import GateSection
from auditor.domain.errors import ConfigError
from auditor.domain.measures import measure
from auditor.gate import DEFAULT_LIMITS, Gate, check_run, documents, limits_of
from auditor.gate.baseline import held_against
from auditor.storage.run import Run
from tests.comparison.making import side
from tests.comparison.test_compare import SICK, WELL
from tests.fakes.coded import raises_coded
from tests.fakes.runs import make_run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Six classes: two confirmed, one undetermined; the numbers are of its summary."""
    return make_run(tmp_path_factory.mktemp("runs") / "run", classes=6, images=False)


def with_gate(run: Run, section: dict[str, Any]) -> Run:
    return replace(run, manifest=run.manifest | {"config": {"gate": section}})


def undetermined(run: Run) -> str:
    """The name of the class that could not be evaluated."""
    (name,) = (name for name, verdict in run.results.verdicts.items() if verdict == "undetermined")
    return name


def with_summary(run: Run, **numbers: Any) -> Run:
    return replace(run, summary=run.summary | numbers)


@pytest.mark.parametrize(("allowed", "holds"), [(0, False), (1, False), (2, True), (3, True)])
def test_confirmed_classes_are_counted_and_named(run: Run, allowed: int, holds: bool) -> None:
    found = check_run(run, GateSection(max_confirmed=allowed))
    check = found.checks[0]
    assert (found.holds, check.value) == (holds, 2.0)
    assert "kingfisher" in check.told or "bicycle" in check.told
    assert len(check.details) == 2


@pytest.mark.parametrize(("limit", "holds"), [(0.1, False), (0.25, True), (0.3, True)])
def test_the_shortcut_rate_holds_at_its_limit(run: Run, limit: float, holds: bool) -> None:
    found = check_run(with_summary(run, shortcut_rate=0.25), GateSection(max_shortcut_rate=limit))
    assert found.holds is holds


@pytest.mark.parametrize(("limit", "holds"), [(0.9, False), (0.6, True), (0.5, True)])
def test_the_worst_group_holds_at_its_limit(run: Run, limit: float, holds: bool) -> None:
    numbers = {"worst_group_accuracy": 0.6, "worst_group": "cat, night True"}
    found = check_run(with_summary(run, **numbers), GateSection(min_worst_group=limit))
    assert found.holds is holds
    assert "cat, night True" in found.checks[0].told


@pytest.mark.parametrize(
    ("number", "limits"),
    [
        ("shortcut_rate", GateSection(max_shortcut_rate=1.0)),
        ("worst_group_accuracy", GateSection(min_worst_group=0.0)),
    ],
)
def test_what_is_undefined_does_not_pass(run: Run, number: str, limits: GateSection) -> None:
    found = check_run(with_summary(run, **{number: None}), limits)
    assert not found.holds
    assert found.checks[0].value is None
    assert "undefined" in found.checks[0].told


def test_classes_that_could_not_be_judged_are_told_and_can_be_limited(run: Run) -> None:
    found = check_run(run, GateSection(max_confirmed=6))
    assert found.holds
    assert sum(undetermined(run) in warning for warning in found.warnings) == 1
    assert not check_run(run, GateSection(max_undetermined=0)).holds
    assert check_run(run, GateSection(max_undetermined=1)).holds


def test_flags_override_the_run_s_own_limits(run: Run) -> None:
    mine = with_gate(run, {"max_confirmed": 5, "min_worst_group": 0.5})
    assert limits_of(mine, {}, baseline=False) == GateSection(max_confirmed=5, min_worst_group=0.5)
    given = {"max_confirmed": 1, "max_shortcut_rate": None}
    assert limits_of(mine, given, baseline=False).max_confirmed == 1
    assert limits_of(run, {}, baseline=False) == DEFAULT_LIMITS
    assert limits_of(run, {}, baseline=True) == GateSection()


@pytest.mark.parametrize(
    ("section", "given", "said"),
    [
        ({"max_confirmd": 1}, {}, "got 1"),
        ({"min_worst_group": 1.5}, {}, "1.5"),
        ({}, {"min_worst_group": float("nan")}, "nan"),
    ],
)
def test_limits_that_make_no_sense_are_refused(
    run: Run, section: dict[str, Any], given: dict[str, float], said: str
) -> None:
    (name,) = section or given
    with raises_coded(ConfigError, "config.faults", name, said):
        limits_of(with_gate(run, section), given, baseline=False)


def held(base: Any, new: Any, **how: bool) -> Gate:
    return Gate("new", "base", tuple(held_against(compare_sides(base, new), **how)), ())


def test_nothing_is_worse_than_itself_nor_than_what_was_sick() -> None:
    assert held(side(SICK, 0), side(SICK, 0)).holds
    assert held(side(SICK, 0), side(WELL, 0)).holds


def test_what_got_worse_beyond_the_noise_fails_and_nothing_else() -> None:
    found = held(side(WELL, 0), side(SICK, 0))
    assert [check.name for check in found.failed] == ["baseline: shortcut_rate", "baseline: boat"]
    assert any(
        detail.startswith(f"{measure('classes', 'background_effect').title} +6")
        for detail in found.failed[1].details
    )


def test_noise_does_not_fail() -> None:
    assert held(side(SICK, 2), side(SICK, 3)).holds


def without_masks(whole: Side) -> Side:
    """The same audit when its masks were lost: nothing tested, nothing confirmed."""
    classes = whole.classes.assign(
        tested=0, verdict="suspected", background_effect=None, capture=None, shortcut_rate=None
    )
    cases = whole.cases.assign(mask_source="none", tested=False)
    summary = replace(whole.summary, shortcut_rate=None)
    return replace(whole, cases=cases, classes=classes, summary=summary)


def cut(whole: Side, kept: int) -> Side:
    """The same audit of `kept` images a class."""
    cases = whole.cases.groupby("label").head(kept)
    counts = cases.groupby("label")["tested"].sum().reindex(whole.classes.index)
    return replace(whole, cases=cases, classes=whole.classes.assign(images=kept, tested=counts))


def test_a_run_that_lost_its_masks_is_not_comparable_and_fails() -> None:
    sick = side(SICK, 0)
    found = held(sick, without_masks(sick))
    assert not found.holds
    assert {check.name for check in found.failed} >= {
        "baseline: shortcut_rate",
        *(f"baseline: {name}" for name in sick.classes.index),
    }
    assert not any(check.comparable for check in found.failed)
    assert held(sick, without_masks(sick), allow_not_comparable=True).holds
    readings = {c.reading for c in compare_sides(sick, without_masks(sick)).classes}
    assert readings == {Reading.NOT_COMPARABLE}


@pytest.mark.parametrize(("kept", "holds"), [(0.45, False), (0.9, True)])
def test_fewer_than_half_of_the_images_are_another_sample(kept: float, holds: bool) -> None:
    well = side(WELL, 0)
    images = int(kept * well.classes["images"].min())
    found = held(well, cut(well, images))
    assert found.holds is holds
    if not holds:
        lost = {
            each.what for c in compare_sides(well, cut(well, images)).classes for each in c.lost
        }
        assert lost == {"images", "tests"}


def test_a_class_that_went_or_lost_its_verdict_fails() -> None:
    well = side(WELL, 0)
    gone = replace(
        well, classes=well.classes.drop("boat"), cases=well.cases[well.cases["label"] != "boat"]
    )
    assert [check.name for check in held(well, gone).failed] == ["baseline: boat"]
    undetermined = well.classes.assign(verdict="undetermined")
    assert not held(well, replace(well, classes=undetermined)).holds
    assert held(well, replace(well, classes=undetermined), allow_not_comparable=True).holds
    both = replace(well, classes=undetermined)
    assert held(both, both).holds


def test_what_is_allowed_to_be_missing_may_not_get_worse() -> None:
    found = held(side(WELL, 0), cut(side(SICK, 0), 8), allow_not_comparable=True)
    assert "baseline: boat" in [check.name for check in found.failed]


def test_not_comparable_is_a_junit_failure_with_its_reason() -> None:
    sick = side(SICK, 0)
    root = ET.fromstring(documents.junit(held(sick, without_masks(sick))))  # noqa: S314
    failures = {
        case.get("name"): case.find("failure") for case in root.iter("testcase") if len(case)
    }
    boat = failures["baseline: boat"]
    assert boat is not None
    assert boat.get("type") == "not comparable"
    assert "masks" in (boat.text or "")


def test_newly_confirmed_fails_although_it_cannot_be_compared() -> None:
    sick = side(SICK, 0)
    unjudged = sick.classes.assign(verdict="undetermined", background_effect=None, capture=None)
    found = held(replace(sick, classes=unjudged), sick)
    assert [check.name for check in found.failed] == ["baseline: boat"]
    (detail,) = found.failed[0].details
    assert detail.index("confirmed") < detail.index("undetermined")


def test_junit_can_be_read_and_counts_add_up(run: Run) -> None:
    limits = GateSection(max_confirmed=0, max_undetermined=5, min_worst_group=0.0)
    nasty = replace(check_run(run, limits), run="a\x00b<&\ud800\"'")
    text = documents.junit(nasty)
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ')
    root = ET.fromstring(text)  # noqa: S314 - our own
    suite = root.find("testsuite")
    assert suite is not None
    cases = suite.findall("testcase")
    failures = [failure for case in cases for failure in case.findall("failure")]
    assert [case.get("name") for case in cases] == [
        "max_confirmed",
        "max_undetermined",
        "min_worst_group",
    ]
    assert root.get("tests") == suite.get("tests") == "3"
    assert root.get("failures") == suite.get("failures") == str(len(failures)) == "1"
    assert {case.get("classname") for case in cases} == {"auditor.gate"}
    (told,) = (check.told for check in check_run(run, limits).failed)
    assert failures[0].get("message") == told
    assert undetermined(run) in (suite.findtext("system-out") or "")
    assert "<&" in (suite.get("name") or "")


def test_markdown_puts_failures_first_and_keeps_names_text(tmp_path: Path) -> None:
    wild = make_run(tmp_path / "run", classes=6, images=False, hostile=True)
    text = documents.markdown(check_run(wild, GateSection(max_confirmed=0, max_undetermined=9)))
    lines = text.splitlines()
    assert lines[0].startswith("## ")
    assert lines[0].endswith(" run")
    assert lines[2].startswith("- ✗ **2 ")
    assert "\n- ✓ 1 " in text
    assert "![](http" not in text
    assert "<b>" not in text.replace("\\<b\\>", "")
