"""One COCO annotation as far as it is right; ids and values as exporters write them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from auditor.data.sources.segmentations import mask_of, refuse_apart
from auditor.domain.mask_references import MaskBox, MaskReference, Size
from auditor.domain.messages import coded, error_text
from auditor.imagery.decode import MAX_PIXELS

LONGEST_ID: Final = 20

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Instance:
    """A usable annotation.

    Attributes:
        label: its category's name.
        mask: None where it names a category and nothing else.
        area: in pixels, as far as it is told.
        fault: why its box stands in for its segmentation, or "".
    """

    label: str
    mask: MaskReference | None
    area: float
    fault: str = ""


def instance_of(annotation: Entry, names: Mapping[Hashable, str], size: Size | None) -> Instance:
    """An annotation as far as it is right: a wrong segmentation falls back to the box.

    Raises:
        ValueError: no defined category, or neither a usable segmentation nor a usable box where
            it has any.
    """
    label = names.get(key_of(annotation.get("category_id")))
    if label is None:
        category = shown(annotation.get("category_id"))
        raise ValueError(
            coded("skip.category", "category {category} is not defined", category=category)
        )
    box, fault = None, ""
    try:
        box = _box(annotation)
    except ValueError as error:
        fault = error_text(error)
    mask: MaskReference | None = box
    if annotation.get("segmentation"):
        try:
            mask = mask_of(annotation["segmentation"], size)
            if box is not None:
                refuse_apart(mask, box)
        except ValueError as error:
            fault = error_text(error)
            mask = box
    if mask is None and fault:
        raise ValueError(fault)
    return Instance(label, mask, _area(annotation, box), fault if mask is box else "")


def _box(annotation: Entry) -> MaskBox | None:
    """COCO's x, y, width, height as corners; None where there is none."""
    box = annotation.get("bbox")
    if not box:
        return None
    right = isinstance(box, list) and len(box) == 4 and all(type(n) in (int, float) for n in box)
    if not right or not all(abs(n) <= MAX_PIXELS for n in box) or box[2] <= 0 or box[3] <= 0:
        raise ValueError(coded("skip.bbox", "a bbox is not x, y, width, height"))
    return MaskBox(box[0], box[1], box[0] + box[2], box[1] + box[3])


def _area(annotation: Entry, box: MaskBox | None) -> float:
    area = annotation.get("area")
    if isinstance(area, int | float) and 0 <= area <= MAX_PIXELS:
        return float(area)
    return 0.0 if box is None else (box.x1 - box.x0) * (box.y1 - box.y0)


def categories_of(entries: Sequence[Entry]) -> dict[Hashable, str]:
    named_ones = [each for each in entries if {"id", "name"} <= each.keys()]
    return {
        key_of(each["id"]): str(each["name"])
        for each in named_ones
        if isinstance(each["name"], str | int)
    }


def key_of(value: Any) -> Hashable:
    """An id that can be looked up: 7, 7.0 and "7" are one."""
    match value:
        case bool() | None:
            return None
        case int():
            return value
        case float() if value.is_integer():
            return int(value)
        case str() if len(value) < LONGEST_ID and value.strip().isdecimal():
            return int(value)
        case str():
            return value
    return None


def shown(value: Any) -> str:
    """A short value as it is: what is nested deeply cannot be written out."""
    return f"{value!r:.40}" if isinstance(value, int | float | str | None) else "of no known form"
