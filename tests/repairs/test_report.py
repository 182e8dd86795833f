"""The report of a repair in both languages."""

from __future__ import annotations

import re

import pytest

from auditor.repairs.method_names import Method
from auditor.repairs.outcome_words import ENDS
from auditor.repairs.records import Audited, Repair, Round
from auditor.repairs.report import render
from auditor.wording.catalogue import translator

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
    return Repair(audited("cat"), (round_,), settings, ended)


@pytest.mark.parametrize("ended", [*ENDS, None])
@pytest.mark.parametrize("last", [None, audited(), audited("cat")])
def test_every_end_is_told_in_both_languages(ended: str | None, last: Audited | None) -> None:
    english, chinese = (render(repair(ended, last), translator(lang)) for lang in ("en", "zh"))
    for page in (english, chinese):
        assert "31% (25–38%)" in page
        assert "91.3%" in page
    assert 'lang="zh-Hans"' in chinese
    text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", chinese, flags=re.S)
    assert HAN.search(text)
    assert not re.search(r"[A-Za-z]+ [a-z]+ [a-z]+", text), text
