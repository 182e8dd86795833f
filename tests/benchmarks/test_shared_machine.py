"""The benchmark of an audit beside a busy process runs and names its ratio."""

from __future__ import annotations

import re

import pytest

from benchmarks import shared_machine


@pytest.mark.slow
def test_it_compares_with_one_thread(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["x", "--rounds", "1", "--limit", "8", "--per-class", "1"]
    monkeypatch.setattr("sys.argv", given)
    shared_machine.main()
    said = capsys.readouterr().out
    assert len(re.findall(r"\d", said)) > 2
