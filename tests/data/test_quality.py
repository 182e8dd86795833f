"""Masks that look like a mistake, files of one content, and a dataset looked over."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from auditor.data.checks import inspection
from auditor.data.checks.duplicates import identical
from auditor.data.checks.inspection import ClassCount, SliceCount, inspect_source
from auditor.data.checks.lookalikes import Lookalikes
from auditor.data.masks.quality import mask_digest, mask_doubt, repeated_masks
from auditor.data.sources.opening import open_source
from auditor.domain.mask_doubts import DOUBT_MEANING, MANY, MaskDoubt
from auditor.domain.samples import Sample
from tests.data.making import noise, sample, save, save_mask, scene
from tests.fakes.coded import saying, skip_codes

NONE = np.zeros((14, 14), dtype=bool)
CENTRE = NONE.copy()
CENTRE[4:10, 4:10] = True


def _doubt(mask: np.ndarray, ignored: np.ndarray = NONE) -> MaskDoubt | None:
    return mask_doubt(mask, ignored, least_area=1 / 49)


def test_doubts() -> None:
    corner = NONE.copy()
    corner[:2, :2] = True  # 4 of 196 pixels: exactly one cell of 49
    assert _doubt(CENTRE) is None
    assert _doubt(NONE) is MaskDoubt.EMPTY
    assert _doubt(~NONE) is MaskDoubt.FULL
    assert _doubt(corner) is None
    corner[0, 0] = False
    assert _doubt(corner) is MaskDoubt.TINY
    assert _doubt(~CENTRE) is MaskDoubt.INVERTED


def test_ignored_pixels_are_on_neither_side() -> None:
    assert _doubt(CENTRE, CENTRE) is MaskDoubt.EMPTY
    assert _doubt(CENTRE, ~CENTRE) is MaskDoubt.FULL


def test_an_object_that_leaves_one_edge_free_is_not_inverted() -> None:
    close_up = ~NONE
    close_up[:, :3] = False
    assert _doubt(close_up) is None


def test_one_mask_for_many_images() -> None:
    same = [(f"{i}.png", mask_digest(CENTRE)) for i in range(MANY)]
    other = [("x.png", mask_digest(~CENTRE)), ("y.png", mask_digest(CENTRE.reshape(7, 28)))]
    assert repeated_masks(same + other) == [tuple(name for name, _ in same)]
    assert repeated_masks(same[1:] + other) == []


def test_every_doubt_is_said_in_words() -> None:
    assert set(DOUBT_MEANING) == set(MaskDoubt)


@pytest.fixture
def copies(tmp_path: Path) -> list[Sample]:
    """a and c are one content; b differs in the last byte, d is missing, e and f are empty."""
    one = save(tmp_path / "a.bmp", noise(60, 60))
    shutil.copy(one, tmp_path / "c.bmp")
    content = bytearray(one.read_bytes())
    content[-1] ^= 1
    (tmp_path / "b.bmp").write_bytes(content)
    for name in ("e.bmp", "f.bmp"):
        (tmp_path / name).write_bytes(b"")
    return [sample(tmp_path / f"{name}.bmp") for name in "abcdef"]


def test_files_of_one_content(copies: list[Sample]) -> None:
    assert [[each.image for each in group] for group in identical(copies)] == [["a.bmp", "c.bmp"]]


def test_an_image_with_two_labels_is_no_duplicate_of_itself(copies: list[Sample]) -> None:
    assert identical([copies[0], replace(copies[0], label="dog")]) == []


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    masks = {
        "cat/0.png": CENTRE,
        "cat/1.png": ~CENTRE,
        "cat/2.png": NONE,
        "dog/0.png": np.ones((3, 9), dtype=bool),
    }
    for i, name in enumerate(("cat/0", "cat/1", "cat/2", "dog/0", "dog/1")):
        save(tmp_path / "d" / f"{name}.jpg", noise(14, 14, seed=i))
    save(tmp_path / "d" / "dog" / "2.jpg", noise(28, 20))
    (tmp_path / "d" / "dog" / "3.jpg").write_text("text")
    (tmp_path / "d" / "cow").mkdir()
    shutil.copy(tmp_path / "d" / "cat" / "0.jpg", tmp_path / "d" / "dog" / "4.jpg")
    for name, mask in masks.items():
        save_mask(tmp_path / "m" / name, mask)
    return tmp_path


def test_a_dataset_looked_over(dataset: Path) -> None:
    seen = inspect_source(open_source(dataset / "d", masks=dataset / "m"))
    assert (seen.kind, seen.images, seen.root) == ("class folders", 8, str(dataset / "d"))
    assert seen.classes == (
        ClassCount("cat", 3, 3),
        ClassCount("cow", 0, 0),
        ClassCount("dog", 5, 1),
    )
    assert seen.mask_kinds == (("file", 4), ("none", 4))
    assert skip_codes(seen.skips) == [
        ("dog/3.jpg", "skip.format"),
        ("dog/0.jpg", "skip.mask_size"),
    ]
    assert seen.sizes is not None
    assert (seen.sizes.measured, seen.sizes.smallest, seen.sizes.largest) == (7, (14, 14), (20, 28))
    assert seen.areas is not None
    assert seen.areas.measured == 3
    assert seen.areas.quantiles[2] == pytest.approx(36 / 196)  # of 0, 36 and 160 pixels
    assert dict(seen.areas.doubts) == {
        MaskDoubt.EMPTY: ("cat/2.jpg",),
        MaskDoubt.INVERTED: ("cat/1.jpg",),
    }
    assert seen.identical == (("cat/0.jpg", "dog/4.jpg"),)
    assert (seen.identical_across_labels, seen.identical_across_splits) == (1, 0)
    assert saying(seen.warnings, "data.no_image", "1 of 3", "cow")


def test_splits_slices_and_leakage(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        save(tmp_path / name, noise(4, 4))
    save(tmp_path / "c.png", noise(4, 4, seed=1))
    (tmp_path / "m.csv").write_text(
        "image,label,split,site,box\na.png,cat,train,Basel,0 0 1 1\nb.png,cat,val,Bern,\n"
        "c.png,dog,val,Basel,\n"
    )
    seen = inspect_source(open_source(tmp_path / "m.csv"))
    assert seen.splits == (("train", 1), ("val", 2))
    assert seen.slices == (SliceCount("site", 3, (("Basel", 2), ("Bern", 1))),)
    assert seen.mask_kinds == (("box", 1), ("none", 2))
    assert (seen.identical_across_splits, seen.identical_across_labels) == (1, 0)


def test_only_so_many_files_are_opened(dataset: Path) -> None:
    source = open_source(dataset / "d", masks=dataset / "m")
    seen = inspect_source(source, headers=2, masks=1, compared=5)
    assert seen.sizes is not None
    assert seen.areas is not None
    assert (seen.sizes.measured, seen.areas.measured, seen.images) == (2, 1, 8)
    assert (seen.lookalikes.compared, seen.thorough) == (5, False)
    whole = inspect_source(source, thorough=True, headers=2, masks=1, compared=5)
    assert whole.sizes is not None
    assert whole.areas is not None
    assert (whole.sizes.measured, whole.areas.measured, whole.lookalikes.compared) == (7, 3, 7)


def test_large_images_are_compared_in_smaller_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for i in range(30):
        save(tmp_path / "cat" / f"{i:02}.png", noise(20, 20, seed=i))
    monkeypatch.setattr(inspection, "LOOKED_AT", 10 * 20 * 20)
    assert inspect_source(open_source(tmp_path)).lookalikes.compared == 10


def test_look_alikes_and_where_they_lie(tmp_path: Path) -> None:
    first, other = scene(0), scene(1)
    rows = ["image,label,split"]
    for name, picture, label, split in (
        ("a", first, "cat", "train"),
        ("b", first.resize((150, 150)), "cat", "val"),
        ("c", other, "cat", "train"),
        ("d", other.resize((180, 180)), "dog", "train"),
        ("e", scene(2), "dog", "val"),
        ("f", scene(2), "dog", "val"),
    ):
        picture.save(tmp_path / f"{name}.png")
        rows.append(f"{name}.png,{label},{split}")
    (tmp_path / "m.csv").write_text("\n".join(rows))
    seen = inspect_source(open_source(tmp_path / "m.csv"))
    assert seen.identical == (("e.png", "f.png"),)  # the same file is no look-alike
    assert seen.lookalikes == Lookalikes(6, 0, (("a.png", "b.png"), ("c.png", "d.png")), 1, 1)


def test_only_a_thorough_inspection_meets_a_truncated_image(tmp_path: Path) -> None:
    for i in range(40):
        save(tmp_path / "cat" / f"{i:02}.jpg", noise(64, 64, seed=i))
    broken = tmp_path / "cat" / "17.jpg"
    broken.write_bytes(broken.read_bytes()[:1500])
    source = open_source(tmp_path)
    assert inspect_source(source, compared=5).skips == ()
    (skip,) = inspect_source(source, thorough=True).skips
    assert skip.image == "cat/17.jpg"
    assert saying([skip.reason], "skip.broken", "truncated")


def test_a_dataset_without_any_readable_image(tmp_path: Path) -> None:
    (tmp_path / "cat").mkdir()
    (tmp_path / "cat" / "a.jpg").write_text("x")
    seen = inspect_source(open_source(tmp_path))
    assert (seen.sizes, seen.areas, len(seen.skips)) == (None, None, 1)


def test_what_pictures_and_masks_show_is_said(tmp_path: Path) -> None:
    save(tmp_path / "cat" / "a.png", noise(40, 40))
    save(tmp_path / "cat" / "flat.png", np.full((40, 40), 99, dtype=np.uint8))
    save(tmp_path / "dog" / "dark.png", noise(40, 40) // 16)
    ramp = np.tile(np.linspace(0, 255, 40).astype(np.uint8), (40, 1))
    save(tmp_path / "cat" / "a_mask.png", ramp)
    said = inspect_source(open_source(tmp_path)).warnings
    for words, image in (("one colour", "flat"), ("nearly black", "dark"), ("soft edges", "a")):
        assert sum(words in each and f"{image}.png" in each for each in said) == 1
