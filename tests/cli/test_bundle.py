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


def test_the_end_of_a_log_comes_without_folders_and_addresses(
    command: Command, tmp_path: Path
) -> None:
    log = tmp_path / "audit.log"
    told = [
        f"reading {tmp_path}/clinic/anna/scan.png: truncated",
        'File "C:\\Users\\anna\\x.py", line 3, in f',
        "telling https://user:secret@hooks.example/abc failed",
        "saliency 12/448 images, 31.5 images/s",
        "got: /srv/Anna Smith/x-rays/scan.png is larger than /srv/Bob/scan.png",
        "D:\\Anna Smith\\masks\\scan.png and masks/anna/scan.png",
        "mail to anna@clinic.example was refused",
    ]
    log.write_text("\n".join(["old news"] * 300 + told), encoding="utf-8")
    assert command("doctor", "--bundle", tmp_path / "bug.zip", "--log", log, "--quiet").code == 0
    kept = read(tmp_path / "bug.zip")["log.txt"]
    assert len(kept.splitlines()) == 200
    assert told[3] in kept
    assert "scan.png: truncated" in kept
    assert "x.py" in kept
    assert "scan.png is larger than" in kept
    for word in ("anna", "Smith", "Bob", "clinic", str(tmp_path), "secret", "hooks.example"):
        assert word.lower() not in kept.lower()


def test_a_log_that_is_not_there_writes_nothing(command: Command, tmp_path: Path) -> None:
    refused = command("doctor", "--bundle", tmp_path / "bug.zip", "--log", tmp_path / "none.log")
    assert refused.code == 2
    assert "log.unreadable" in refused.err
    assert not (tmp_path / "bug.zip").exists()


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
