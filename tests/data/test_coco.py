"""COCO instances: polygons, runs, crowds, boxes; one label an image."""

from __future__ import annotations

import json
import tracemalloc
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.data.masks.boxes import draw_box
from auditor.data.masks.reading import MaskFault, read_mask
from auditor.data.sources.opening import open_source
from auditor.domain.errors import DataError
from auditor.domain.mask_references import MaskBox, MaskSource, mask_source
from auditor.domain.messages import Message, codes_of
from auditor.domain.samples import Sample, Skip
from auditor.imagery.rle import decode_counts
from tests.data.making import noise, save
from tests.fakes.coded import raises_coded

TRIANGLE = [2.0, 2.0, 17.0, 3.0, 9.0, 15.0]
SQUARE = [12.0, 10.0, 18.0, 10.0, 18.0, 18.0, 12.0, 18.0]
CROWD = {"size": [20, 24], "counts": [100, 30, 350]}


def _note(image: int, category: int, segmentation: Any = None, **more: Any) -> dict[str, Any]:
    note = {"image_id": image, "category_id": category, "iscrowd": 0, **more}
    return note if segmentation is None else {**note, "segmentation": segmentation}


def _write(folder: Path, notes: list[dict[str, Any]], images: int = 1) -> Path:
    for i in range(images):
        save(folder / f"{i}.jpg", noise(20, 24))
    content = {
        "images": [
            {"id": i, "file_name": f"{i}.jpg", "height": 20, "width": 24} for i in range(images)
        ],
        "annotations": [{"id": i + 1, **note} for i, note in enumerate(notes)],
        "categories": [{"id": 7, "name": "cow"}, {"id": 3, "name": "sheep"}],
    }
    path = folder / "instances.json"
    path.write_text(json.dumps(content))
    return path


def _only(path: Path) -> Sample | Skip:
    (record,) = open_source(path).items()
    return record


def _mask(record: Sample | Skip) -> np.ndarray:
    assert isinstance(record, Sample)
    assert record.mask is not None
    return read_mask(record.mask, (20, 24))[0]


def _theirs(counts: str) -> np.ndarray:
    return decode_counts(counts, (20, 24))


# What pycocotools 2.0.11 makes of the three shapes.
THEIR_TRIANGLE = _theirs("Z11c02N2N1O2N2N2N01N1N2O1N2O1N2OZ4")
THEIR_SQUARE = _theirs("j78<000000000^3")
THEIR_CROWD = _theirs("T3n0n:")


def test_masks_are_those_of_the_coco_api(tmp_path: Path) -> None:
    forms = [[TRIANGLE], [TRIANGLE, SQUARE], CROWD, {"size": [20, 24], "counts": "T3n0n:"}]
    path = _write(tmp_path, [_note(i, 7, form) for i, form in enumerate(forms)], images=4)
    theirs = [THEIR_TRIANGLE, THEIR_TRIANGLE | THEIR_SQUARE, THEIR_CROWD, THEIR_CROWD]
    for record, expected in zip(open_source(path).items(), theirs, strict=True):
        assert np.array_equal(_mask(record), expected)


def test_instances_of_the_label_are_united_crowds_too(tmp_path: Path) -> None:
    path = _write(tmp_path, [_note(0, 7, [TRIANGLE]), _note(0, 7, CROWD, iscrowd=1)])
    assert np.array_equal(_mask(_only(path)), THEIR_CROWD | THEIR_TRIANGLE)


def test_an_image_is_labelled_as_its_largest_category(tmp_path: Path) -> None:
    notes = [
        _note(0, 7, [TRIANGLE], area=90),
        _note(0, 3, [SQUARE], area=48),
        _note(0, 3, [SQUARE], area=48),
    ]
    path = _write(tmp_path, notes)
    record = _only(path)
    assert isinstance(record, Sample)
    assert record.label == "sheep"
    assert open_source(path).classes == ("cow", "sheep")
    assert "data.several_categories" in codes_of(open_source(path).warnings)


