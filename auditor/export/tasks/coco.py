"""COCO instances: an image per task, the object's mask as compressed runs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from auditor.domain.review_tasks import OBJECT
from auditor.export.tasks.records import ReviewTask, bounds
from auditor.imagery.rle import encode_counts


def coco_json(tasks: Sequence[ReviewTask], name: str) -> str:
    """Images carry `ReviewTask.facts`; a mask's category is its class.

    Args:
        tasks: in the order of the file.
        name: of the run.
    """
    labels = sorted({task.label for task in tasks})
    ids = {label: number for number, label in enumerate(labels, start=1)}
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for number, task in enumerate(tasks, start=1):
        height, width = task.size
        frame = {"id": number, "file_name": task.image, "width": width, "height": height}
        images.append(frame | task.facts())
        annotation = _annotation(task, number, ids[task.label])
        if annotation is not None:
            annotations.append({"id": len(annotations) + 1, **annotation})
    categories = [{"id": ids[each], "name": each, "supercategory": OBJECT} for each in labels]
    content = {
        "info": {"description": f"cases to review of the run {name}"},
        "licenses": [],
        "images": images,
        "annotations": annotations,
        "categories": categories,
    }
    return json.dumps(content, ensure_ascii=False) + "\n"


def _annotation(task: ReviewTask, image: int, category: int) -> dict[str, Any] | None:
    if task.mask is None or (box := bounds(task.mask)) is None:
        return None
    return {
        "image_id": image,
        "category_id": category,
        "segmentation": {"size": list(task.size), "counts": encode_counts(task.mask)},
        "area": int(task.mask.sum()),
        "bbox": list(box),
        "iscrowd": 0,
        "attributes": {"case_id": task.case_id},
    }
