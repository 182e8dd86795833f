"""An audit in which every image is answered right says what that means for training images."""

from __future__ import annotations

import re
from pathlib import Path

import auditor
from auditor.reports import render_html, render_markdown
from auditor.reports.contents import contents_of
from tests.fakes.planted import CLASSES, config_of, write_dataset


def test_every_answer_right_is_told_in_report_and_manifest(tmp_path: Path) -> None:
    write_dataset(tmp_path, per_class=12)
    tree = config_of(tmp_path, run={"out": tmp_path / "run"}, interventions={"enabled": False})
    run = auditor.audit(tree)
    assert run.cases()["correct"].all()
    counts = f"{12 * len(CLASSES)} of {12 * len(CLASSES)} "
    told = [each for each in run.manifest["warnings"] if each.startswith(counts)]
    assert len(told) == 1
    contents = contents_of(run)
    assert told[0] in render_markdown(contents)
    assert counts in re.sub(r"\s+", " ", render_html(contents))
