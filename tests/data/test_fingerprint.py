"""A fingerprint that sees every change and no copy."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from auditor.data import fingerprint as module
from auditor.data.fingerprint import fingerprint
from auditor.data.sources.opening import open_source
from auditor.domain.samples import MaskBox, MaskFile, Sample
from tests.data.making import noise, sample, save


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


@pytest.mark.parametrize("whole_up_to", [module.WHOLE_UP_TO, 0])
def test_content_counts(data: Path, monkeypatch: pytest.MonkeyPatch, whole_up_to: int) -> None:
    monkeypatch.setattr(module, "WHOLE_UP_TO", whole_up_to)
    before = fingerprint(_samples(data))
    image = data / "cat" / "1.bmp"
    content = bytearray(image.read_bytes())
    content[-1] ^= 1
    image.write_bytes(content)
    assert fingerprint(_samples(data)) != before


def test_a_change_in_the_middle_counts_where_every_byte_is_read(data: Path) -> None:
    before = fingerprint(_samples(data))
    image = data / "cat" / "1.bmp"
    content = bytearray(image.read_bytes())
    content[len(content) // 2] ^= 1
    image.write_bytes(content)
    assert fingerprint(_samples(data)) != before


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
