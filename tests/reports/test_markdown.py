from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from auditor.reports import render_markdown
from auditor.reports.contents import contents_of
from auditor.reports.page import page_of
from auditor.wording.escaping import plain
from tests.fakes.runs import make_run


def test_the_verdict_the_table_and_what_to_do(tmp_path: Path) -> None:
    contents = contents_of(make_run(tmp_path / "run", classes=5, images=False))
    text = render_markdown(contents)
    told = page_of(contents, pictures=False)
    lines = text.splitlines()
    assert lines[0].startswith("# ")
    assert lines[0].endswith(" run-data")
    assert lines[2] == f"**{told.headline.verdict}**"
    assert "kingfisher" in lines[2]
    rows = [line for line in lines if line.startswith("| ")]
    assert len(rows) == 6
    assert rows[1].startswith("| kingfisher | ▲ Confirmed | 58% (5")
    assert "| tractor | ? Undetermined | – | – |" in text
    action = contents.classes.set_index("class").loc["kingfisher", "action"]
    assert f"- **kingfisher**: {action}" in text
    (reason, *_), (times, *_) = zip(*contents.skipped["reason"].value_counts().items(), strict=True)
    assert f"- {times} × {reason}" in text
    assert text.index(plain(told.sanity_told)) < text.index("\n| ")
    assert "data:image" not in text


def test_failed_sanity_is_told(tmp_path: Path) -> None:
    contents = contents_of(make_run(tmp_path / "run", classes=1, images=False, sane=False))
    reasons = "; ".join(contents.manifest.sanity.reasons)
    assert f"{page_of(contents, pictures=False).sanity_told}** {reasons}" in render_markdown(
        contents
    )


def test_hostile_names_do_nothing(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", classes=6, images=False, hostile=True)
    text = render_markdown(contents_of(run))
    assert not re.search(r"(?<!\\)<", text)
    assert not re.search(r"(?<!\\)!(?<!\\)\[", text)
    assert r"\<b\>x\</b\>" in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {7}


def test_lost_classes_and_odd_data_are_told(tmp_path: Path) -> None:
    contents = contents_of(make_run(tmp_path / "run", classes=1, images=False))
    manifest = replace(
        contents.manifest, lost_classes={"c*w": "empty file"}, warnings=("5 of 9 masks: odd",)
    )
    text = render_markdown(replace(contents, manifest=manifest))
    (lost,) = [line for line in text.splitlines() if line.endswith(":** empty file")]
    assert lost.startswith("> **")
    assert r"c\*w" in lost
    assert "\n\n- 5 of 9 masks: odd" in text
    assert text.count("## ") == render_markdown(contents).count("## ") + 1


def test_in_chinese(tmp_path: Path) -> None:
    contents = contents_of(make_run(tmp_path / "run", classes=5, images=False))
    text = render_markdown(contents, lang="zh")
    assert text.startswith(
        "# 捷径学习审计：run-data\n\n**5 个类别中有 1 个已确认存在捷径：kingfisher。**"
    )
    assert "| kingfisher | ▲ 已确认 | 58% (5" in text
    assert "## 改进措施" in text
