"""What COCO files of other tools, archives and stored arrays hold, and what they only claim."""

from __future__ import annotations

import zipfile
import zlib
from base64 import b64encode
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from auditor.domain.errors import AuditorError, DataError
from auditor.imagery.brush import decode_brush, encode_brush
from auditor.review_imports.importing import import_reviews
from auditor.review_imports.mask_files import CorrectedMask, write_masks
from auditor.storage.run import Run
from tests.fakes.runs import make_run
from tests.review_imports.test_import_reviews import standing, write

SQUARE = [10.0, 20.0, 30.0, 20.0, 30.0, 40.0, 10.0, 40.0]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return make_run(tmp_path / "runs" / "first", classes=3, per_class=4, images=False)


def coco(run: Run, *annotations: dict[str, Any], **image: Any) -> dict[str, Any]:
    """A file as another tool writes it: it knows the first case's image by its name only."""
    case = run.cases().iloc[0]
    name = f"some/where/{case['image']}"
    frame = {"id": 7, "file_name": name, "width": int(case["image_width"]), "height": 1}
    categories = [{"id": 1, "name": str(case["label"])}, {"id": 2, "name": "tree"}]
    entries = [{"id": n, "image_id": 7, "category_id": 1} | a for n, a in enumerate(annotations)]
    return {"images": [frame | image], "annotations": entries, "categories": categories}


def mask_of(run: Run, tmp_path: Path, content: Any) -> np.ndarray[Any, np.dtype[np.bool_]]:
    result = import_reviews(run, write(tmp_path, "c.json", content), masks_out=tmp_path / "masks")
    assert result.masks == 1
    file = (tmp_path / "masks" / run.cases().iloc[0]["image"]).with_suffix(".png")
    return np.asarray(Image.open(file)) > 0


def test_polygons_and_plain_runs_of_one_class_are_united(run: Run, tmp_path: Path) -> None:
    side = int(run.cases().iloc[0]["image_height"])
    runs = {"size": [side, side], "counts": [0, 3, side * side - 3]}
    mask = mask_of(run, tmp_path, coco(run, {"segmentation": [SQUARE]}, {"segmentation": runs}))
    assert mask[20:40, 10:30].all()
    assert mask[:3, 0].all()
    assert not mask[3, 0]


def test_another_class_in_the_same_picture_is_no_part_of_the_mask(run: Run, tmp_path: Path) -> None:
    tree = {"category_id": 2, "segmentation": [[0, 0, 9, 0, 9, 9, 0, 9]]}
    file = write(tmp_path, "c.json", coco(run, {"segmentation": [SQUARE]}, tree))
    result = import_reviews(run, file, masks_out=tmp_path / "masks")
    assert result.masks == 1
    assert len(result.unmatched) == 1


def test_a_decision_of_an_annotation_comes_with_its_reviewer(run: Run, tmp_path: Path) -> None:
    told = {"decision": "dismissed", "reviewer": "ada", "note": "the cow", "time": "2026-01-02"}
    content = coco(run, {"segmentation": [SQUARE], "attributes": told})
    import_reviews(run, write(tmp_path, "c.json", content))
    assert standing(run) == {run.cases().iloc[0]["case_id"]: ("dismissed", "ada", "the cow")}


@pytest.mark.parametrize(
    "segmentation",
    [
        {"size": [1 << 20, 1 << 20], "counts": [1 << 40]},
        {"size": [128, 128], "counts": [-5, 128 * 128 + 5]},
        {"size": [128, 128], "counts": "no runs"},
        {"size": [128, 128], "counts": [10**30]},
        {"size": "large", "counts": "1"},
        [[1e400, 2, 3, 4, 5, 6]],
        [["x", 2, 3, 4, 5, 6]],
        [[1, 2, 3]],
    ],
)
def test_a_segmentation_that_claims_too_much_saves_nothing(
    run: Run, tmp_path: Path, segmentation: Any
) -> None:
    content = coco(run, {"segmentation": segmentation}, decision="confirmed")
    with pytest.raises(DataError):
        import_reviews(run, write(tmp_path, "c.json", content), masks_out=tmp_path / "masks")
    assert standing(run) == {}
    assert not (tmp_path / "masks").exists()


def test_an_archive_is_read_by_the_file_that_it_holds(run: Run, tmp_path: Path) -> None:
    case = run.cases().iloc[0]
    xml = f'<annotations><image name="{case["image"]}"><tag label="unsure"/></image></annotations>'
    with zipfile.ZipFile(tmp_path / "cvat.zip", "w") as archive:
        archive.writestr("images/readme.csv", "no,reviews\n")
        archive.writestr("annotations.xml", xml)
    assert import_reviews(run, tmp_path / "cvat.zip").saved == 1


