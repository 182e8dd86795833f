"""Class folders, with masks in a mirrored folder."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from auditor.data.sources.opening import open_source
from auditor.data.walking import files_under
from auditor.domain.errors import DataError
from auditor.domain.mask_references import MaskFile
from auditor.domain.samples import Sample, Skip, case_id_of
from auditor.imagery.decode import UnreadableImage, read_header
from tests.data.making import noise, save, save_mask
from tests.fakes.coded import raises_coded, saying, skip_codes

HOLE = np.eye(4, dtype=bool)


def _images(root: Path, *names: str) -> Path:
    for name in names:
        save(root / name, noise(4, 4))
    return root


def test_classes_and_images_in_sorted_order(tmp_path: Path) -> None:
    root = _images(tmp_path, "dog/b.png", "dog/a b/ä.PNG", "cat/z.jpg", "dog/a.png")
    source = open_source(root)
    assert source.classes == ("cat", "dog")
    assert [record.image for record in source.items()] == [
        "cat/z.jpg",
        "dog/a b/ä.PNG",
        "dog/a.png",
        "dog/b.png",
    ]
    first = next(source.items())
    assert first == Sample(case_id_of("cat/z.jpg", "cat"), "cat/z.jpg", "cat", root / "cat/z.jpg")
    assert source.warnings == ()


def test_what_is_no_image_is_skipped_and_what_is_hidden_ignored(tmp_path: Path) -> None:
    root = _images(tmp_path, "cat/a.png", "beside.png")
    for name in ("cat/notes.txt", "cat/README", "cat/.DS_Store", "cat/Thumbs.db", "classes.txt"):
        (root / name).write_text("x")
    save(root / "cat" / ".cache" / "b.png", noise(4, 4))
    save(root / ".git" / "c.png", noise(4, 4))
    skips = [record for record in open_source(root).items() if isinstance(record, Skip)]
    assert skip_codes(skips) == [
        ("beside.png", "skip.stray"),
        ("cat/README", "skip.no_suffix"),
        ("cat/notes.txt", "skip.suffix"),
    ]
    assert ".txt" in skips[-1].reason
    assert open_source(root).classes == ("cat",)


def test_a_class_without_images_is_said_and_stays_known(tmp_path: Path) -> None:
    root = _images(tmp_path, "cat/a.png")
    (root / "dog").mkdir()
    source = open_source(root)
    assert source.classes == ("cat", "dog")
    assert len(source.warnings) == 1
    assert saying(source.warnings, "data.no_image", "1 of 2", "dog")


def test_a_link_that_leads_back_ends(tmp_path: Path) -> None:
    root = _images(tmp_path / "data", "cat/a.png")
    (root / "cat" / "again").symlink_to(root / "cat")
    (root / "dog").symlink_to(_images(tmp_path / "elsewhere", "b.png"))
    (root / "cat" / "broken.png").symlink_to(tmp_path / "gone.png")
    assert [record.image for record in open_source(root).items()] == [
        "cat/a.png",
        "cat/broken.png",
        "dog/b.png",
    ]


def test_a_link_that_leads_to_itself_is_a_file_and_no_image(tmp_path: Path) -> None:
    root = _images(tmp_path, "cat/a.png")
    (root / "cat" / "loop.png").symlink_to("loop.png")
    assert [record.image for record in open_source(root).items()] == ["cat/a.png", "cat/loop.png"]
    with pytest.raises(UnreadableImage) as caught:
        read_header(root / "cat" / "loop.png")
    assert caught.value.reason.code == "skip.link_loop"


def test_a_folder_that_cannot_be_listed_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError) as error:
        list(files_under(tmp_path / "gone"))
    assert error.value.code == "data.folder_unreadable"
    assert error.value.got


def test_a_name_that_is_no_text_is_a_skip(tmp_path: Path) -> None:
    root = _images(tmp_path, "cat/a.png")
    odd = os.fsencode(root) + b"/d\xe9g"
    try:
        Path(os.fsdecode(odd)).mkdir()
    except OSError:  # a file system that takes UTF-8 alone has no such names
        odd = b""
    if odd:
        shutil.copy(os.fsencode(root / "cat" / "a.png"), odd + b"/b.png")
        shutil.copy(os.fsencode(root / "cat" / "a.png"), os.fsencode(root / "cat") + b"/\xff.png")
    listed = open_source(root)
    reason = "its name is not UTF-8: rename the file or its folder"
    skips = (Skip("cat/\\xff.png", reason), Skip("d\\xe9g/b.png", reason)) if odd else ()
    assert tuple(each for each in listed.records if isinstance(each, Skip)) == skips
    assert listed.classes == (("cat", "d\\xe9g") if odd else ("cat",))


def test_masks_mirror_the_tree_with_any_suffix(tmp_path: Path) -> None:
    root = _images(tmp_path / "images", "cat/a.jpg", "cat/sub/b.png", "dog/c.png")
    masks = tmp_path / "masks"
    for name in ("cat/a.png", "cat/sub/b.bmp", "dog/other.png"):
        save_mask(masks / name, HOLE)
    save(masks / "cat/a.jpg", noise(4, 4))  # a copy of the photo beside its mask
    source = open_source(root, masks=masks)
    found = [record.mask for record in source.items() if isinstance(record, Sample)]
    assert found == [MaskFile(masks / "cat/a.png"), MaskFile(masks / "cat/sub/b.bmp"), None]
    assert len(source.warnings) == 1
    assert saying(source.warnings, "data.no_mask", "1 of 3")


def test_masks_inside_the_data_are_no_class(tmp_path: Path) -> None:
    root = _images(tmp_path, "cat/a.png")
    save_mask(root / "masks" / "cat" / "a.png", HOLE)
    source = open_source(root, masks=root / "masks")
    assert source.classes == ("cat",)
    assert len(list(source.items())) == 1


def test_masks_that_fit_no_image_are_a_fault(tmp_path: Path) -> None:
    root = _images(tmp_path / "images", "cat/a.jpg")
    save_mask(tmp_path / "masks" / "a.png", HOLE)
    with pytest.raises(DataError) as error:
        open_source(root, masks=tmp_path / "masks")
    assert "cat/a.png" in error.value.expected
    assert re.search(r"\ba\b", error.value.got)


def test_a_split_is_a_folder_of_class_folders(tmp_path: Path) -> None:
    root = _images(tmp_path / "data", "train/cat/a.png", "val/cat/b.png", "val/dog/c.png")
    save_mask(tmp_path / "masks" / "cat" / "b.png", HOLE)
    source = open_source(root, split="val", masks=tmp_path / "masks")
    records = [record for record in source.items() if isinstance(record, Sample)]
    assert [(r.image, r.label, r.split) for r in records] == [
        ("val/cat/b.png", "cat", "val"),
        ("val/dog/c.png", "dog", "val"),
    ]
    assert records[0].mask == MaskFile(tmp_path / "masks" / "cat" / "b.png")
    with pytest.raises(DataError) as error:
        open_source(root)
    assert error.value.code == "data.splits_not_classes"
    assert "--split train" in error.value.remedy
    with pytest.raises(DataError) as caught:
        open_source(root, split="test")
    assert caught.value.code == "data.unknown_split"


def test_a_limit_takes_the_classes_in_turn(tmp_path: Path) -> None:
    root = _images(tmp_path, *(f"{c}/{i}.png" for c in ("a", "b") for i in range(3)), "c/0.png")
    (root / "a" / "x.txt").write_text("x")

    def images(limit: int) -> list[str]:
        return [record.image for record in open_source(root, limit=limit).items()]

    assert images(4) == ["a/0.png", "a/1.png", "b/0.png", "c/0.png"]
    assert len(images(7)) == 7
    assert "a/x.txt" not in images(7)
    assert len(images(100)) == 8
    assert open_source(root, limit=1).classes == ("a", "b", "c")


@pytest.mark.parametrize(
    ("made", "code"),
    [
        ([], "data.no_class_folders"),
        (["a.png"], "data.no_class_folders"),
        (["cat/"], "data.empty"),
    ],
)
def test_no_dataset(tmp_path: Path, made: list[str], code: str) -> None:
    for name in made:
        (tmp_path / name).mkdir() if name.endswith("/") else save(tmp_path / name, noise(4, 4))
    with raises_coded(DataError, code, str(tmp_path)):
        open_source(tmp_path)


def test_nothing_there_and_nothing_known(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        open_source(tmp_path / "gone")
    assert caught.value.code == "data.not_there"
    with pytest.raises(DataError) as caught:
        open_source(save(tmp_path / "a.png", noise(4, 4)))
    assert caught.value.code == "data.unknown_format"
    with pytest.raises(DataError) as caught:
        open_source(_images(tmp_path / "d", "cat/a.png"), masks=tmp_path / "gone")
    assert caught.value.code == "masks.no_folder"
    with pytest.raises(DataError) as caught:
        open_source(tmp_path / "d", slices=["site"])
    assert caught.value.code == "data.no_columns"
