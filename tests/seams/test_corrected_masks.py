"""A doubtful mask of a real audit: out as a task, corrected, back, and taken by the next audit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import auditor
from auditor.domain.errors import DataError
from auditor.domain.review_tasks import TaskFormat
from auditor.export.tasks import export_tasks
from auditor.imagery.rle import decode_counts, encode_counts
from auditor.review_imports.importing import import_reviews
from auditor.storage.run import Run
from tests.fakes.planted import config_of, write_dataset

BROKEN = "red/001"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """One mask is empty, so that it is doubtful."""
    write_dataset(tmp_path, per_class=3)
    size = Image.open(tmp_path / "masks" / f"{BROKEN}.png").size
    Image.new("1", size).save(tmp_path / "masks" / f"{BROKEN}.png")
    return tmp_path


def audited(data: Path, out: str, **settings: Any) -> Run:
    tree = config_of(data, interventions={"enabled": False}, data=settings)
    tree["run"] |= {"out": data / "runs" / out}
    return auditor.audit(tree)


def corrected(run: Run, folder: Path) -> Path:
    """COCO tasks, the empty mask drawn, every other one handed back as it was."""
    out = folder / "coco.json"
    written = export_tasks(run, TaskFormat.COCO, out)
    assert written.masks == {"data": written.tasks}
    content = json.loads(out.read_text("utf-8"))
    (doubtful,) = (each for each in content["images"] if each["mask_doubt"])
    assert doubtful["file_name"] == f"{BROKEN}.png"
    assert doubtful["question"] == "mask"
    assert doubtful["id"] not in {each["image_id"] for each in content["annotations"]}
    height, width = doubtful["height"], doubtful["width"]
    drawn = np.zeros((height, width), dtype=bool)
    drawn[20:40, 10:30] = True
    segmentation = {"size": [height, width], "counts": encode_counts(drawn)}
    category = {each["name"]: each["id"] for each in content["categories"]}["red"]
    content["annotations"].append(
        {"id": 999, "image_id": doubtful["id"], "category_id": category}
        | {"segmentation": segmentation}
    )
    out.write_text(json.dumps(content), "utf-8")
    return out


def test_a_corrected_mask_is_taken_by_the_next_audit(data: Path) -> None:
    first = audited(data, "first")
    before = (data / "masks" / f"{BROKEN}.png").read_bytes()
    result = import_reviews(first, corrected(first, data), masks_out=data / "corrected")
    assert result.masks == 1
    assert [path.relative_to(data / "corrected") for path in (data / "corrected").rglob("*.png")]
    assert (data / "masks" / f"{BROKEN}.png").read_bytes() == before

    second = audited(data, "second", corrected_masks=data / "corrected")
    old, new = (run.cases().set_index("case_id").sort_index() for run in (first, second))
    assert list(old.index) == list(new.index)
    mended = new.index[new["image"] == f"{BROKEN}.png"][0]
    assert old.loc[mended, "mask_doubt"] == "empty"
    assert new["mask_doubt"].isna().all()
    assert new.loc[mended, "object_area"] == pytest.approx(400 / 64**2, abs=1e-6)
    rest = old.index != mended
    assert old.loc[rest, "mask"].tolist() == new.loc[rest, "mask"].tolist()
    code = json.loads(new.loc[mended, "mask"])
    assert decode_counts(code["counts"], tuple(code["size"]))[20:40, 10:30].all()
    assert first.metadata.fingerprints.dataset != second.metadata.fingerprints.dataset


def test_where_the_data_is_gone_the_audits_own_copies_are_handed_out(data: Path) -> None:
    run = audited(data, "first")
    (data / "masks").rename(data / "elsewhere")
    verdicts = run.cases()["verdict"].value_counts()
    written = export_tasks(run, TaskFormat.CVAT, data / "out.xml", verdict=verdicts.index[0])
    assert written.tasks == verdicts.iloc[0] > 1
    assert written.masks == {"view": written.tasks}


def test_a_folder_of_no_image_of_the_data_is_a_fault(data: Path) -> None:
    (data / "corrected").mkdir()
    Image.new("1", (64, 64)).save(data / "corrected" / "other.png")
    with pytest.raises(DataError) as caught:
        audited(data, "first", corrected_masks=data / "corrected")
    assert caught.value.code == "masks.none_corrected"
    assert not (data / "runs" / "first").exists()
