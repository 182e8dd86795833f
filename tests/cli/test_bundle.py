"""`auditor doctor --bundle`: enough for a bug report, nothing private."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from auditor.storage.run import Run
from tests.cli.conftest import Command
from tests.fakes.runs import make_run


def read(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def private(run: Run, folder: Path) -> set[str]:
    """What names the data, the people and the machine."""
    manifest = run.manifest
    return {str(folder), manifest["data_root"], *manifest["classes"]} | set(
        manifest["fingerprints"].values()
    )


def test_it_holds_versions_and_numbers_but_no_names(command: Command, tmp_path: Path) -> None:
    run = make_run(tmp_path / "runs" / "one", classes=3, per_class=6)
    done = command("doctor", "--bundle", tmp_path / "bug.zip", "--run", run.path)
    texts = read(tmp_path / "bug.zip")
    assert set(texts) == {"doctor.json", "run.json"}
    assert str(tmp_path / "bug.zip") in done.out
    assert json.loads(texts["doctor.json"])["versions"]["numpy"]
    assert json.loads(texts["run.json"])["counts"] == run.manifest["counts"]
    assert json.loads(texts["run.json"])["versions"] == run.manifest["versions"]
    everything = "".join(texts.values())
    assert str(Path.home()) not in everything
    assert not [word for word in private(run, tmp_path) if word in texts["run.json"]]


def test_without_a_run_it_is_the_machine_alone(command: Command, tmp_path: Path) -> None:
    command("doctor", "--bundle", tmp_path / "bug.zip", "--quiet")
    assert set(read(tmp_path / "bug.zip")) == {"doctor.json"}


def test_it_replaces_no_file_and_takes_no_other_folder(command: Command, tmp_path: Path) -> None:
    there = tmp_path / "there.zip"
    there.write_text("mine")
    refused = command("doctor", "--bundle", there)
    assert refused.code == 2
    assert "remedy" in refused.err
    assert there.read_text() == "mine"
    assert command("doctor", "--run", tmp_path).code == 2
    no_run = command("doctor", "--bundle", tmp_path / "new.zip", "--run", tmp_path)
    assert no_run.code == 2
    assert not (tmp_path / "new.zip").exists()
