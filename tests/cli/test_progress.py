"""What a person reads while an audit runs, in the language that was asked for."""

from __future__ import annotations

import re

import pytest

from auditor.cli.progress import progress
from auditor.domain.messages import phrase
from auditor.wording.catalogue import translator
from tests.seams.english_left import english

CHECKING = phrase("checking the maps of {layer}", layer="layer4")
UNKNOWN = "a stage of a later version"
HAN = re.compile(r"[\u4e00-\u9fff]")


def told(
    lang: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    monkeypatch.setattr("auditor.cli.progress.LINE_EVERY_SECONDS", 0.0)
    with progress(translator(lang), quiet=False) as reported:
        reported.stage("saliency maps", 10)
        reported.advance(4)
        reported.advance(6)
        reported.stage(CHECKING, None)
        reported.stage(UNKNOWN, 1)
    return capsys.readouterr().err.splitlines()


def test_lines(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    begun, part, whole, ended, named, later = told("en", capsys, monkeypatch)
    assert begun == "saliency maps: 10 images"
    assert re.fullmatch(r"  saliency maps: 4/10, \d+ img/s, \d+ s left, [\d,]+ MiB.*", part)
    assert all(
        re.match(r"  saliency maps: 10/10, \d+ img/s, [\d,]+ MiB", x) for x in (whole, ended)
    )
    assert named == CHECKING
    assert later == f"{UNKNOWN}: 1 image"


def test_lines_in_chinese(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    *ours, later = told("zh", capsys, monkeypatch)
    assert all(HAN.search(line) for line in ours)
    assert english(ours) == []
    assert "4/10" in ours[1]
    assert "layer4" in ours[-1]
    assert UNKNOWN in later


def test_nothing_with_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(translator("zh"), quiet=True) as reported:
        reported.stage("saliency maps", 10)
        reported.advance()
    assert capsys.readouterr().err == ""
