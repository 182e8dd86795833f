"""Names that no file can have, in a manifest: a row in skipped.csv each, whatever reads them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

import auditor
from tests.fakes.planted import config_of, write_dataset

NAMES = ("a\0b", "a\0b.png", "\ud800", "half \udfff.png", "x" * 300, "y" * 5000 + ".png", "1.2\0.3")


@pytest.fixture
def annotations(tmp_path: Path) -> Path:
    """A COCO file of whole images, and of names that no file can have."""
    images = write_dataset(tmp_path, per_class=2)
    whole = [str(path.relative_to(images)) for path in sorted(images.rglob("*.png"))]
    labels = sorted({name.split("/")[0] for name in whole})
    listed = [(name, labels.index(name.split("/")[0])) for name in whole]
    listed += [(name, 0) for name in NAMES]
    tree = {
        "images": [
            {"id": number, "file_name": name, "width": 64, "height": 64}
            for number, (name, _) in enumerate(listed)
        ],
        "annotations": [
            {"id": n, "image_id": n, "category_id": label, "bbox": [8, 8, 40, 40], "iscrowd": 0}
            for n, (_, label) in enumerate(listed)
        ],
        "categories": [{"id": number, "name": name} for number, name in enumerate(labels)],
    }
    path = images / "instances.json"
    path.write_text(json.dumps(tree), encoding="utf-8")
    return path


def test_an_audit_skips_them_one_by_one(annotations: Path, tmp_path: Path) -> None:
    tree = config_of(tmp_path, interventions={"enabled": False})
    tree["data"] = {"path": str(annotations)}
    run = auditor.audit(tree)
    with (run.path / "skipped.csv").open(encoding="utf-8", newline="") as file:
        skipped = list(csv.DictReader(file))
    assert len(skipped) == len(NAMES)
    assert all(row["reason"] for row in skipped)
    assert run.manifest["counts"] == {"images": 15, "audited": 8, "skipped": 7}
    assert auditor.verify(run.path).holds
