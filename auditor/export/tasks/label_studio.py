"""Label Studio: tasks with a brush mask as pre-annotation, and the labelling interface."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from auditor.domain.review_tasks import DECISIONS, OBJECT
from auditor.export.tasks.records import ReviewTask
from auditor.imagery.brush import encode_brush

LOCAL_FILES: Final = "/data/local-files/?d="
"""Address at which Label Studio serves files below LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT."""
MODEL: Final = "shortcut-auditor"


def label_studio_json(tasks: Sequence[ReviewTask]) -> str:
    """Tasks for Label Studio's import. Images are named below the data's root."""
    return json.dumps([_task(task) for task in tasks], ensure_ascii=False) + "\n"


def interface_xml() -> str:
    """The labelling interface of these tasks. It holds no name of the data."""
    view = Element("View")
    SubElement(view, "Header", value="$question")
    SubElement(view, "Text", name="about", value="$about")
    SubElement(view, "Image", name="image", value="$image", zoom="true")
    brush = SubElement(view, "BrushLabels", name=OBJECT, toName="image")
    SubElement(brush, "Label", value=OBJECT)
    choices = SubElement(
        view, "Choices", name="decision", toName="image", choice="single", showInLine="true"
    )
    for word in DECISIONS:
        SubElement(choices, "Choice", value=word)
    SubElement(view, "TextArea", name="note", toName="image", editable="true", maxSubmissions="1")
    ElementTree.indent(view)
    return ElementTree.tostring(view, encoding="unicode") + "\n"


def _task(task: ReviewTask) -> dict[str, Any]:
    about = f"{task.label}, answered {task.predicted}: {task.verdict}. {task.reason}"
    if task.mask_doubt is not None:
        about += f" ({task.mask_doubt})"
    data = task.facts() | {
        "image": LOCAL_FILES + quote(task.image, errors="replace"),
        "question": task.question.text,
        "about": about,
    }
    return {"data": data, "predictions": _predictions(task)}


def _predictions(task: ReviewTask) -> list[dict[str, Any]]:
    if task.mask is None or not task.mask.any():
        return []
    height, width = task.size
    stroke = {
        "id": task.case_id,
        "type": "brushlabels",
        "from_name": OBJECT,
        "to_name": "image",
        "original_width": width,
        "original_height": height,
        "image_rotation": 0,
        "value": {
            "format": "rle",
            "rle": list(encode_brush(task.mask)),
            "brushlabels": [OBJECT],
        },
    }
    return [{"model_version": MODEL, "score": task.severity, "result": [stroke]}]
