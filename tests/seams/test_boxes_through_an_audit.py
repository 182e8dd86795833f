"""Several boxes of an annotation reach the rows of an audit as several boxes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import auditor
from auditor.imagery.rle import decode_rle
from tests.data.making import noise, save
from tests.fakes.planted import CLASSES, SIZE

EXPECTED = np.zeros((SIZE, SIZE), dtype=bool)
EXPECTED[:10, :10] = EXPECTED[-10:, -10:] = True


def _coco(root: Path) -> Path:
    corners = ([0, 0, 10, 10], [SIZE - 10, SIZE - 10, 10, 10])
    notes = [{"id": i, "image_id": 1, "category_id": 1, "bbox": b} for i, b in enumerate(corners)]
    content = {
        "images": [{"id": 1, "file_name": "JPEGImages/a.jpg", "height": SIZE, "width": SIZE}],
        "annotations": notes,
        "categories": [{"id": 1, "name": "red"}],
    }
    path = root / "boxes.json"
    path.write_text(json.dumps(content))
    return path


def _voc(root: Path) -> Path:
    corners = ((1, 10), (SIZE - 9, SIZE))
    boxes = "".join(
        f"<object><name>red</name><bndbox><xmin>{low}</xmin><ymin>{low}</ymin>"
        f"<xmax>{high}</xmax><ymax>{high}</ymax></bndbox></object>"
        for low, high in corners
    )
    (root / "Annotations").mkdir()
    (root / "Annotations" / "a.xml").write_text(f"<annotation>{boxes}</annotation>")
    return root


def _csv(root: Path) -> Path:
    far = SIZE - 10
    rows = ("JPEGImages/a.jpg,red,0,0,10,10", f"JPEGImages/a.jpg,red,{far},{far},{SIZE},{SIZE}")
    (root / "m.csv").write_text("image,label,xmin,ymin,xmax,ymax\n" + "\n".join(rows))
    return root / "m.csv"


@pytest.mark.parametrize("make", [_coco, _voc, _csv])
def test_two_boxes_in_opposite_corners(tmp_path: Path, make: object) -> None:
    save(tmp_path / "data" / "JPEGImages" / "a.jpg", noise(SIZE, SIZE))
    run = auditor.audit(
        {
            "data": {"path": make(tmp_path / "data"), "classes": CLASSES},  # type: ignore[operator]
            "model": {
                "factory": "tests.fakes.planted:build_network",
                "preprocess": {"resize": SIZE, "crop": False},
            },
            "interventions": {"enabled": False},
            "run": {"out": tmp_path / "run", "device": "cpu"},
        }
    )
    (case,) = run.cases().to_dict("records")
    assert case["mask_source"] == "box"
    assert np.array_equal(decode_rle(case["mask"]), EXPECTED)
