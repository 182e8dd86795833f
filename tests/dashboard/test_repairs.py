"""A repair beside the runs: the effect of its cues, round by round."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from auditor.repairs.method_names import Method
from auditor.repairs.records import FILE, Audited, Repair, Round, repairs_in, save
from auditor.storage.run import Run
from auditor.wording.numbers import ENGLISH
from dashboard.charts.repairs import MOST_CLASSES, audits_of, repair_chart
from tests.dashboard.apps import Open


def audited(accuracy: float, effects: dict[str, Any], confirmed: tuple[str, ...]) -> Audited:
    return Audited("/gone", accuracy, None, confirmed, effects, {}, {})


BEFORE = audited(
    0.9, {"cat": [0.3, 0.4, 0.5], "dog": [0.2, 0.3, 0.35], "cow": [0, 0, 0]}, ("cat", "dog")
)
AFTER = audited(0.89, {"cat": [0.01, 0.02, 0.04], "dog": [None, None, None]}, ())
REPAIR = Repair(
    BEFORE,
    (
        Round(1, {}, Method.CONSISTENT.value, "w", AFTER),
        Round(2, {}, None, None, None),
    ),
    {},
    "gone",
)


def test_a_line_per_class_that_was_confirmed_with_its_interval() -> None:
    figure = repair_chart(REPAIR, 0.1, ENGLISH)
    cat, dog = figure.data
    assert (cat.name, dog.name) == ("cat", "dog")
    assert cat.x == ("before", "round 1")
    assert cat.y == (0.4, 0.02)
    assert cat.error_y.array == pytest.approx((0.1, 0.02))
    assert cat.error_y.arrayminus == pytest.approx((0.1, 0.01))
    assert dog.y == (0.3, None)
    assert [number for number, _ in audits_of(REPAIR)] == [0, 1]


def test_many_classes_are_cut_to_those_that_can_be_told_apart() -> None:
    names = tuple(f"c{i:02}" for i in range(40))
    many = Repair(audited(0.9, {name: [0.1, 0.2, 0.3] for name in names}, names), (), {})
    assert len(repair_chart(many, None, ENGLISH).data) == MOST_CLASSES


@pytest.mark.parametrize(
    "spoilt",
    [
        b"{",
        b"[]",
        b"{}",
        json.dumps({"before": {"run": 5}, "rounds": [], "settings": {}, "ended": None}).encode(),
        b"[" * 100_000,
    ],
)
def test_a_spoilt_record_is_left_out(spoilt: bytes, tmp_path: Path) -> None:
    for name in ("whole", "spoilt"):
        (tmp_path / name).mkdir()
    save(REPAIR, tmp_path / "whole")
    (tmp_path / "spoilt" / FILE).write_bytes(spoilt)
    assert list(repairs_in(tmp_path)) == ["whole"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_of_runs_shows_it(fresh: Run, show: Open, lang: str) -> None:
    runs = fresh.path.parent
    (runs / "mended").mkdir()
    save(REPAIR, runs / "mended")
    (runs / "unknown").mkdir()
    odd = Repair(BEFORE, (Round(1, {}, "![](http://x)", "w", AFTER),), {}, None)
    save(odd, runs / "unknown")
    app = show(runs, "runs", lang=lang)
    assert not app.exception
    assert len(app.get("plotly_chart")) == 2
    titles = [each.value for each in app.markdown if "mended" in each.value]
    assert len(titles) == 1
    assert not any("![](" in each.value for each in (*app.markdown, *app.caption))
