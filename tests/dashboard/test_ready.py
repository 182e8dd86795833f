"""The newest run is checked and its cases are ordered before a reader asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.storage.layout import MANIFEST
from dashboard import ready
from dashboard.runs import access
from tests.fakes.runs import make_run


def test_the_first_reader_finds_the_order_of_the_newest_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run(tmp_path / "runs" / "one", classes=2, per_class=2)
    ready.newest_run(tmp_path / "runs").join()

    def again(*_: object) -> None:
        raise AssertionError("ordered a second time")

    monkeypatch.setattr(access, "Ranking", again)
    found = access.catalog(tmp_path / "runs").runs[0]
    assert found.path == run.path
    assert access.ranking(access.run_at(found.path)) is not None


@pytest.mark.parametrize("folder", ["missing", "empty", "broken"])
def test_what_cannot_be_opened_is_left_to_the_reader(
    tmp_path: Path, folder: str, capfd: pytest.CaptureFixture[str]
) -> None:
    runs = tmp_path / folder
    if folder == "empty":
        runs.mkdir()
    if folder == "broken":
        (make_run(runs / "one", classes=2, per_class=2).path / MANIFEST).write_text("{")
    ready.newest_run(runs).join()
    assert "Traceback" not in capfd.readouterr().err


def test_a_damaged_table_is_left_to_the_reader(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run = make_run(tmp_path / "runs" / "one", classes=2, per_class=2)
    cases = run.table_path("cases")
    cases.write_bytes(cases.read_bytes()[:-100])
    ready.newest_run(tmp_path / "runs").join()
    assert "Traceback" not in capfd.readouterr().err
