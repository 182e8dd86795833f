"""The report of a repair in both languages."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from auditor.repairs.method_names import Method
from auditor.repairs.outcome_words import ENDS
from auditor.repairs.records import Audited, Repair, Round
from auditor.repairs.report import render
from auditor.storage.run import Run
from auditor.wording.catalogue import translator
from tests.fakes.resealing import reseal
from tests.fakes.runs import make_run

HAN = re.compile(r"[\u4e00-\u9fff]")


def audited(*confirmed: str) -> Audited:
    ends = {name: [0.25, 0.31, 0.38] for name in ("cat", "dog")}
    verdicts = {name: "confirmed" if name in confirmed else "clean" for name in ends}
    return Audited("runs/a", 0.913, None, confirmed, ends, ends | {"dog": [None] * 3}, verdicts)


def repair(ended: str | None, last: Audited | None) -> Repair:
    trials = {method.value: None for method in Method}
    quality = {"accuracy": 0.9, "broken": 0.7, "worst_group": 0.6}
    round_ = Round(1, trials | {"nothing": quality}, last and "counterexamples", None, last)
    settings = {"data": "train", "steps": 400, "seed": 0, "run": "runs/a"}
    return Repair(audited("cat"), (round_,), settings, ended, overlap=1234)


@pytest.mark.parametrize("ended", [*ENDS, None])
@pytest.mark.parametrize("last", [None, audited(), audited("cat")])
def test_every_end_is_told_in_both_languages(ended: str | None, last: Audited | None) -> None:
    english, chinese = (render(repair(ended, last), translator(lang)) for lang in ("en", "zh"))
    for page in (english, chinese):
        assert "31% (25–38%)" in page
        assert "91.3%" in page
        assert "1,234" in page
    assert 'lang="zh-Hans"' in chinese
    text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", chinese, flags=re.S)
    assert HAN.search(text)
    assert not re.search(r"[A-Za-z]+ [a-z]+ [a-z]+", text), text


@pytest.mark.parametrize("count", [0, None])
def test_pictures_of_their_own_are_not_spoken_of(count: int | None) -> None:
    told, other = (render(replace(repair("gone", audited()), overlap=n)) for n in (8765, count))
    assert "8,765" in told
    assert told.count("<p>") == other.count("<p>") + 1


def test_the_floor_is_that_of_the_audit(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", classes=2, images=False)
    config = json.loads((run.path / "manifest.json").read_text("utf-8"))["config"]
    reseal(run.path, config=config | {"findings": {"effect_floor": 0.25}})
    assert line_of(run) == [110]


def test_without_the_audit_no_floor_is_drawn(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", classes=2, images=False)
    (run.path / "manifest.json").unlink()
    assert line_of(run) == []


def line_of(run: Run) -> list[float]:
    """Where the dashed lines of a report on one class stand."""
    before = replace(audited("cat"), run=str(run.path))
    page = render(replace(repair("gone", None), before=before))
    return [float(x) for x in re.findall(r'<line x1="([\d.]+)"[^>]*stroke-dasharray', page)]
