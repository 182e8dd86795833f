"""Every row of the tables of docs/bring-your-data.md."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pydicom
import pytest
import torch
from PIL import Image, ImageFilter
from pydicom.data import get_testdata_file

from auditor.data.checks.pictures import picture_remarks, refuse_constant
from auditor.data.label_filter import known_samples, label_names
from auditor.data.masks.reading import MaskFault, mask_pixels
from auditor.data.questions import questions
from auditor.data.sources.opening import open_source
from auditor.domain.errors import DataError
from auditor.domain.messages import codes_of
from auditor.domain.remarks import Remark
from auditor.domain.samples import Sample, Skip
from auditor.imagery.decode import UnreadableImage, decode_image
from tests.data import test_croissant as croissant
from tests.data.making import noise, save
from tests.fakes.coded import raises_coded, saying
from tests.imagery.test_deep_tiff import tiff

PAGE = Path(__file__).parents[2] / "docs" / "bring-your-data.md"
SQUARE = np.zeros((20, 24), dtype=np.uint8)
SQUARE[5:15, 6:16] = 255
BOX = [6, 5, 16, 15]
POLYGON = [6, 5, 16, 5, 16, 15, 6, 15]

Check = Callable[[Path], None]
CHECKS: dict[str, Check] = {}


def row(name: str) -> Callable[[Check], Check]:
    """The check of a row, by what stands in its first cell."""

    def noted(check: Check) -> Check:
        CHECKS[name] = check
        return check

    return noted


def _rows() -> list[str]:
    text = PAGE.read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("|")]
    cells = [re.split(r"(?<!\\)\|", line)[1].strip() for line in rows]
    return [cell for cell in cells if cell != "you have" and not re.fullmatch("-+", cell)]


def test_every_row_has_a_check_and_every_check_a_row() -> None:
    assert sorted(_rows()) == sorted(CHECKS)


@pytest.mark.parametrize("name", _rows())
def test_a_row_is_true(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDITOR_CACHE", str(tmp_path / "cache"))
    CHECKS[name](tmp_path)


def _images(root: Path, *names: str) -> None:
    for name in names:
        save(root / name, noise(20, 24))


def _samples(path: Path, **options: Any) -> list[Sample]:
    return [r for r in open_source(path, **options).items() if isinstance(r, Sample)]


def _area(sample: Sample) -> int:
    assert sample.mask is not None
    return int(mask_pixels(sample.mask, (20, 24)).chosen.sum())


def _said(path: Path, words: str, **options: Any) -> bool:
    return any(words in warning for warning in open_source(path, **options).warnings)


def _refused(path: Path, words: str) -> None:
    with pytest.raises(DataError, match=words):
        open_source(path)


def _csv(root: Path, text: str) -> Path:
    _images(root, "a.png", "b.png")
    (root / "m.csv").write_text(text, encoding="utf-8")
    return root / "m.csv"


def _coco(root: Path, *notes: dict[str, Any], sizes: bool = True) -> Path:
    _images(root, "a.png")
    size = {"height": 20, "width": 24} if sizes else {}
    content = {
        "images": [{"id": "7", "file_name": "a.png", **size}],
        "annotations": [{"image_id": 7.0, "category_id": 1, **note} for note in notes],
        "categories": [{"id": 1, "name": "cat"}],
    }
    (root / "c.json").write_text(json.dumps(content))
    return root / "c.json"


def _voc(root: Path, label: str, encoding: str = "utf-8") -> Path:
    _images(root, "JPEGImages/a.jpg")
    corners = zip(("xmin", "ymin", "xmax", "ymax"), (7, 6, 16, 15), strict=True)
    box = "".join(f"<{key}>{value}</{key}>" for key, value in corners)
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><annotation><object><name>{label}</name>'
        f"<bndbox>{box}</bndbox></object></annotation>"
    )
    (root / "Annotations").mkdir()
    (root / "Annotations" / "a.xml").write_bytes(text.encode(encoding))
    return root


def _dicom(path: Path, values: list[int], **changes: object) -> Path:
    data = pydicom.dcmread(str(get_testdata_file("CT_small.dcm", download=False)))
    data.Rows, data.Columns = 1, len(values)
    data.PixelData = np.array(values, dtype="<i2").tobytes()
    data.RescaleSlope, data.RescaleIntercept = 1, 0
    for name, value in changes.items():
        setattr(data, name, value)
    path.parent.mkdir(parents=True, exist_ok=True)
    data.save_as(path)
    return path


@row("a folder for each class")
def _folders(root: Path) -> None:
    _images(root, "cat/a.png", "dog/deep/b.png")
    assert [s.label for s in _samples(root)] == ["cat", "dog"]


@row("a CSV with `image,label`")
def _manifest(root: Path) -> None:
    (cat,) = _samples(_csv(root, "image,label,site\na.png,cat,Basel\n"))
    assert (cat.label, cat.slices) == ("cat", (("site", "Basel"),))


@row("a CSV with `xmin,ymin,xmax,ymax`")
def _corners(root: Path) -> None:
    (cat,) = _samples(_csv(root, "image,label,xmin,ymin,xmax,ymax\na.png,cat,6,5,16,15\n"))
    assert _area(cat) == 100


@row("a CSV with several rows an image")
def _several_rows(root: Path) -> None:
    path = _csv(root, "image,label,box\na.png,cat,0 0 2 2\na.png,cat,20 16 24 20\n")
    (cat,) = _samples(path)
    assert _area(cat) == 4 + 16


@row("boxes as shares, 0 to 1")
def _shares(root: Path) -> None:
    path = _csv(root, "image,label,box\na.png,cat,0.25 0.25 0.75 0.75\n")
    assert _area(_samples(path)[0]) == 12 * 10
    assert _said(path, "shares")


@row("a CSV with class numbers, and `--classes`")
def _numbers(root: Path) -> None:
    source = open_source(_csv(root, "image,label\na.png,1\nb.png,0\n"))
    labels = label_names(source.classes, ["cat", "dog"])
    found = known_samples(source.items(), labels, [])
    assert [(s.image, s.label) for s in found] == [("a.png", "dog"), ("b.png", "cat")]
    assert list(labels.warnings())


@row("COCO instances")
def _instances(root: Path) -> None:
    runs = {"size": [20, 24], "counts": [125, 10, 345]}
    forms = ([POLYGON], runs, [runs], None)
    for i, (form, area) in enumerate(zip(forms, (100, 10, 10, 100), strict=True)):
        note = {"segmentation": form, "bbox": [6, 5, 10, 10]}
        assert _area(_samples(_coco(root / str(i), note))[0]) == area


@row("COCO with a wrong annotation")
def _wrong_annotation(root: Path) -> None:
    path = _coco(root, {"segmentation": [POLYGON]}, {"bbox": [200, 200, 0, 0]})
    assert _area(_samples(path)[0]) == 100
    assert _said(path, "left out")


@row("COCO without image sizes")
def _no_sizes(root: Path) -> None:
    assert _area(_samples(_coco(root, {"segmentation": [POLYGON]}, sizes=False))[0]) == 100


@row("COCO panoptic")
def _panoptic(root: Path) -> None:
    _refused(_coco(root, {"segments_info": []}), "panoptic")


@row("Croissant JSON-LD with its files beside it")
def _croissant(root: Path) -> None:
    _images(root, "images/cow/1.png", "images/horse/1.png")
    fields = [
        croissant.field("image", "sc:ImageObject", croissant.of_files("images", "content")),
        croissant.field("label", "sc:Text", croissant.of_files("images", "content", ".*?/(.*?)/")),
    ]
    found = _samples(croissant.write(root, [croissant.files("images")], fields))
    assert [each.label for each in found] == ["cow", "horse"]


@row("Pascal VOC in any encoding")
def _encodings(root: Path) -> None:
    for encoding in ("gbk", "utf-16"):
        (cat,) = _samples(_voc(root / encoding, "猫", encoding))
        assert (cat.label, _area(cat)) == ("猫", 100)


@row("Pascal VOC with masks in colours")
def _colours(root: Path) -> None:
    _voc(root, "cat")
    pixels = np.zeros((20, 24, 3), dtype=np.uint8)
    pixels[:4] = (64, 0, 0)
    save(root / "SegmentationClass" / "a.png", pixels)
    assert _area(_samples(root)[0]) == 4 * 24


@row("YOLO folders")
def _yolo(root: Path) -> None:
    _images(root / "set", "images/a.png")
    (root / "set" / "labels").mkdir()
    (root / "set" / "labels" / "a.txt").write_text("0 .5 .5 .1 .1\n")
    _refused(root / "set", "YOLO")


@row("Hugging Face Parquet")
def _hugging_face(root: Path) -> None:
    _images(root, "a.png")
    told = {"info": {"features": {"label": {"_type": "ClassLabel", "names": ["cat", "dog"]}}}}
    picture = {"bytes": (root / "a.png").read_bytes(), "path": None}
    table = pa.table({"image": [picture], "label": [1]})
    table = table.replace_schema_metadata({b"huggingface": json.dumps(told).encode()})
    pyarrow.parquet.write_table(table, root / "train.parquet")
    (dog,) = _samples(root / "train.parquet")
    assert dog.label == "dog"
    assert np.array_equal(decode_image(dog.path), noise(20, 24))


@row("a folder that mirrors the images")
def _mirror(root: Path) -> None:
    _images(root / "data", "cat/a.jpg")
    save(root / "m" / "cat" / "a.png", SQUARE)
    assert _area(_samples(root / "data", masks=root / "m")[0]) == 100


@row("`x_mask.png` beside `x.jpg`")
def _beside(root: Path) -> None:
    _images(root, "cat/x.jpg")
    save(root / "cat" / "x_mask.png", SQUARE)
    (cat,) = _samples(root)
    assert (cat.image, _area(cat)) == ("cat/x.jpg", 100)
    (root / "cat" / "x_mask.png").rename(root / "cat" / "x.lesion.png")
    (cat,) = _samples(root, mask_suffix=".lesion")
    assert _area(cat) == 100


@row("left and right, or one mask an instance")
def _sides(root: Path) -> None:
    for names in (("left", "right"), ("1", "2")):
        _images(root / names[0], "cat/x.jpg")
        save(root / names[0] / "cat" / f"x_mask_{names[0]}.png", SQUARE)
        save(root / names[0] / "cat" / f"x_mask_{names[1]}.png", np.roll(SQUARE, 8, axis=1))
        (cat,) = _samples(root / names[0])
        assert _area(cat) == 180


@row("`cls/images` and `cls/masks`")
def _two_folders(root: Path) -> None:
    _images(root, "cat/images/1.png")
    save(root / "cat" / "masks" / "1.png", SQUARE)
    (cat,) = _samples(root)
    assert _area(cat) == 100


@row("masks with soft edges, or lossy ones")
def _soft(root: Path) -> None:
    _images(root, "cat/x.jpg", "dog/y.jpg")
    large = Image.fromarray(SQUARE).resize((240, 200), Image.Resampling.NEAREST)
    soft = np.asarray(large.filter(ImageFilter.GaussianBlur(8)).resize((24, 20)))
    save(root / "cat" / "x_mask.png", soft)
    save(root / "dog" / "y_mask.webp", SQUARE, quality=60)
    for sample in _samples(root):
        assert sample.mask is not None
        found = mask_pixels(sample.mask, (20, 24))
        assert found.soft
        assert abs(int(found.chosen.sum()) - 100) <= 12


@row("labels of instances (1, 2, 3...)")
def _labels(root: Path) -> None:
    _images(root, "cat/x.jpg")
    save(root / "cat" / "x_mask.png", SQUARE // 255 + np.eye(20, 24, dtype=np.uint8))
    assert _area(_samples(root)[0]) == np.count_nonzero((SQUARE > 0) | np.eye(20, 24, dtype=bool))


@row("a trimap")
def _trimap(root: Path) -> None:
    _images(root, "cat/x.jpg")
    save(root / "cat" / "x_mask.png", np.where(SQUARE > 0, 1, 2).astype(np.uint8))
    assert _area(_samples(root, mask_values=[1])[0]) == 100


@row("a mask of another size")
def _misfit(root: Path) -> None:
    _images(root, "cat/x.jpg")
    save(root / "cat" / "x_mask.png", np.repeat(np.repeat(SQUARE, 2, 0), 2, 1))
    (mask,) = (sample.mask for sample in _samples(root))
    assert mask is not None
    with raises_coded(MaskFault, "skip.mask_scaled", "48x40", "24x20"):
        mask_pixels(mask, (20, 24))
    assert mask_pixels(mask, (20, 24), fit=True).chosen.sum() == 100


@row("no mask")
def _no_mask(root: Path) -> None:
    _images(root, "cat/x.jpg")
    assert [sample.mask for sample in _samples(root)] == [None]


@row("JPEG, PNG, WebP, TIFF, BMP, GIF")
def _formats(root: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    _images(root, *(f"cat/{suffix}.{suffix}" for suffix in ("webp", "bmp", "gif", "png")))
    for suffix in ("jpg", "tif"):
        save(root / "cat" / f"{suffix}.{suffix}", noise(20, 24), exif=exif)
    sizes = {s.path.suffix: decode_image(s.path).shape[:2] for s in _samples(root)}
    assert sizes == {
        **dict.fromkeys((".webp", ".bmp", ".gif", ".png"), (20, 24)),
        **dict.fromkeys((".jpg", ".tif"), (24, 20)),
    }


@row("16-bit grey")
def _sixteen(root: Path) -> None:
    path = save(root / "a.png", np.array([[0, 32896, 65535]], dtype=np.uint16))
    assert decode_image(path)[0, :, 0].tolist() == [0, 128, 255]


@row("TIFF of 9 to 16 bits")
def _deep(root: Path) -> None:
    for bits in (10, 12, 14, 16):
        found = decode_image(tiff(root / f"{bits}.tif", bits))[0, :, 0]
        assert found[[0, -1]].tolist() == [0, 255]


@row("TIFF where zero is white")
def _white(root: Path) -> None:
    for bits in (12, 16):
        found = decode_image(tiff(root / f"{bits}.tif", bits, white_is_zero=True))[0, :, 0]
        assert found[[0, -1]].tolist() == [0, 255]


@row("12-bit values in a 16-bit file")
def _twelve_in_sixteen(root: Path) -> None:
    path = save(root / "a.png", (noise(20, 24)[..., 0].astype(np.uint16) * 16))
    pixels = torch.from_numpy(decode_image(path)).permute(2, 0, 1)
    assert list(picture_remarks(pixels, deep=True)) == [Remark.DARK]


@row("DICOM with empty attributes")
def _empty(root: Path) -> None:
    empty = {"WindowCenter": None, "WindowWidth": None, "RescaleSlope": None}
    path = _dicom(root / "a.dcm", [0, 2000, 4000], VOILUTSequence=pydicom.Sequence(), **empty)
    assert decode_image(path)[0, :, 0].tolist() == [0, 128, 255]


@row("DICOM with padding")
def _padding(root: Path) -> None:
    path = _dicom(root / "a.dcm", [-3000, 0, 2000, 4000], PixelPaddingValue=-3000)
    assert decode_image(path)[0, :, 0].tolist() == [0, 0, 128, 255]


@row("DICOM without suffix, `.IMA`, or named by a UID")
def _names(root: Path) -> None:
    for name in ("IM0001", "a.IMA", "1.2.840.113619.2"):
        _dicom(root / "cat" / name, [0, 2000, 4000])
    found = [decode_image(sample.path)[0, :, 0].tolist() for sample in _samples(root)]
    assert found == [[0, 128, 255]] * 3


@row("DICOM, compressed")
def _compressed(_: Path) -> None:
    def decoded(name: str) -> np.ndarray:
        return decode_image(Path(str(get_testdata_file(name, download=False))))

    plain = decoded("MR_small.dcm")
    for name in ("jpeg_ls_lossless", "jp2klossless", "RLE"):
        assert np.array_equal(decoded(f"MR_small_{name}.dcm"), plain)


@row("a picture of one colour")
def _constant(_: Path) -> None:
    assert list(picture_remarks(torch.full((3, 90, 90), 7), deep=False)) == [Remark.CONSTANT]
    refuse_constant(1, 1)
    refuse_constant(4, 8)
    with pytest.raises(DataError):
        refuse_constant(5, 8)


@row("a broken or empty file")
def _broken(root: Path) -> None:
    for content in (b"", b"no picture"):
        (root / "a.jpg").write_bytes(content)
        with pytest.raises(UnreadableImage):
            decode_image(root / "a.jpg")


@row("a decompression bomb")
def _bomb(root: Path) -> None:
    with pytest.raises(UnreadableImage) as caught:
        decode_image(tiff(root / "a.tif", 12, claimed=(90_000, 90_000)))
    assert caught.value.reason.code == "skip.bomb"


@row("`cat`, `Cat` and `cat `")
def _alike(root: Path) -> None:
    path = _csv(root, "image,label\na.png,cat\nb.png,Cat\n")
    assert open_source(path).classes == ("Cat", "cat")
    assert _said(path, "'Cat' (1), 'cat' (1)")


@row("names from macOS (decomposed)")
def _unicode(root: Path) -> None:
    _images(root, f"{unicodedata.normalize('NFD', 'Käfer')}/a.png")
    source = open_source(root)
    skips: list[Skip] = []
    labels = label_names(source.classes, ["Käfer"])
    assert [s.label for s in known_samples(source.items(), labels, skips)] == ["Käfer"]


@row("folders 0 to 11")
def _folders_of_numbers(root: Path) -> None:
    _images(root, *(f"{i}/a.png" for i in range(12)))
    assert open_source(root).classes[:3] == ("0", "1", "10")
    assert "data.numbers_as_text" in codes_of(open_source(root).warnings)


def _labels(folder: Path, text: str, **options: Any) -> set[tuple[str, str]]:
    for name in ("a", "b"):
        save(folder / f"{name}.png", noise(8, 8))
    path = folder / "labels.csv"
    path.write_text(text, encoding="utf-8")
    listing = open_source(path, **options)
    assert listing.multilabel
    return {(s.image, s.label) for s in listing.items() if isinstance(s, Sample)}


TWO = {("a.png", "Mass"), ("a.png", "Nodule"), ("b.png", "")}


@row("a column `labels` with `Cardiomegaly\\|Effusion`")
def _(folder: Path) -> None:
    for cell in ("Mass|Nodule", "Mass; Nodule", '"[""Mass"", ""Nodule""]"'):
        assert _labels(folder, f"image,labels\na.png,{cell}\nb.png,\n") == TWO


@row("a list column in Parquet")
def _(folder: Path) -> None:
    rows = {"image": ["a.png", "b.png"], "labels": [["Mass", "Nodule"], []]}
    _labels(folder, "image,labels\na.png,Mass\n")
    pyarrow.parquet.write_table(pa.table(rows), folder / "labels.parquet")
    listing = open_source(folder / "labels.parquet")
    assert {(s.image, s.label) for s in listing.items() if isinstance(s, Sample)} == TWO


@row("a column of 0 and 1 for each label")
def _(folder: Path) -> None:
    text = "image,Mass,Nodule,male\na.png,1,1,1\nb.png,0,-1,0\n"
    assert _labels(folder, text, labels=True, classes=("Mass", "Nodule")) == TWO
    assert ("a.png", "male") in _labels(folder, text)


@row("a column `mask_Effusion`")
def _(folder: Path) -> None:
    path = folder / "m.csv"
    save(folder / "a.png", noise(8, 8))
    path.write_text("image,labels,mask,mask_Mass\na.png,Mass|Nodule,all.png,one.png\n")
    masks = {s.label: s.mask for s in open_source(path).items() if isinstance(s, Sample)}
    assert {label: getattr(mask, "path", Path()).name for label, mask in masks.items()} == {
        "Mass": "one.png",
        "Nodule": "all.png",
    }


@row("several rows an image, a label each")
def _(folder: Path) -> None:
    text = "image,label\na.png,Mass\na.png,Nodule\nb.png,\n"
    assert _labels(folder, text, labels=True) == TWO


@row("`label` with `a\\|b`, and a softmax")
def _(folder: Path) -> None:
    _labels(folder, "image,labels\na.png,Mass\n")
    path = folder / "single.csv"
    path.write_text("image,label\na.png,Mass|Nodule\nb.png,Mass\n")
    listing = open_source(path)
    skips: list[Skip] = []
    names = label_names(listing.classes, ("Mass", "Nodule"))
    assert len(list(known_samples(listing.items(), names, skips))) == 1
    assert "model.output=multilabel" in skips[0].reason


@row('class folders, and `model.output = "multilabel"`')
def _(folder: Path) -> None:
    for name in ("Mass", "Nodule"):
        (folder / name).mkdir()
        save(folder / name / "a.png", noise(8, 8))
    listing = replace(open_source(folder, labels=True), multilabel=True)
    found = questions(
        listing, label_names(("Mass", "Nodule"), ("Mass", "Nodule")), per_class=1, seed=0, skips=[]
    )
    assert [(sample.image, sample.label) for sample in found.samples] == [
        ("Mass/a.png", "Mass"),
        ("Mass/a.png", "not Nodule"),
        ("Nodule/a.png", "Nodule"),
        ("Nodule/a.png", "not Mass"),
    ]


@row('COCO or VOC, and `model.output = "multilabel"`')
def _every_category(folder: Path) -> None:
    path = _coco(folder / "coco", {"bbox": [6, 5, 10, 10]})
    content = json.loads(path.read_text())
    content["categories"].append({"id": 2, "name": "dog"})
    content["annotations"].append({"image_id": 7, "category_id": 2, "bbox": [0, 0, 2, 2]})
    content["images"].append({"id": 8, "file_name": "b.png", "height": 20, "width": 24})
    _images(folder / "coco", "b.png")
    path.write_text(json.dumps(content))
    assert len(_samples(path)) == 1
    listing = open_source(path, labels=True)
    assert listing.multilabel
    found = {(s.image, s.label): s for s in listing.items() if isinstance(s, Sample)}
    assert set(found) == {("a.png", "cat"), ("a.png", "dog"), ("b.png", "")}
    assert _area(found["a.png", "cat"]) == 100
    assert _area(found["a.png", "dog"]) == 4
    root = _voc(folder / "voc", "cat")
    notes = root / "Annotations" / "a.xml"
    second = notes.read_text().split("<object>")[1].split("</object>")[0].replace("cat", "dog")
    notes.write_text(notes.read_text().replace("</object>", f"</object><object>{second}</object>"))
    listing = open_source(root, labels=True)
    assert [s.label for s in listing.items() if isinstance(s, Sample)] == ["cat", "dog"]
    assert saying(listing.warnings, "data.several_categories") == []
