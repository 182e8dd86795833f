"""CVAT for images 1.1: a tag that says what was found, the object as a mask; and CVAT's labels."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

import numpy as np

from auditor.domain.review_tasks import DECISIONS, OBJECT
from auditor.export.tasks.records import ReviewTask, bounds, xml_text

CASE_TAG: Final = "case"
"""Label of the tag that names a case."""
FACTS: Final = (
    *("case_id", "label", "predicted", "confidence", "verdict", "reason", "severity"),
    *("question", "mask_doubt", "mask_from"),
)
"""Attributes of that tag, as `ReviewTask.facts` names them."""
NOTES: Final = ("note", "reviewer")
LABELS: Final = (
    (OBJECT, "mask", ()),
    (CASE_TAG, "tag", FACTS),
    *((word, "tag", NOTES) for word in DECISIONS),
)
"""Name, kind and attributes of every label."""


def cvat_xml(tasks: Sequence[ReviewTask]) -> str:
    """Annotations to upload to a task that holds the same images under the same names."""
    root = Element("annotations")
    SubElement(root, "version").text = "1.1"
    _add_meta(root, len(tasks))
    for number, task in enumerate(tasks):
        height, width = task.size
        name = xml_text(task.image)
        image = SubElement(
            root, "image", id=str(number), name=name, width=str(width), height=str(height)
        )
        _add_mask(image, task)
        tag = SubElement(image, "tag", label=CASE_TAG, source="auto")
        for fact, value in task.facts().items():
            if value is not None:
                SubElement(tag, "attribute", name=fact).text = xml_text(str(value))
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'


def labels_json() -> str:
    """What CVAT's label constructor takes (Raw). It holds no name of the data."""
    labels = [
        {"name": name, "type": kind, "attributes": [_attribute(each) for each in attributes]}
        for name, kind, attributes in LABELS
    ]
    return json.dumps(labels, indent=2) + "\n"


def _add_meta(root: Element, images: int) -> None:
    task = SubElement(SubElement(root, "meta"), "task")
    SubElement(task, "name").text = "shortcut-auditor"
    SubElement(task, "size").text = str(images)
    SubElement(task, "mode").text = "annotation"
    labels = SubElement(task, "labels")
    for name, kind, attributes in LABELS:
        label = SubElement(labels, "label")
        SubElement(label, "name").text = name
        SubElement(label, "type").text = kind
        listed = SubElement(label, "attributes")
        for each in attributes:
            attribute = SubElement(listed, "attribute")
            for key, value in _attribute(each).items():
                SubElement(attribute, key).text = _meta_text(value)


def _meta_text(value: Any) -> str:
    """As CVAT's own exports have it: Python's words for flags, a line for each of several."""
    return "\n".join(value) if isinstance(value, list) else str(value)


def _attribute(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "input_type": "text",
        "mutable": False,
        "values": [""],
        "default_value": "",
    }


def _add_mask(image: Element, task: ReviewTask) -> None:
    if task.mask is None or (box := bounds(task.mask)) is None:
        return
    left, top, width, height = box
    flat = task.mask[top : top + height, left : left + width].ravel()
    ends = np.append(np.flatnonzero(flat[1:] != flat[:-1]) + 1, flat.size)
    runs = np.diff(np.concatenate(([0], ends))).tolist()
    SubElement(
        image,
        "mask",
        label=OBJECT,
        source="auto",
        occluded="0",
        rle=", ".join(map(str, [0, *runs] if flat[0] else runs)),
        left=str(left),
        top=str(top),
        width=str(width),
        height=str(height),
        z_order="0",
    )
