"""Runs elsewhere: what is put and fetched, file by file, in fsspec's memory."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from auditor import files
from auditor.domain.errors import AuditInterrupted, RunError
from auditor.storage import remote
from auditor.storage.remote import fetch, local_folder, publish, refuse_finished
from auditor.storage.run import Run, open_run
from tests.fakes.runs import make_run

PLACE = Path("memory://runs/one")


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MemoryFileSystem]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(files, "PAUSES", (0.0,))
    system = fsspec.filesystem("memory")
    yield system
    if system.exists("/runs"):
        system.rm("/runs", recursive=True)


@pytest.fixture
def run(memory: MemoryFileSystem) -> Run:
    """A run in this machine's folder of `PLACE`."""
    folder = local_folder(PLACE)
    folder.parent.mkdir(parents=True)
    return make_run(folder, classes=2, per_class=3, images=False)


def test_every_address_has_a_folder_of_its_own_in_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = local_folder(PLACE)
    assert folder.name == "one"
    assert folder.parents[1] == tmp_path / "shortcut-auditor"
    assert len(folder.parent.name) == 16
    assert folder == local_folder(Path("memory://runs/one"))
    assert folder.parent != local_folder(Path("memory://other/one")).parent
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert local_folder(PLACE).is_relative_to(tmp_path / "home" / ".cache")


def test_a_run_is_put_with_its_manifest_last_and_comes_back(
    run: Run, memory: MemoryFileSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    put = MemoryFileSystem.put_file

    def noted(self: MemoryFileSystem, lpath: str, rpath: str, **more: Any) -> None:
        told.append(rpath.rsplit("/", 1)[1])
        put(self, lpath, rpath, **more)

    refuse_finished(PLACE)
    monkeypatch.setattr(MemoryFileSystem, "put_file", noted)
    publish(PLACE)
    assert told[-1] == "manifest.json"
    assert set(told) == {path.name for path in run.path.iterdir() if path.is_file()}
    with pytest.raises(RunError) as caught:
        refuse_finished(PLACE)
    assert caught.value.code == "run.exists"
    held = {path.name: path.read_bytes() for path in run.path.iterdir()}
    shutil.rmtree(run.path)
    assert fetch(PLACE) == run.path
    assert {path.name: path.read_bytes() for path in run.path.iterdir()} == held
    assert len(open_run(PLACE).cases()) == 6


def test_what_is_held_already_is_not_fetched_again(
    run: Run, memory: MemoryFileSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(PLACE)
    monkeypatch.setattr(remote, "_fetch", lambda *_: pytest.fail("fetched again"))
    assert fetch(PLACE) == run.path
    monkeypatch.undo()


def test_another_run_at_the_address_replaces_the_one_that_is_held(
    run: Run, memory: MemoryFileSystem
) -> None:
    publish(PLACE)
    (run.path / "manifest.json").write_text("{}")
    (run.path / "signature.json").write_text("of an older run")
    fetch(PLACE)
    assert not (run.path / "signature.json").exists()
    assert open_run(run.path).manifest == run.manifest


def test_nothing_there_and_a_store_that_refuses_are_told(
    run: Run, memory: MemoryFileSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(RunError) as missing:
        fetch(Path("memory://runs/nowhere"))
    assert missing.value.code == "run.not_fetched"

    def full(*_: Any, **__: Any) -> None:
        raise RuntimeError("no space")

    monkeypatch.setattr(MemoryFileSystem, "put_file", full)
    with pytest.raises(AuditInterrupted) as refused:
        publish(PLACE)
    assert refused.value.code == "run.not_handed_over"
    assert refused.value.got == "RuntimeError: no space"
    assert (run.path / "manifest.json").is_file()