@pytest.mark.parametrize("names", [(), ("a.json", "b.json"), ("a.txt",)])
def test_an_archive_of_none_or_several_is_refused(
    run: Run, tmp_path: Path, names: tuple[str, ...]
) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in names:
            archive.writestr(name, "[]")
    with pytest.raises(DataError) as caught:
        import_reviews(run, tmp_path / "a.zip")
    assert caught.value.code == "reviews.unreadable"


def test_no_archive_is_refused_as_any_other_file(run: Run, tmp_path: Path) -> None:
    with pytest.raises(DataError):
        import_reviews(run, write(tmp_path, "a.zip", "PK?"))


def stored(values: np.ndarray[Any, np.dtype[Any]]) -> dict[str, Any]:
    stream = BytesIO()
    np.save(stream, values)
    packed = b64encode(zlib.compress(stream.getvalue())).decode()
    return {"_cls": "Segmentation", "mask": {"$binary": {"base64": packed, "subType": "00"}}}


def samples(run: Run, mask: dict[str, Any]) -> dict[str, Any]:
    return {"samples": [{"case_id": run.cases()["case_id"][0], "object_mask": mask}]}


@pytest.mark.parametrize("kind", [np.uint8, np.bool_, np.float64])
@pytest.mark.parametrize("order", ["C", "F"])
def test_a_stored_array_is_read_in_its_own_order(
    run: Run, tmp_path: Path, kind: type[np.generic], order: Any
) -> None:
    values = np.zeros((128, 128), dtype=kind, order=order)
    values[3:9, 20:60] = 1
    assert (mask_of(run, tmp_path, samples(run, stored(values))) == (values != 0)).all()


@pytest.mark.parametrize(
    "mask",
    [
        stored(np.ones((4, 4), np.uint8)),
        stored(np.ones((128, 128, 3), np.uint8)),
        stored(np.full((128, 128), "x")),
        {"mask": {"$binary": {"base64": "!!!!"}}},
        {"mask": {"$binary": {"base64": b64encode(zlib.compress(b"\x93NUMPY\x01\0")).decode()}}},
        {"mask": {"$binary": 7}},
    ],
)
def test_an_array_that_is_no_mask_of_the_image_saves_nothing(
    run: Run, tmp_path: Path, mask: dict[str, Any]
) -> None:
    file = write(tmp_path, "s.json", samples(run, mask))
    with pytest.raises(DataError):
        import_reviews(run, file, masks_out=tmp_path / "masks")
    assert not (tmp_path / "masks").exists()


def test_a_mask_in_a_file_of_its_own_is_named_and_left_out(run: Run, tmp_path: Path) -> None:
    case = {"case_id": run.cases()["case_id"][0], "decision": "unsure"}
    mask = {"object_mask": {"_cls": "Segmentation", "mask_path": "/etc/passwd"}}
    result = import_reviews(run, write(tmp_path, "s.json", {"samples": [case | mask]}))
    assert (result.saved, result.masks, len(result.unmatched)) == (1, 0, 1)


def test_two_masks_of_one_name_are_refused(tmp_path: Path) -> None:
    """Two pictures that differ in their suffix alone: the next audit could not tell the masks."""
    images, corners = ("a/1.jpg", "a/1.bmp"), (0, 1)
    masks = [
        CorrectedMask(image, image, "a", np.eye(8, k=k, dtype=bool), "ada", None)
        for image, k in zip(images, corners, strict=True)
    ]
    with pytest.raises(AuditorError) as caught:
        write_masks(masks, tmp_path / "masks", None)
    assert caught.value.code == "reviews.same_mask_file"
    assert not (tmp_path / "masks").exists()


@pytest.mark.parametrize("image", ["../a.jpg", "/etc/a.jpg", "a/../../b.jpg"])
def test_no_mask_is_written_outside_its_folder(tmp_path: Path, image: str) -> None:
    mask = CorrectedMask("x", image, "a", np.eye(8, dtype=bool), None, None)
    with pytest.raises(DataError):
        write_masks([mask], tmp_path / "masks", None)
    assert list(tmp_path.rglob("*.png")) == []


@pytest.mark.parametrize("shape", [(1, 1), (3, 70000), (40, 50)])
def test_label_studios_brush_code_there_and_back(shape: tuple[int, int]) -> None:
    mask = np.random.default_rng(0).random(shape) > 0.5
    mask[:, shape[1] // 2 :] = True
    assert (decode_brush(encode_brush(mask), shape) == mask).all()
