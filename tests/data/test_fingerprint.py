"""A fingerprint that sees every change and no copy."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from auditor.data import contents
from auditor.data.fingerprint import changed_warning, dataset_state, fingerprint
from auditor.data.sources.opening import open_source
from auditor.domain.mask_references import MaskBox, MaskFile
from auditor.domain.samples import Sample
from tests.data.making import noise, sample, save
from tests.fakes.coded import saying


def _samples(root: Path) -> list[Sample]:
    return [record for record in open_source(root).items() if isinstance(record, Sample)]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for i in range(3):
        save(tmp_path / "data" / "cat" / f"{i}.bmp", noise(60, 60, seed=i))
    return tmp_path / "data"


def test_a_copy_and_another_order_are_the_same(data: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(data, tmp_path / "copy")
    assert fingerprint(_samples(data)) == fingerprint(_samples(copy)[::-1])
    assert len(fingerprint(_samples(data))) == 64


@pytest.mark.parametrize("at", [0, 5000, -1])
def test_every_byte_counts(data: Path, at: int) -> None:
    before = fingerprint(_samples(data))
    _flip(data / "cat" / "1.bmp", at)
    assert fingerprint(_samples(data)) != before


def _flip(image: Path, at: int) -> None:
    content = bytearray(image.read_bytes())
    content[at] ^= 1
    image.write_bytes(content)


def _read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Counts the files that are read from here on."""
    count = [0]
    whole = contents.hashlib.file_digest

    def counted(file: object, name: str) -> object:
        count[0] += 1
        return whole(file, name)  # type: ignore[arg-type]

    monkeypatch.setattr(contents.hashlib, "file_digest", counted)
    return count


def test_a_file_is_read_once(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "FRESH", -(2**62))
    read = _read(monkeypatch)
    first = fingerprint(_samples(data))
    assert read == [3]
    assert fingerprint(_samples(data)) == first
    assert read == [3]


@pytest.mark.parametrize("how", ["content", "same time", "other file"])
def test_what_changed_is_read_again(data: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    monkeypatch.setattr(contents, "FRESH", -(2**62))
    before = fingerprint(_samples(data))
    image = data / "cat" / "1.bmp"
    stat = image.stat()
    if how == "other file":
        image.rename(image.with_suffix(".old"))
        shutil.copy(image.with_suffix(".old"), image)
        image.with_suffix(".old").unlink()
    _flip(image, 5000)
    if how != "content":
        os.utime(image, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert image.stat().st_size == stat.st_size
    assert fingerprint(_samples(data)) != before


def test_a_file_that_just_changed_is_not_remembered(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = _read(monkeypatch)
    fingerprint(_samples(data))
    fingerprint(_samples(data))
    assert read == [6]


@pytest.mark.parametrize("damage", ["a file", "no database"])
def test_without_a_cache_folder_every_file_is_read(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    with_cache = fingerprint(_samples(data))
    cache = tmp_path / "cache"
    if damage == "a file":
        cache.write_text("")
    else:
        cache.mkdir()
        (cache / "contents.sqlite").write_bytes(b"no database" * 100)
    monkeypatch.setenv("AUDITOR_CACHE", str(cache))
    assert fingerprint(_samples(data)) == with_cache


def test_what_changed_during_a_run_is_named(data: Path) -> None:
    samples = _samples(data)
    state = dataset_state(samples)
    assert state.changed(samples) == []
    (data / "cat" / "0.bmp").touch()  # another time, the same content
    assert state.changed(samples) == []
    _flip(data / "cat" / "1.bmp", 5000)
    (data / "cat" / "2.bmp").unlink()
    assert state.changed(samples) == ["cat/1.bmp", "cat/2.bmp"]
    assert saying([changed_warning(state.changed(samples))], "data.changed", "2")


def test_names_labels_masks_and_slices_count(data: Path) -> None:
    one = sample(data / "cat" / "0.bmp")
    changed = [
        replace(one, image="other"),
        replace(one, label="dog"),
        replace(one, split="val"),
        replace(one, duplicate_group="g"),
        replace(one, slices=(("site", "Basel"),)),
        replace(one, mask=MaskBox(0, 0, 1, 1)),
        replace(one, mask=MaskBox(0, 0, 1, 2)),
        replace(one, mask=MaskFile(data / "cat" / "1.bmp")),
        replace(one, mask=MaskFile(data / "cat" / "1.bmp", ignore_value=255)),
        replace(one, path=data / "cat" / "gone.bmp"),
    ]
    assert len({fingerprint([each]) for each in (one, *changed)}) == len(changed) + 1
