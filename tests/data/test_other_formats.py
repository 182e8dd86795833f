"""Hugging Face Parquet, COCO panoptic and YOLO: read, or refused by name."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from PIL import Image

from auditor.data.masks.reading import read_mask
from auditor.data.sources.opening import FORMATS, open_source
from auditor.domain.errors import DataError
from auditor.domain.multilabel import NONE
from auditor.domain.samples import Sample, Skip
from auditor.imagery.decode import decode_image
from tests.data.making import noise, save


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDITOR_CACHE", str(tmp_path / "cache"))


def _png(pixels: np.ndarray) -> dict[str, object]:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return {"bytes": buffer.getvalue(), "path": "x.png"}


def _parquet(path: Path, columns: dict[str, list[object]], features: object) -> Path:
    table = pa.table(columns)
    told = json.dumps({"info": {"features": features}}).encode()
    pyarrow.parquet.write_table(table.replace_schema_metadata({b"huggingface": told}), path)
    return path


FEATURES = {
    "img": {"_type": "Image"},
    "label": {"_type": "ClassLabel", "names": ["cat", "dog"]},
    "site": {"dtype": "string", "_type": "Value"},
}


def test_pictures_and_class_names_of_a_parquet_file(tmp_path: Path) -> None:
    pixels = [noise(5, 7, seed=i) for i in range(3)]
    path = _parquet(
        tmp_path / "train.parquet",
        {
            "img": [*map(_png, pixels), {"bytes": None, "path": None}],
            "label": [1, 0, 2, 0],
            "site": ["B", None, "C", "D"],
            "mask": [_png((p > 128).astype(np.uint8)[..., 0]) for p in pixels] + [None],
        },
        FEATURES,
    )
    source = open_source(path)
    first, second = (r for r in source.items() if isinstance(r, Sample))
    assert (source.kind, source.classes) == ("Hugging Face Parquet", ("cat", "dog"))
    assert (first.label, second.label) == ("dog", "cat")
    assert (first.slices, second.slices) == ((("site", "B"),), ())
    assert np.array_equal(decode_image(first.path), pixels[0])
    assert first.mask is not None
    assert np.array_equal(read_mask(first.mask, (5, 7))[0], pixels[0][..., 0] > 128)
    assert len([r for r in source.items() if isinstance(r, Skip)]) == 2
    assert source.root / first.image == first.path
    again = open_source(path)
    assert again.records == source.records


@pytest.mark.parametrize(
    "feature",
    [
        {
            "_type": "Sequence",
            "feature": {"_type": "ClassLabel", "names": ["mass", "fluid", "clear"]},
        },
        {"_type": "List", "feature": {"_type": "ClassLabel", "names": ["mass", "fluid", "clear"]}},
        [{"_type": "ClassLabel", "names": ["mass", "fluid", "clear"]}],
    ],
    ids=["sequence", "list", "old"],
)
def test_lists_of_labels_in_a_parquet_file(tmp_path: Path, feature: object) -> None:
    path = _parquet(
        tmp_path / "train.parquet",
        {
            "image": [_png(noise(4, 4, seed=i)) for i in range(4)],
            "labels": [[0, 1], [], [1], [7]],
        },
        {"image": {"_type": "Image"}, "labels": feature},
    )
    source = open_source(path)
    assert (source.classes, source.multilabel) == (("clear", "fluid", "mass"), True)
    said = [(r.image, r.label) for r in source.items() if isinstance(r, Sample)]
    first, second, third = ("0000001.png", "0000002.png", "0000003.png")
    assert sorted(said) == [(first, "fluid"), (first, "mass"), (second, NONE), (third, "fluid")]
    assert [r.image for r in source.items() if isinstance(r, Skip)] == ["0000004.png"]


def test_lists_of_names_in_a_parquet_file(tmp_path: Path) -> None:
    path = _parquet(
        tmp_path / "names.parquet",
        {
            "image": [_png(noise(4, 4, seed=i)) for i in range(3)],
            "labels": [["mass", "fluid", "mass"], ["No Finding"], None],
        },
        {},
    )
    source = open_source(path)
    assert (source.classes, source.multilabel) == (("fluid", "mass"), True)
    said = sorted(r.label for r in source.items() if isinstance(r, Sample))
    assert said == sorted([NONE, NONE, "fluid", "mass"])


def test_a_parquet_file_of_pictures_without_labels(tmp_path: Path) -> None:
    path = _parquet(tmp_path / "a.parquet", {"img": [_png(noise(4, 4))]}, {})
    with pytest.raises(DataError) as caught:
        open_source(path)
    assert caught.value.code == "data.table_unreadable"


def test_panoptic_is_refused_by_name(tmp_path: Path) -> None:
    save(tmp_path / "a.png", noise(4, 4))
    content = {
        "images": [{"id": 1, "file_name": "a.png", "height": 4, "width": 4}],
        "annotations": [{"image_id": 1, "file_name": "p.png", "segments_info": []}],
        "categories": [{"id": 1, "name": "cat"}],
    }
    (tmp_path / "panoptic.json").write_text(json.dumps(content))
    with pytest.raises(DataError) as caught:
        open_source(tmp_path / "panoptic.json")
    assert caught.value.code == "coco.panoptic"


@pytest.mark.parametrize("split", ["", "train"])
def test_yolo_is_refused_by_name(tmp_path: Path, split: str) -> None:
    root = tmp_path / "set"
    save(root / split / "images" / "a.png", noise(4, 4))
    (root / split / "labels").mkdir()
    (root / split / "labels" / "a.txt").write_text("0 .5 .5 .1 .1\n")
    (root / "data.yaml").write_text("names: [cat]\n")
    for path in (root, root / "data.yaml"):
        with pytest.raises(DataError) as caught:
            open_source(path)
        assert caught.value.code == "data.format_not_read"


def test_classes_called_images_and_labels_are_classes(tmp_path: Path) -> None:
    for name in ("images", "labels"):
        save(tmp_path / name / "a.png", noise(4, 4))
    assert open_source(tmp_path).classes == ("images", "labels")


def test_every_format_has_a_name_of_its_own() -> None:
    assert len({each.name for each in FORMATS}) == len(FORMATS)
