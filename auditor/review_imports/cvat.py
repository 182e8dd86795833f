"""CVAT for images 1.1 (XML): tags as decisions; polygons, boxes and masks as object masks.

An image is named by its file's name; a tag's label is the decision, its attributes may hold
`reviewer`, `note` and `case_id`. A tag `case`, as `auditor export` writes it, names the case.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from auditor.review_imports.records import (
    Imported,
    ImportedDecision,
    ImportedMask,
    Outline,
    ReviewTarget,
    decision_of,
    is_decision,
    unreadable,
)

CASE_TAG = "case"


def read_cvat(text: str) -> Imported:
    """Decisions and masks of all images.

    Raises:
        DataError: this is no such XML, or it declares entities (which none of CVAT's files do).
    """
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise unreadable("the XML", "it declares a document type")
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - no document type, so no entities
    except ElementTree.ParseError as error:
        raise unreadable("the XML", str(error)) from None
    if root.tag != "annotations":
        raise unreadable("the XML", f"its root is <{root.tag}>, not <annotations>")
    decisions: list[ImportedDecision] = []
    masks: list[ImportedMask] = []
    for image in root.iter("image"):
        place = f"image {image.get('name')!r}"
        case = _case(image)
        decisions += _decisions(image, case, place)
        parts = tuple(_parts(image, place))
        if parts:
            masks.append(ImportedMask(_target(image, case, place), parts))
    return Imported(tuple(decisions), tuple(masks))


def _target(image: Element, attributes: dict[str, str], place: str) -> ReviewTarget:
    return ReviewTarget(
        attributes.get("case_id"), image.get("name"), attributes.get("label"), place
    )


def _case(image: Element) -> dict[str, str]:
    """`case_id` of the image's one tag `case`."""
    found = [_attributes(tag) for tag in image.iter("tag") if tag.get("label") == CASE_TAG]
    ids = {each["case_id"] for each in found if each.get("case_id")}
    return {"case_id": ids.pop()} if len(ids) == 1 else {}


def _attributes(tag: Element) -> dict[str, str]:
    return {str(each.get("name")): (each.text or "").strip() for each in tag.iter("attribute")}


def _decisions(image: Element, case: dict[str, str], place: str) -> Iterator[ImportedDecision]:
    for tag in image.iter("tag"):
        if not is_decision(tag.get("label")):
            continue
        told = case | {name: text for name, text in _attributes(tag).items() if text}
        yield ImportedDecision(
            _target(image, told, place),
            decision_of(str(tag.get("label")), place),
            told.get("reviewer") or None,
            told.get("note", ""),
        )


def _parts(image: Element, place: str) -> Iterator[Outline]:
    try:
        for polygon in image.iter("polygon"):
            points = (point.split(",") for point in str(polygon.get("points")).split(";"))
            yield Outline("polygon", tuple(float(n) for point in points for n in point))
        for box in image.iter("box"):
            yield Outline(
                "box", tuple(float(str(box.get(k))) for k in ("xtl", "ytl", "xbr", "ybr"))
            )
        for mask in image.iter("mask"):
            left, top, width, height = (
                int(str(mask.get(k))) for k in ("left", "top", "width", "height")
            )
            runs = tuple(float(n) for n in str(mask.get("rle")).split(","))
            yield Outline("runs", runs, frame=(left, top, width, height))
    except ValueError as error:
        raise unreadable(place, str(error)) from None
