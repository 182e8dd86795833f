"""Data and runs by URL: the numbers are those of local files, and a run is there whole or not."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pandas as pd
import pytest
from fsspec.implementations.memory import MemoryFileSystem

import auditor
from auditor import files
from auditor.domain.errors import AuditInterrupted, ConfigError, RunError
from auditor.export import export
from auditor.storage.digests import sealed
from auditor.storage.remote import local_folder
from tests.fakes.coded import raises_coded
from tests.fakes.planted import CLASSES
from tests.remote.audits import PER_CLASS, assert_refused, assert_same, configuration, files_of


@pytest.fixture
def memory(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MemoryFileSystem]:
    """The dataset in fsspec's memory, and an empty cache of the user."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(files, "PAUSES", (0.0,))
    system = fsspec.filesystem("memory")
    for name, content in files_of(home):
        system.pipe_file(f"/world/{name}", content)
    yield system
    system.rm("/", recursive=True)


def test_a_url_stays_one_as_a_path() -> None:
    for url in ("s3://bucket/a b/c.csv", "memory://x/y", "file:///tmp/x", "https://host/a.csv"):
        assert files.url_of(Path(url)) == url
        assert files.url_of(Path(str(Path(url)))) == url
    assert files.url_of(Path("s3://bucket/d/m.csv").parent / "x.jpg") == "s3://bucket/d/x.jpg"
    for plain in ("/srv/a.csv", "C:/data/a.csv", "data/a:b.csv", "a.csv", "b: c/d"):
        assert files.url_of(Path(plain)) is None


def test_an_audit_in_memory_has_the_numbers_of_one_on_the_disk(
    home: Path, memory: MemoryFileSystem, tmp_path: Path
) -> None:
    tree = configuration(Path("memory://world/manifest.csv"), Path("memory://runs/night"))
    run = auditor.audit(tree)
    assert run.manifest["data_root"] == "memory://world"
    assert run.manifest["counts"]["audited"] == PER_CLASS * len(CLASSES)
    local = auditor.open_run(home / "run")
    assert_same(run, local)
    # The run is there, and another machine sees the same.
    assert "report.html" in {name.rsplit("/", 1)[1] for name in memory.ls("/runs/night", False)}
    shutil.rmtree(tmp_path / "cache")
    fetched = auditor.open_run("memory://runs/night")
    assert_same(fetched, local)
    assert export(fetched, "cases", tmp_path / "cases.csv") == PER_CLASS * len(CLASSES)
    assert fetched.show(fetched.cases()["case_id"].iloc[0]).original.size == (64, 64)
    with pytest.raises(RunError) as caught:
        auditor.audit(tree)
    assert caught.value.code == "run.exists"


def test_file_urls_and_worker_processes(
    home: Path, memory: MemoryFileSystem, tmp_path: Path
) -> None:
    tree = configuration(Path(f"file://{home}/manifest.csv"), Path(f"file://{tmp_path}/runs/a"))
    tree["run"]["workers"] = 1
    run = auditor.audit(tree)
    assert (tmp_path / "runs" / "a" / "manifest.json").is_file()
    assert_same(run, auditor.open_run(home / "run"))


def test_a_parquet_manifest_on_this_machine_names_images_elsewhere(
    home: Path, memory: MemoryFileSystem, tmp_path: Path
) -> None:
    rows = pd.read_csv(home / "manifest.csv")
    for column in ("image", "mask"):
        rows[column] = "memory://world/" + rows[column]
    rows.to_parquet(tmp_path / "m.parquet")
    run = auditor.audit(configuration(tmp_path / "m.parquet", tmp_path / "run"))
    stored, local = run.cases(), auditor.open_run(home / "run").cases()
    for frame in (stored, local):
        frame["image"] = frame["image"].str.split("world/").str[-1]
    mass = [each.set_index("image")["relevance_mass"].sort_index() for each in (stored, local)]
    pd.testing.assert_series_equal(*mass)


