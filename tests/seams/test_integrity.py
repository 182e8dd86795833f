"""A run as an audit writes it verifies, with its data and its weights; a changed one does not."""

from __future__ import annotations

from pathlib import Path

import pytest

import auditor
from auditor.storage.run import Run
from tests.fakes.planted import config_of, write_dataset


@pytest.fixture
def audited(tmp_path: Path) -> Run:
    write_dataset(tmp_path, per_class=3)
    tree = config_of(
        tmp_path,
        interventions={"per_class": 2, "swaps": 1, "nominated_budget": 1},
        findings={"min_images": 2},
        run={"batch_size": 4},
    )
    return auditor.audit(tree)


def test_what_an_audit_writes_verifies(audited: Run, tmp_path: Path) -> None:
    found = auditor.verify(audited, data=True)
    told = {check.name: (check.holds, check.faults) for check in found.checks}
    assert found.holds, told
    assert told["data"] == (True, ())
    picture = next(path for path in sorted(tmp_path.rglob("*.png")) if path.parent.name == "red")
    picture.write_bytes(picture.read_bytes() + b"\0")
    changed = auditor.verify(audited, data=True)
    assert [check.name for check in changed.checks if check.holds is False] == ["data"]


def test_a_run_of_relative_paths_is_verified_from_another_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_dataset(tmp_path / "there", per_class=2)
    monkeypatch.chdir(tmp_path / "there")
    tree = config_of(Path(), interventions={"enabled": False})
    run = auditor.audit(tree).path.resolve()
    write_dataset(tmp_path / "here", per_class=2, seed=1)
    monkeypatch.chdir(tmp_path / "here")
    assert auditor.verify(run, data=True).holds
    (tmp_path / "there" / "images" / "red" / "000.png").unlink()
    assert not auditor.verify(run, data=True).holds
