"""Progress for machines."""

from __future__ import annotations

import json
from itertools import count

import pytest

from auditor.cli import json_lines
from auditor.cli.progress import progress


def test_every_line_is_an_object_with_figures(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = count(0.0, 20.0)
    monkeypatch.setattr(json_lines, "monotonic", lambda: next(clock))
    with progress(quiet=True, log_json=True) as reported:
        reported.stage("looking", 10)
        reported.advance(4)
        reported.stage("judging", None)
        reported.advance(3)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["event"], line["stage"]) for line in lines] == [
        ("stage", "looking"),
        ("progress", "looking"),
        ("done", "looking"),
        ("stage", "judging"),
        ("progress", "judging"),
        ("done", "judging"),
    ]
    first = lines[1]
    assert (first["done"], first["total"]) == (4, 10)
    assert (first["seconds"], first["per_second"], first["seconds_left"]) == (20.0, 0.2, 30.0)
    assert lines[4]["seconds_left"] is None
    assert all(line["peak_memory"] > 0 and line["time"].endswith("+00:00") for line in lines)