def test_boxes_where_a_segmentation_is_missing(tmp_path: Path) -> None:
    box = _note(0, 7, bbox=[1, 2, 3, 4])
    record = _only(_write(tmp_path, [box]))
    assert isinstance(record, Sample)
    assert record.mask == MaskBox(1, 2, 4, 6)
    record = _only(_write(tmp_path, [box, _note(0, 7, [SQUARE], bbox=[12, 10, 6, 8])]))
    assert isinstance(record, Sample)
    assert mask_source(record.mask) is MaskSource.BOX  # the lower of the two grades
    boxed = draw_box(MaskBox(1, 2, 4, 6), (20, 24))
    assert np.array_equal(_mask(record), boxed | THEIR_SQUARE)


def test_neither_mask_nor_box_is_no_mask(tmp_path: Path) -> None:
    record = _only(_write(tmp_path, [_note(0, 7)]))
    assert isinstance(record, Sample)
    assert record.mask is None


@pytest.mark.parametrize(
    ("notes", "reason"),
    [
        ([], "no annotation"),
        ([_note(0, 99)], "category 99 is not defined"),
        ([_note(0, 7, [[1, 2, 3, 4]])], "three points"),
        ([_note(0, 7, [[1, 2, 3, 4, "x", 6]])], "else than numbers"),
        ([_note(0, 7, [[0, 0, 1e9, 0, 1e9, 1e9]])], "far outside"),
        ([_note(0, 7, {"size": [5, 5], "counts": [25]})], "size"),
        ([_note(0, 7, {"size": [20, 24], "counts": [5]})], "do not fill"),
        ([_note(0, 7, {"size": 5})], "without a size"),
        ([_note(0, 7, {"size": [10**6, 10**6], "counts": "1"})], "height and width"),
        ([_note(0, 7, "text")], "neither polygons nor runs"),
        ([_note(0, 7, bbox=[1, 2, 0, 4])], "not x, y, width, height"),
    ],
)
def test_an_image_that_cannot_be_audited_is_a_skip(
    tmp_path: Path, notes: list[dict[str, Any]], reason: str
) -> None:
    record = _only(_write(tmp_path, notes))
    assert isinstance(record, Skip)
    assert record.image == "0.jpg"
    assert reason in record.reason


@pytest.mark.parametrize(
    ("file", "images"),
    [
        ("instances.json", "images"),
        ("annotations/instances_val2017.json", "val2017"),
        ("annotations/instances_val2017.json", "images/val2017"),
        ("annotations/instances_default.json", "images"),
    ],
)
def test_images_lie_where_cocos_own_archives_have_them(
    tmp_path: Path, file: str, images: str
) -> None:
    made = _write(tmp_path / images, [_note(0, 7, [TRIANGLE])])
    path = tmp_path / file
    path.parent.mkdir(exist_ok=True)
    made.rename(path)
    source = open_source(path)
    assert source.root.resolve() == (tmp_path / images).resolve()
    record = _only(path)
    assert isinstance(record, Sample)
    assert (record.image, record.path.exists()) == ("0.jpg", True)


def test_images_that_are_nowhere(tmp_path: Path) -> None:
    path = _write(tmp_path, [_note(0, 7)])
    (tmp_path / "0.jpg").unlink()
    with pytest.raises(DataError) as caught:
        open_source(path)
    assert caught.value.code == "coco.no_images"


@pytest.mark.parametrize("text", ["", "[]", "{", '{"images": []}', '{"images": 3}', "[" * 100_000])
def test_no_coco_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(DataError) as caught:
        open_source(tmp_path / "a.json")
    assert caught.value.code == "coco.not_instances"


def test_an_entry_that_is_no_object_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"images": [{}, "x"], "annotations": [], "categories": []}')
    with pytest.raises(DataError) as error:
        open_source(tmp_path / "a.json")
    assert error.value.code == "coco.not_instances"
    assert "images" in error.value.got
    assert "'x'" in error.value.got


@pytest.mark.parametrize("image_id", [0, 0.0, "0", " 0"])
def test_ids_are_numbers_or_text(tmp_path: Path, image_id: object) -> None:
    note = {**_note(0, 7, [SQUARE]), "image_id": image_id, "category_id": "7"}
    assert np.array_equal(_mask(_only(_write(tmp_path, [note]))), THEIR_SQUARE)


APART = {"size": [20, 24], "counts": [0, 25, 455]}
"""Runs in the first two columns, where the box is not."""
GOOD = {"bbox": [12, 10, 6, 8], "area": 48}


