"""Pascal VOC trees: palette masks with an ignored contour, boxes, splits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from auditor.data.masks.reading import read_mask
from auditor.data.sources.opening import open_source
from auditor.domain.errors import DataError
from auditor.domain.mask_references import MaskBox, MaskFile, MaskUnion
from auditor.domain.messages import codes_of
from auditor.domain.samples import Sample, Skip
from tests.data.making import noise, save
from tests.fakes.coded import saying, skip_codes

OBJECT = (
    "<object><name>{0}</name><bndbox><xmin>{1}</xmin><ymin>{2}</ymin><xmax>{3}</xmax>"
    "<ymax>{4}</ymax></bndbox></object>"
)


def _annotate(root: Path, name: str, *objects: tuple[object, ...], raw: str | None = None) -> None:
    save(root / "JPEGImages" / f"{name}.jpg", noise(6, 8))
    (root / "Annotations").mkdir(exist_ok=True)
    body = "".join(OBJECT.format(*thing) for thing in objects)
    text = raw if raw is not None else f"<annotation><!-- a note -->{body}</annotation>"
    (root / "Annotations" / f"{name}.xml").write_text(text)


def _palette_mask(root: Path, name: str, indices: np.ndarray) -> Path:
    path = root / "SegmentationClass" / f"{name}.png"
    path.parent.mkdir(exist_ok=True)
    image = Image.fromarray(indices.astype(np.uint8), mode="P")
    image.putpalette(list(range(256)) * 3)
    image.save(path)
    return path


def _records(root: Path, **options: object) -> dict[str, Sample | Skip]:
    return {Path(r.image).stem: r for r in open_source(root, **options).items()}


def test_a_segmented_image_has_its_class_and_an_ignored_contour(tmp_path: Path) -> None:
    _annotate(tmp_path, "a", ("cat", 1, 1, 8, 4), ("person", 1, 1, 2, 2))
    indices = np.zeros((6, 8), dtype=int)
    indices[:3], indices[3], indices[5] = 8, 255, 15  # cat is the 8th class, person the 15th
    path = _palette_mask(tmp_path, "a", indices)
    source = open_source(tmp_path)
    (record,) = source.items()
    assert isinstance(record, Sample)
    assert (record.image, record.label, source.kind) == ("JPEGImages/a.jpg", "cat", "VOC")
    assert record.mask == MaskFile(
        path, ignore_value=255, object_values=(8,), object_colours=(0x400000,)
    )
    chosen, ignored = read_mask(record.mask, (6, 8))
    assert chosen[:, 0].tolist() == [True, True, True, False, False, False]
    assert ignored[:, 0].tolist() == [False, False, False, True, False, False]
    assert source.classes == ("cat", "person")
    assert codes_of(source.warnings) == ["data.several_classes", "data.no_image"]
    assert saying(source.warnings, "data.no_image", "1 of 2", "person")


def test_boxes_count_from_one_and_include_the_last_pixel(tmp_path: Path) -> None:
    _annotate(tmp_path, "a", ("cat", 1, 1, 8, 6))
    _annotate(tmp_path, "b", ("cat", 1, 1, 2, 2), ("cat", 7, 5, 8, 6))
    records = _records(tmp_path)
    assert records["a"].mask == MaskBox(0, 0, 8, 6)
    assert read_mask(records["a"].mask, (6, 8))[0].all()
    assert isinstance(records["b"].mask, MaskUnion)
    assert read_mask(records["b"].mask, (6, 8))[0].sum() == 8


def test_classes_of_ones_own_have_their_palette_in_class_names(tmp_path: Path) -> None:
    _annotate(tmp_path, "a", ("zebra", 1, 1, 8, 6))
    path = _palette_mask(tmp_path, "a", np.full((6, 8), 2))
    assert isinstance(_records(tmp_path)["a"].mask, MaskBox)
    (tmp_path / "class_names.txt").write_text("_background_\nlion\nzebra\n")
    assert _records(tmp_path)["a"].mask == MaskFile(
        path, ignore_value=255, object_values=(2,), object_colours=(0x8000,)
    )


def test_splits(tmp_path: Path) -> None:
    for name, label in (("a", "cat"), ("b", "dog")):
        _annotate(tmp_path, name, (label, 1, 1, 8, 6))
    (tmp_path / "ImageSets" / "Main").mkdir(parents=True)
    (tmp_path / "ImageSets" / "Main" / "val.txt").write_text("b\n")
    (tmp_path / "ImageSets" / "Main" / "cat_val.txt").write_text("a  1\nb -1\n")
    source = open_source(tmp_path, split="val")
    (record,) = source.items()
    assert isinstance(record, Sample)
    assert (record.label, record.split, source.classes) == ("dog", "val", ("cat", "dog"))
    with pytest.raises(DataError) as error:
        open_source(tmp_path, split="test")
    assert error.value.code == "data.unknown_split"
    assert error.value.got == "val"


def test_annotations_that_cannot_be_used_are_skips(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "bb">]><annotation>&b;</annotation>'
    _annotate(tmp_path, "good", ("cat", 1, 1, 8, 6))
    _annotate(tmp_path, "broken", raw="<annotation>")
    _annotate(tmp_path, "bomb", raw=bomb)
    _annotate(tmp_path, "none")
    _annotate(tmp_path, "box", ("cat", "x", 1, 8, 6))
    _annotate(tmp_path, "turned", ("cat", 8, 6, 1, 1))
    _annotate(tmp_path, "coded", raw='<?xml version="1.0" encoding="x"?><annotation/>')
    save(tmp_path / "JPEGImages" / "alone.jpg", noise(4, 4))
    (tmp_path / "JPEGImages" / "notes.txt").write_text("x")
    reasons = {
        stem: record.reason
        for stem, record in _records(tmp_path).items()
        if isinstance(record, Skip)
    }
    assert reasons.keys() == {
        *("broken", "bomb", "none", "box", "turned", "alone", "notes", "coded"),
    }
    assert dict(zip(reasons, codes_of(reasons.values()), strict=True)) == {
        "broken": "skip.annotation",
        "bomb": "skip.annotation",
        "none": "skip.no_object",
        "box": "skip.box_numbers",
        "turned": "skip.box_empty",
        "alone": "skip.no_annotation_file",
        "notes": "skip.suffix",
        "coded": "skip.annotation",
    }


def test_a_devkit_holds_trees(tmp_path: Path) -> None:
    (tmp_path / "VOC2012" / "JPEGImages").mkdir(parents=True)
    (tmp_path / "VOC2012" / "Annotations").mkdir()
    with pytest.raises(DataError) as error:
        open_source(tmp_path)
    assert error.value.code == "voc.inside_folder"
    assert "VOC2012" in error.value.remedy


def test_what_has_no_image_is_not_lost(tmp_path: Path) -> None:
    _annotate(tmp_path, "a", ("cat", 1, 1, 8, 4))
    _annotate(tmp_path, "gone", ("cat", 1, 1, 8, 4))
    (tmp_path / "JPEGImages" / "gone.jpg").unlink()
    gone = _records(tmp_path)["gone"]
    assert isinstance(gone, Skip)
    assert skip_codes([gone]) == [("Annotations/gone.xml", "skip.no_namesake")]
    lists = tmp_path / "ImageSets" / "Main"
    lists.mkdir(parents=True)
    (lists / "val.txt").write_text("a\ngone\n")
    gone = _records(tmp_path, split="val")["gone"]
    assert isinstance(gone, Skip)
    assert skip_codes([gone]) == [("JPEGImages/gone", "skip.not_in_split")]


def _xml(label: str, boxes: str) -> str:
    return f"<annotation><object><name>{label}</name>{boxes}</object></annotation>"


BOX = "<bndbox><xmin>1</xmin><ymin>1</ymin><xmax>4</xmax><ymax>3</ymax></bndbox>"


@pytest.mark.parametrize(
    ("declared", "codec", "label"),
    [
        ("GBK", "gbk", "猫"),
        ("gb2312", "gbk", "镕"),  # not in GB 2312, and written under its name all the same
        ("ISO-8859-1", "latin-1", "büffel"),
        ("windows-1251", "cp1251", "кот"),
        ("Shift_JIS", "cp932", "猫"),
        ("UTF-16", "utf-16", "кот"),
        ("UTF-8", "utf-8-sig", "Käfer"),
        ("", "utf-8", "猫"),
        ("", "utf-16-le", "猫"),
    ],
)
def test_the_declared_encoding_is_followed(
    tmp_path: Path, declared: str, codec: str, label: str
) -> None:
    _annotate(tmp_path, "a")
    encoding = f' encoding="{declared}"' if declared else ""
    text = f'<?xml version="1.0"{encoding}?>\n' + _xml(label, BOX)
    (tmp_path / "Annotations" / "a.xml").write_bytes(text.encode(codec))
    (record,) = open_source(tmp_path).items()
    assert isinstance(record, Sample)
    assert record.label == label


def test_bytes_that_are_not_what_they_are_declared_to_be_are_a_skip(tmp_path: Path) -> None:
    _annotate(tmp_path, "a")
    (tmp_path / "Annotations" / "a.xml").write_bytes(_xml("狗", BOX).encode("gbk"))
    (record,) = open_source(tmp_path).items()
    assert isinstance(record, Skip)
    assert "utf-8" in record.reason


def test_several_boxes_of_one_object_are_united(tmp_path: Path) -> None:
    far = BOX.replace("<xmin>1", "<xmin>7").replace("<xmax>4", "<xmax>8")
    _annotate(tmp_path, "a", raw=_xml("cat", BOX + far))
    assert read_mask(_records(tmp_path)["a"].mask, (6, 8))[0].sum() == 12 + 6


def test_an_object_without_a_box_is_left_out_and_said(tmp_path: Path) -> None:
    _annotate(tmp_path, "a", raw=_xml("cat", BOX)[: -len("</annotation>")] + _xml("cat", "")[12:])
    _annotate(tmp_path, "b", raw=_xml("cat", ""))
    records = _records(tmp_path)
    assert read_mask(records["a"].mask, (6, 8))[0].sum() == 12
    assert isinstance(records["b"], Sample)
    assert records["b"].mask is None
    assert saying(open_source(tmp_path).warnings, "data.objects_left_out", "2")


@pytest.mark.parametrize("label_map", [False, True])
def test_masks_saved_in_colours(tmp_path: Path, label_map: bool) -> None:
    label, colour = ("zebra", (10, 200, 30)) if label_map else ("cat", (64, 0, 0))
    _annotate(tmp_path, "a", (label, 1, 1, 8, 6))
    pixels = np.zeros((6, 8, 3), dtype=np.uint8)
    pixels[1:4, 2:6], pixels[5] = colour, (224, 224, 192)
    save(tmp_path / "SegmentationClass" / "a.png", pixels)
    if label_map:
        (tmp_path / "labelmap.txt").write_text(
            "# label:color_rgb:parts:actions\nbackground:0,0,0::\nzebra:10,200,30::\n"
        )
    chosen, ignored = read_mask(_records(tmp_path)["a"].mask, (6, 8))
    assert (chosen.sum(), chosen[1:4, 2:6].all(), ignored.sum()) == (12, True, 8)
