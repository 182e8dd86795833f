"""COCO instances JSON: segmentations as object masks, decisions as keys of images or annotations.

An image is named by `case_id` or `file_name`; `decision`, `reviewer`, `note` and `time` are keys of
the image or of an annotation's `attributes` (as CVAT writes them).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final

from auditor.domain.review_tasks import OBJECT
from auditor.imagery.rle import encode_runs
from auditor.review_imports.records import (
    ColumnRuns,
    Imported,
    ImportedDecision,
    ImportedMask,
    Outline,
    ReviewTarget,
    decision_of,
    unreadable,
)

LISTS: Final = ("images", "annotations")


def is_coco(value: Any) -> bool:
    """Whether parsed JSON holds COCO instances."""
    return isinstance(value, dict) and all(isinstance(value.get(each), list) for each in LISTS)


def read_coco(content: Mapping[str, Any]) -> Imported:
    """Decisions and masks of all images.

    A mask's class is its category; the category `object` is of whatever class the image has.

    Raises:
        DataError: an image or annotation is no object, or a segmentation is damaged.
    """
    images = [_entry(each, f"image {n}") for n, each in enumerate(content["images"], start=1)]
    entries = [
        _entry(each, f"annotation {n}") for n, each in enumerate(content["annotations"], start=1)
    ]
    of_image: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for entry in entries:
        of_image[str(entry.get("image_id"))].append(entry)
    names = _categories(content.get("categories"))
    decisions: list[ImportedDecision] = []
    masks: list[ImportedMask] = []
    for image in images:
        place = f"image {_text(image.get('file_name')) or image.get('id')!r}"
        own = of_image[str(image.get("id"))]
        decisions += _decisions(image, own, place)
        masks += _masks(image, own, names, place)
    return Imported(tuple(decisions), tuple(masks))


def _entry(value: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise unreadable(place, "it is no object")
    return value


def _categories(value: Any) -> dict[str, str]:
    listed = value if isinstance(value, list) else []
    found = [each for each in listed if isinstance(each, Mapping)]
    return {str(each.get("id")): str(each.get("name")) for each in found}


def _decisions(
    image: Mapping[str, Any], annotations: list[Mapping[str, Any]], place: str
) -> Iterator[ImportedDecision]:
    """The image's own word; else that of the first annotation that has one."""
    for told in (image, *map(_attributes, annotations)):
        word = _text(told.get("decision"))
        if word is not None:
            target = _target(_attributes_over(image, told), image, _text(image.get("label")), place)
            yield ImportedDecision(
                target,
                decision_of(word, place),
                _text(told.get("reviewer")),
                _text(told.get("note")) or "",
                _text(told.get("time")),
            )
            return


def _masks(
    image: Mapping[str, Any],
    annotations: list[Mapping[str, Any]],
    names: Mapping[str, str],
    place: str,
) -> Iterator[ImportedMask]:
    """One a category; of an image whose class is told those of this class and of any."""
    label = _text(image.get("label"))
    parts: defaultdict[str | None, list[Outline | ColumnRuns]] = defaultdict(list)
    drawn: dict[str | None, Mapping[str, Any]] = {}
    for entry in annotations:
        name = names.get(str(entry.get("category_id")), OBJECT)
        if label is not None and name not in (label, OBJECT):
            continue
        of = label if name == OBJECT else name
        found = tuple(_parts(entry, place))
        if found:
            parts[of] += found
            drawn.setdefault(of, _attributes(entry))
    for of, shapes in parts.items():
        told = _attributes_over(image, drawn[of])
        yield ImportedMask(
            _target(told, image, of, place),
            tuple(shapes),
            _text(told.get("reviewer")),
            _text(told.get("time")),
        )


def _parts(entry: Mapping[str, Any], place: str) -> Iterator[Outline | ColumnRuns]:
    shape = entry.get("segmentation")
    try:
        if isinstance(shape, Mapping):
            height, width = (int(side) for side in shape["size"])
            counts = shape["counts"]
            runs = counts if isinstance(counts, str) else encode_runs([int(n) for n in counts])
            yield ColumnRuns(runs, (height, width))
        elif isinstance(shape, list) and shape:
            for ring in shape:
                yield Outline("polygon", tuple(float(n) for n in ring))
        elif isinstance(box := entry.get("bbox"), list) and box:
            x, y, across, down = (float(n) for n in box)
            yield Outline("box", (x, y, x + across, y + down))
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise unreadable(place, f"segmentation: {error}") from None


def _target(
    told: Mapping[str, Any], image: Mapping[str, Any], label: str | None, place: str
) -> ReviewTarget:
    return ReviewTarget(_text(told.get("case_id")), _text(image.get("file_name")), label, place)


def _attributes(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    found = entry.get("attributes")
    return found if isinstance(found, Mapping) else {}


def _attributes_over(image: Mapping[str, Any], told: Mapping[str, Any]) -> Mapping[str, Any]:
    """What an annotation says, and where it is silent what its image says."""
    return {**image, **{name: value for name, value in told.items() if value not in (None, "")}}


def _text(value: Any) -> str | None:
    return None if value is None or value == "" else str(value)
