"""Data and runs in S3, spoken to by its real driver: a local server stands for the cloud."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

import auditor
from auditor import files
from auditor.data.fingerprint import fingerprint
from auditor.data.loader import Loader
from auditor.data.sources.opening import open_source
from auditor.domain.errors import RunError
from auditor.domain.preprocess import Preprocess
from auditor.domain.samples import Sample
from auditor.tensors.batch import Batch
from tests.fakes.planted import CLASSES
from tests.fakes.s3 import environment, server
from tests.remote.audits import PER_CLASS, assert_refused, assert_same, configuration, files_of

s3fs = pytest.importorskip("s3fs", reason="s3fs is not installed")
pytest.importorskip("moto", reason="moto is not installed")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with server() as found:
        yield found


@pytest.fixture
def bucket(
    home: Path, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Any]:
    """The dataset in the bucket `world`, an empty bucket `runs`, an empty cache of the user."""
    for name, value in environment(address).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(files, "PAUSES", (0.0,))
    s3fs.S3FileSystem.clear_instance_cache()
    system = s3fs.S3FileSystem()
    for name in ("world", "runs"):
        system.mkdir(name)
    system.pipe({f"world/{name}": content for name, content in files_of(home)})
    yield system
    for name in ("world", "runs"):
        system.rm(name, recursive=True)
    s3fs.S3FileSystem.clear_instance_cache()


def samples_of(manifest: Path) -> list[Sample]:
    return [item for item in open_source(manifest).items() if isinstance(item, Sample)]


@pytest.mark.slow
def test_a_manifest_and_images_in_s3_are_audited_and_the_run_is_written_there(
    home: Path, bucket: Any, tmp_path: Path
) -> None:
    tree = configuration(Path("s3://world/manifest.csv"), Path("s3://runs/team/night"))
    run = auditor.audit(tree)
    assert run.manifest["data_root"] == "s3://world"
    assert run.manifest["counts"]["audited"] == PER_CLASS * len(CLASSES)
    local = auditor.open_run(home / "run")
    assert_same(run, local)
    stored = {name.rsplit("/", 1)[1] for name in bucket.ls("runs/team/night")}
    assert stored == {file.name for file in (home / "run").iterdir()}
    # Another machine, without anything in its cache, reads the same.
    shutil.rmtree(tmp_path / "cache")
    fetched = auditor.open_run("s3://runs/team/night")
    assert_same(fetched, local)
    assert fetched.show(fetched.cases()["case_id"].iloc[0]).original.size == (64, 64)
    with pytest.raises(RunError) as caught:
        auditor.audit(tree)
    assert caught.value.code == "run.exists"


def test_worker_processes_read_from_s3_too(home: Path, bucket: Any) -> None:
    def read(manifest: Path, workers: int) -> Batch:
        loader = Loader(Preprocess(resize=None, crop=None), batch_size=8, workers=workers)
        loaded = list(loader.load(samples_of(manifest)))
        assert not any(each.skips for each in loaded)
        return Batch.concatenate([each.batch for each in loaded if each.batch])

    here = read(home / "manifest.csv", 0)
    bucket.ls("world")  # this process has spoken to the store before it forks
    afar = read(Path("s3://world/manifest.csv"), 1)
    assert len(afar) == PER_CLASS * len(CLASSES)
    assert torch.equal(afar.images, here.images)
    assert torch.equal(afar.masks, here.masks)


@pytest.mark.slow
def test_what_is_missing_in_s3_is_skipped(bucket: Any, tmp_path: Path) -> None:
    bucket.rm_file("world/images/red/003.png")
    bucket.pipe_file("world/images/red/004.png", b"")
    tree = configuration(Path("s3://world/manifest.csv"), tmp_path / "run")
    skipped = auditor.audit(tree).skipped()
    assert dict(zip(skipped["image"], skipped["reason"], strict=True)) == {
        "images/red/003.png": "no such file",
        "images/red/004.png": "empty file",
    }
    assert files.read_bytes(Path("s3://world/images/red/004.png"), 10) == b""
    assert files.read_bytes(Path("s3://world/manifest.csv"), 11) == b"image,label"


def test_an_image_that_changed_in_s3_changes_the_fingerprint(bucket: Any) -> None:
    samples = samples_of(Path("s3://world/manifest.csv"))
    before = fingerprint(samples)
    assert fingerprint(samples) == before
    size = bucket.info("world/images/red/003.png")["size"]
    bucket.pipe_file("world/images/red/003.png", bytes(size))
    files.forget()
    assert fingerprint(samples) != before


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("s3://world", "s3://world"),
        ("s3://world/none.csv", "none.csv"),
        ("s3://no-such-bucket/manifest.csv", "no-such-bucket"),
    ],
)
def test_bad_addresses_in_s3(bucket: Any, tmp_path: Path, url: str, said: str) -> None:
    assert_refused(url, tmp_path / "run", said)