@pytest.mark.slow
def test_what_is_missing_is_skipped_and_a_store_that_fails_ends_the_audit(
    memory: MemoryFileSystem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory.rm("/world/images/red/003.png")
    memory.pipe_file("/world/images/red/004.png", b"")
    tree = configuration(Path("memory://world/manifest.csv"), tmp_path / "run")
    skipped = auditor.audit(tree).skipped()
    assert dict(skipped[["image", "reason_code"]].itertuples(index=False)) == {
        "images/red/003.png": "skip.no_file",
        "images/red/004.png": "skip.empty",
    }
    whole = MemoryFileSystem.cat_file

    def tired(self: MemoryFileSystem, path: str, **more: Any) -> bytes:
        if path.endswith("red/005.png"):
            raise ConnectionError("reset by peer")
        return bytes(whole(self, path, **more))

    monkeypatch.setattr(MemoryFileSystem, "cat_file", tired)
    tree["run"]["out"] = tmp_path / "tired"
    with raises_coded(AuditInterrupted, "remote.not_read", "reset by peer") as caught:
        auditor.audit(tree)
    assert isinstance(caught.value, AuditInterrupted)
    monkeypatch.undo()
    assert auditor.audit(tree, resume=True).manifest["counts"]["skipped"] == 2


def test_a_run_that_could_not_be_handed_over_is_not_there_and_resume_hands_it_over(
    memory: MemoryFileSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = configuration(Path("memory://world/manifest.csv"), Path("memory://runs/late"))
    put = MemoryFileSystem.put_file

    def full(self: MemoryFileSystem, lpath: str, rpath: str, **more: Any) -> None:
        if rpath.endswith("cases.parquet"):
            raise OSError("no space left")
        put(self, lpath, rpath, **more)

    monkeypatch.setattr(MemoryFileSystem, "put_file", full)
    with pytest.raises(AuditInterrupted, match="no space left"):
        auditor.audit(tree)
    with pytest.raises(RunError) as caught:
        auditor.open_run("memory://runs/late")
    assert caught.value.code == "run.not_fetched"
    monkeypatch.setattr(MemoryFileSystem, "put_file", put)
    began = local_folder(Path("memory://runs/late")) / "cases.parquet"
    stamp = began.stat().st_mtime_ns
    auditor.audit(tree, resume=True)
    assert began.stat().st_mtime_ns == stamp
    assert json.loads(memory.cat_file("/runs/late/manifest.json"))["schema_version"] == 1


def test_a_run_that_was_replaced_leaves_nothing_behind(
    home: Path, memory: MemoryFileSystem
) -> None:
    for file in (home / "run").iterdir():
        if file.is_file():
            memory.pipe_file(f"/runs/one/{file.name}", file.read_bytes())
    assert (auditor.open_run("memory://runs/one").path / "hypotheses.parquet").is_file()
    memory.rm_file("/runs/one/hypotheses.parquet")
    manifest = json.loads(memory.cat_file("/runs/one/manifest.json"))
    del manifest["files"]["hypotheses.parquet"]
    replaced = json.dumps(sealed(manifest | {"seed": 7}))
    memory.pipe_file("/runs/one/manifest.json", replaced.encode())
    again = auditor.open_run("memory://runs/one")
    assert again.manifest["seed"] == 7
    assert not (again.path / "hypotheses.parquet").exists()


def test_a_changed_remote_image_is_seen_on_resume(home: Path, memory: MemoryFileSystem) -> None:
    from auditor.data.fingerprint import fingerprint
    from auditor.data.sources.opening import open_source
    from auditor.domain.samples import Sample

    listing = open_source(Path("memory://world/manifest.csv"))
    samples = [item for item in listing.items() if isinstance(item, Sample)]
    before = fingerprint(samples)
    assert fingerprint(samples) == before
    memory.pipe_file("/world/images/red/003.png", b"another")
    assert fingerprint(samples) != before


def test_a_store_that_does_not_answer_is_bad_input(
    memory: MemoryFileSystem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(self: MemoryFileSystem, path: str, **more: Any) -> bool:
        raise ConnectionError("nobody there")

    tree = configuration(Path("memory://world/manifest.csv"), tmp_path / "run")
    with monkeypatch.context() as patched:
        patched.setattr(MemoryFileSystem, "exists", gone)
        with pytest.raises(ConfigError, match=r"data\.path: ConnectionError: nobody") as caught:
            auditor.audit(tree)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("memory://world", "memory://world"),
        ("memory://nowhere/manifest.csv", "nowhere/manifest.csv"),
        ("nobody://x/manifest.csv", "shortcut-auditor\\[remote\\]"),
    ],
)
def test_bad_addresses(memory: MemoryFileSystem, tmp_path: Path, address: str, said: str) -> None:
    assert_refused(address, tmp_path / "run", said)
