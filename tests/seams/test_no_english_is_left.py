"""With Chinese asked for, no English sentence of ours is left on any page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from auditor.comparison import compare
from auditor.data_audit.report import render_data_report
from auditor.domain.data_traits import LeakVerdict, TraitKind
from auditor.domain.messages import coded
from auditor.domain.samples import Skip
from auditor.dossier import dossier_of
from auditor.reports import (
    render_comparison_html,
    render_comparison_markdown,
    render_html,
    render_markdown,
)
from auditor.reports.contents import contents_of
from auditor.storage.run import Run
from auditor.wording.catalogue import translator
from auditor.wording.data_findings import REASONS
from tests.fakes.runs import make_run
from tests.fakes.worded import CLASSES, make_worded_run
from tests.seams.english_left import english, page_texts

CHINESE = translator("zh")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    folder = tmp_path_factory.mktemp("zh") / "runs"
    return {
        "every reason": make_worded_run(folder / "worded", classes=len(CLASSES), per_class=2),
        "pictures": make_worded_run(folder / "pictures", classes=5, per_class=6, images=True),
    }


@pytest.mark.parametrize("name", ["every reason", "pictures"])
def test_report_and_dossier(runs: dict[str, Run], name: str) -> None:
    contents = contents_of(runs[name])
    assert english(page_texts(render_html(contents, lang="zh"))) == []
    assert english([render_markdown(contents, lang="zh")]) == []
    assert english(page_texts(dossier_of(runs[name], lang="zh"))) == []


def test_comparison(tmp_path: Path) -> None:
    base = make_run(tmp_path / "base", classes=5, per_class=6, images=False)
    new = make_run(tmp_path / "new", classes=5, per_class=8, seed=1, images=False, sane=False)
    comparison = compare(base, new)
    assert comparison.explanations
    assert english(page_texts(render_comparison_html(comparison, "zh"))) == []
    assert english([render_comparison_markdown(comparison, "zh")]) == []


def data_row(kind: TraitKind, code: str, verdict: LeakVerdict) -> dict[str, Any]:
    return {
        "class": "teapot",
        "trait": kind.value,
        "column": "site" if kind is TraitKind.METADATA else None,
        "verdict": verdict.value,
        "auroc": 0.8,
        "auroc_low": 0.7,
        "auroc_high": 0.9,
        "q_value": 0.01,
        "object_seen": code.endswith("seen"),
        "reason_code": code,
    }


def test_data_audit() -> None:
    verdicts = {
        "data_gives_away": LeakVerdict.GIVES_AWAY,
        "data_not_found": LeakVerdict.NOT_FOUND,
        "data_undetermined": LeakVerdict.UNDETERMINED,
    }
    rows = [
        data_row(kind, code, verdicts.get(code, LeakVerdict.POSSIBLE))
        for kind in TraitKind
        for code in REASONS
    ]
    place = {"class": "teapot", "where": "top middle", "share": 0.2, "null": 0.1, "picture": b"x"}
    counts = dict.fromkeys(("independent", "copies", "with_mask"), 12)
    manifest = {
        "counts": counts,
        "classes": ["teapot", "tractor"],
        "gives_away": ["teapot"],
        "contradictions": [["a", "b"]],
        **dict.fromkeys(("data", "fingerprint", "seed", "version", "created"), "x"),
    }
    skips = [Skip("a.jpg", coded("skip.no_file", "no such file"))]
    page = render_data_report(rows, [place], skips, manifest, CHINESE)
    assert english(page_texts(page)) == []


def test_what_finds_english_finds_it() -> None:
    assert english(["图像 the mask is empty 文件"]) == ["the mask is empty"]
    page = '<p>图 <b title="three words here">the mask</b> is empty</p>'
    assert english(page_texts(page)) == ["three words here"]
    assert not re.search("[a-z]", "".join(english(["auditor verify RUN", "kingfisher, teapot"])))
