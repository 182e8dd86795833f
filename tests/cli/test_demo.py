"""The first thing that anybody runs tells the truth about the sample data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from auditor.cli.demo import sample_data
from tests.cli.conftest import Command


@pytest.mark.slow
def test_the_demo_confirms_what_was_planted_and_clears_the_rest(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = command("demo", "--no-dashboard", "--quiet")
    assert done.code == 0, done.err
    truth = json.loads((sample_data() / "truth.json").read_text(encoding="utf-8"))["classes"]
    summary = json.loads((tmp_path / "runs/demo/summary.json").read_text(encoding="utf-8"))
    assert summary["verdicts"] == {
        name: "confirmed" if told["planted"]["used"] else "clean" for name, told in truth.items()
    }
    assert (tmp_path / "runs/demo/report.html").is_file()
