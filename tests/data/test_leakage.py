"""One picture in two splits is said, whether copied byte for byte or saved again."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import auditor
from auditor.data.checks.split_leakage import SplitLeak, find_leaks
from auditor.data.sources.opening import open_source
from auditor.domain.messages import codes_of
from auditor.domain.samples import Sample
from tests.data.making import noise, sample, save
from tests.data.test_near_duplicates import flipped, random_hashes
from tests.fakes.coded import saying, warning_codes
from tests.fakes.planted import CLASSES, config_of, picture

ONE, OTHER, THIRD = random_hashes(3)


@pytest.fixture
def samples(tmp_path: Path) -> list[Sample]:
    """a and copy have the same bytes; all else is apart."""
    for i, name in enumerate("abc"):
        save(tmp_path / f"{name}.png", noise(8, 8, seed=i))
    shutil.copy(tmp_path / "a.png", tmp_path / "copy.png")
    return [sample(tmp_path / f"{name}.png") for name in ("a", "b", "c", "copy")]


def in_split(samples: list[Sample], *splits: str | None) -> list[Sample]:
    return [replace(s, split=split) for s, split in zip(samples, splits, strict=True)]


def test_the_same_file_in_another_split(samples: list[Sample]) -> None:
    *audited, copy = in_split(samples, "val", "val", "val", "train")
    found = find_leaks(audited, [copy], {})
    assert found is not None
    assert found.leaks == (SplitLeak("a.png", "copy.png", "train", same_file=True),)
    assert (found.audited, found.others, found.looked_at) == (3, 1, 0)
    told = list(found.warnings())
    assert saying(told, "data.leak", "1 of 3", "train")
    assert "a.png = copy.png" in told[0]
    assert codes_of(told) == ["data.leak", "data.leak_unknown"]


def test_what_looks_alike_in_another_split(samples: list[Sample]) -> None:
    a, b, c, _ = in_split(samples, "val", "val", "train", None)
    hashes = {a.case_id: ONE, b.case_id: OTHER, c.case_id: flipped(OTHER, 20)}
    found = find_leaks([a, b], [c], hashes)
    assert found is not None
    assert found.leaks == (SplitLeak("b.png", "c.png", "train", same_file=False),)
    assert len(list(found.warnings())) == 1


def test_within_one_split_nothing_leaks(samples: list[Sample]) -> None:
    audited = in_split(samples, "val", "val", "val", "val")
    assert find_leaks(audited, [], {}) is None
    found = find_leaks([audited[0], audited[3]], [replace(audited[1], split="train")], {})
    assert found is not None
    assert (found.leaks, list(found.warnings())[:0]) == ((), [])


def test_splits_that_are_audited_together_leak_both_ways(samples: list[Sample]) -> None:
    audited = in_split(samples, "train", "train", "val", "val")
    found = find_leaks(audited, [], {})
    assert found is not None
    assert [(leak.image, leak.split) for leak in found.leaks] == [
        ("a.png", "val"),
        ("copy.png", "train"),
    ]


def test_other_splits_of_every_kind_of_data(tmp_path: Path) -> None:
    for split in ("train", "val", "extra"):
        save(tmp_path / "d" / split / "cat" / f"{split}.png", noise(4, 4))
    listed = open_source(tmp_path / "d", split="val")
    assert [(o.image, o.split) for o in listed.others] == [("train/cat/train.png", "train")]
    manifest = tmp_path / "m.csv"
    manifest.write_text(
        "image,label,split\nd/val/cat/val.png,cat,val\nd/train/cat/train.png,cat,train\n"
    )
    assert [o.split for o in open_source(manifest, split="val").others] == ["train"]
    assert open_source(manifest).others == ()


def _write(folder: Path, split: str, seed: int) -> None:
    generator = np.random.default_rng(seed)
    for label in CLASSES:
        target = folder / split / label
        target.mkdir(parents=True)
        for i in range(3):
            Image.fromarray(picture(label, generator)[0]).save(target / f"{i}.png")


def test_an_audit_of_one_split_says_what_another_holds_too(tmp_path: Path) -> None:
    images = tmp_path / "images"
    _write(images, "train", 0)
    _write(images, "val", 1)
    shutil.copy(images / "train" / "red" / "0.png", images / "val" / "red" / "same.png")
    with Image.open(images / "train" / "blue" / "1.png") as original:
        original.save(images / "val" / "blue" / "again.jpg", quality=95)
    tree = config_of(tmp_path, data={"split": "val"}, interventions={"enabled": False})
    tree["data"].pop("masks")
    run = auditor.audit(tree)
    leaks = {leak["image"]: leak for leak in run.manifest["leakage"]["leaks"]}
    assert {image: (leak["twin"], leak["same_file"]) for image, leak in leaks.items()} == {
        "val/red/same.png": ("train/red/0.png", True),
        "val/blue/again.jpg": ("train/blue/1.png", False),
    }
    assert run.manifest["leakage"]["looked_at"] == run.manifest["leakage"]["others"] == 12
    assert warning_codes(run.manifest)[0] == "data.leak"
    assert "2 of 14" in run.manifest["warnings"][0]
    assert "LEAK: 2 of 14" in (run.path / "report.html").read_text()
    assert set(run.cases()["image"].str.split("/").str[0]) == {"val"}