@pytest.mark.parametrize(
    "wrong",
    [
        _note(0, 7, bbox=[200, 200, 0, 0]),
        _note(0, 99, [TRIANGLE]),
        _note(0, 7, [[1, 2, 3, 4]]),
        _note(0, 7, {"size": [5, 5], "counts": [25]}),
        _note(0, 7, {"size": 5}),
        _note(0, 7, "text"),
    ],
)
def test_a_wrong_annotation_is_left_out_and_its_image_kept(
    tmp_path: Path, wrong: dict[str, Any]
) -> None:
    path = _write(tmp_path, [_note(0, 7, [SQUARE], **GOOD), wrong])
    assert np.array_equal(_mask(_only(path)), THEIR_SQUARE)
    told = [w for w in open_source(path).warnings if isinstance(w, Message)]
    (said,) = [w for w in told if w.code == "data.annotations_left_out"]
    assert (said.values["n"], said.values["names"]) == (1, "0.jpg")


@pytest.mark.parametrize(
    "form", [[], [[]], [[12, 10, 18, 10]], "text", {"size": 5}, APART, [APART]]
)
def test_without_a_usable_segmentation_the_box_stands(tmp_path: Path, form: object) -> None:
    path = _write(tmp_path, [_note(0, 7, form, **GOOD)])
    record = _only(path)
    assert isinstance(record, Sample)
    assert record.mask == MaskBox(12, 10, 18, 18)
    told = codes_of(open_source(path).warnings)
    assert told.count("data.boxes_taken") == (form != [])


def test_a_list_of_runs(tmp_path: Path) -> None:
    runs = {"size": [20, 24], "counts": "j78<000000000^3"}
    record = _only(_write(tmp_path, [_note(0, 7, [CROWD, runs])]))
    assert np.array_equal(_mask(record), THEIR_CROWD | THEIR_SQUARE)


def test_a_missing_size_is_the_files_own(tmp_path: Path) -> None:
    path = _write(tmp_path, [_note(0, 7, [SQUARE])])
    content = json.loads(path.read_text())
    del content["images"][0]["height"], content["images"][0]["width"]
    path.write_text(json.dumps(content))
    assert np.array_equal(_mask(_only(path)), THEIR_SQUARE)


@pytest.mark.parametrize("form", [[SQUARE], {"size": [9000, 9000], "counts": "1"}])
def test_a_claimed_size_is_held_against_the_image(tmp_path: Path, form: object) -> None:
    path = _write(tmp_path, [_note(0, 7, form)])
    content = json.loads(path.read_text())
    content["images"][0].update(height=9000, width=9000)
    path.write_text(json.dumps(content))
    record = _only(path)
    assert isinstance(record, Sample)
    assert record.mask is not None
    tracemalloc.start()
    with raises_coded(MaskFault, "skip.mask_size", "9000x9000", "24x20"):
        read_mask(record.mask, (20, 24))
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()


def test_half_a_surrogate_pair_is_a_skip(tmp_path: Path) -> None:
    path = _write(tmp_path, [_note(0, 7, [SQUARE]), _note(1, 7, [SQUARE])], images=2)
    content = json.loads(path.read_text())
    content["images"][1]["file_name"] = "\ud800.jpg"
    path.write_text(json.dumps(content))
    found = list(open_source(path).items())
    assert [type(record) for record in found] == [Sample, Skip]
    content["categories"][0]["name"] = "\udfff"
    path.write_text(json.dumps(content))
    assert all(isinstance(record, Skip) for record in open_source(path).items())


def test_a_split_is_a_file_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        open_source(_write(tmp_path, [_note(0, 7)]), split="val")
    assert caught.value.code == "coco.no_splits"


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=7) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=12,
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    note=st.dictionaries(st.sampled_from(["segmentation", "bbox", "area", "category_id"]), _json),
    runs=st.fixed_dictionaries({"size": st.just([20, 24]), "counts": _json}) | _json,
    image=st.dictionaries(st.sampled_from(["file_name", "height", "width", "id"]), _json),
)
def test_any_json_is_understood_or_a_data_error(
    tmp_path: Path, note: dict[str, Any], runs: Any, image: dict[str, Any]
) -> None:
    path = _write(tmp_path, [_note(0, 7, runs), {**_note(1, 7, [TRIANGLE]), **note}], images=2)
    content = json.loads(path.read_text())
    content["images"].append(image)
    path.write_text(json.dumps(content))
    with suppress(DataError):
        assert len(list(open_source(path).items())) == 3
