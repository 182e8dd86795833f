"""COCO instances JSON: one sample an image, labelled as its largest category."""

from __future__ import annotations

import json
import math
import posixpath
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

from auditor.data.listing import Listing, listing_of
from auditor.data.masks.boxes import boxes_of
from auditor.data.masks.mask_tree import with_mirrored_masks
from auditor.data.sources.segmentations import checked_size, runs_of
from auditor.domain.errors import DataError
from auditor.domain.samples import MaskBox, MaskReference, MaskRle, Sample, Skip, case_id_of

LISTS: Final = ("images", "annotations", "categories")
LOOKED_FOR: Final = 100
_NOTHING: Final = object()

Entry = Mapping[str, Any]


def read_coco(path: Path, *, masks: Path | None = None, limit: int | None = None) -> Listing:
    """The images of a COCO instances file.

    A classifier gives one answer an image, so an image with several categories is audited as the
    one whose instances are largest in all (ties: first by name), and a warning says how many there
    are. Instances of that category, crowds too, are united; where one lacks its segmentation, the
    boxes of all are taken. Images lie beside the file, in `images/`, or where COCO's own archives
    have them (annotations/instances_val2017.json and val2017/).

    Raises:
        DataError: no such JSON, or none of its images is found.
    """
    content = _read(path)
    categories = [each for each in content["categories"] if {"id", "name"} <= each.keys()]
    names = {_key(each["id"]): str(each["name"]) for each in categories}
    by_image: defaultdict[Any, list[Entry]] = defaultdict(list)
    for annotation in content["annotations"]:
        by_image[_key(annotation.get("image_id"))].append(annotation)
    root = _root(path, content["images"])
    found = [_record(i, by_image[_key(i.get("id"))], names, root) for i in content["images"]]
    records: list[Sample | Skip] = [each.record for each in found]
    if masks is not None:
        records = with_mirrored_masks(records, masks)
    several = sum(each.categories > 1 for each in found)
    said = f"{several} images with several categories: each is audited as its largest"
    return listing_of(
        records,
        kind="COCO",
        root=root,
        classes=set(names.values()),
        limit=limit,
        warnings=[said] if several else [],
    )


@dataclass(frozen=True)
class _Found:
    record: Sample | Skip
    categories: int = 0


def _record(
    image: Entry, annotations: Sequence[Entry], names: Mapping[Any, str], root: Path
) -> _Found:
    name = _file_name(image)
    if not name:
        return _Found(Skip(f"image id {image.get('id')}", "no file_name"))
    by_label: defaultdict[str, list[Entry]] = defaultdict(list)
    for annotation in annotations:
        label = names.get(_key(annotation.get("category_id")))
        if label is None:
            return _Found(Skip(name, f"category {annotation.get('category_id')} is not defined"))
        by_label[label].append(annotation)
    if not by_label:
        return _Found(Skip(name, "no annotation"))
    try:
        label = min(by_label, key=lambda each: (-sum(map(_area, by_label[each])), each))
        mask = _mask(image, by_label[label])
    except (ValueError, OverflowError) as error:
        return _Found(Skip(name, str(error)))
    return _Found(Sample(case_id_of(name, label), name, label, root / name, mask), len(by_label))


def _mask(image: Entry, annotations: Sequence[Entry]) -> MaskReference | None:
    if all(annotation.get("segmentation") for annotation in annotations):
        size = checked_size(image)
        runs = [runs_of(annotation["segmentation"], size) for annotation in annotations]
        return MaskRle(size, tuple(part for parts in runs for part in parts))
    boxes = [box for box in map(_box, annotations) if box is not None]
    return boxes_of(boxes) if len(boxes) == len(annotations) else None


def _box(annotation: Entry) -> MaskBox | None:
    """COCO's x, y, width, height as corners; None where there is none."""
    box = annotation.get("bbox")
    if not box:
        return None
    right = isinstance(box, list) and len(box) == 4 and all(type(n) in (int, float) for n in box)
    if not right or not all(map(math.isfinite, box)) or box[2] <= 0 or box[3] <= 0:
        raise ValueError(f"the bbox {box} is not x, y, width, height")
    return MaskBox(box[0], box[1], box[0] + box[2], box[1] + box[3])


def _area(annotation: Entry) -> float:
    area, box = annotation.get("area"), _box(annotation)
    if isinstance(area, int | float) and math.isfinite(area):
        return float(area)
    return 0.0 if box is None else (box.x1 - box.x0) * (box.y1 - box.y0)


def _file_name(image: Entry) -> str:
    name = image.get("file_name")
    return posixpath.normpath(name.replace("\\", "/")) if isinstance(name, str) and name else ""


def _key(value: Any) -> Any:
    """An id that can be looked up, whatever stands there."""
    return value if isinstance(value, int | str) else repr(value)


def _root(path: Path, images: Sequence[Entry]) -> Path:
    """The first of the usual places where one of the first images lies."""
    here, above = path.parent, path.parent.parent
    part = path.stem.removeprefix("instances_")
    places = [here, here / "images", here / part, above / part, above / "images" / part]
    places += [above / "images", above]
    names = [name for name in islice(map(_file_name, images), LOOKED_FOR) if name]
    for place in places:
        if any((place / name).exists() for name in names):
            return place
    if not names:
        return here
    raise DataError(
        "The images of the COCO file are not there.",
        expected=f"{names[0]} beside {path} or in {part}/ or images/ near it",
        got=f"none of its first {len(names)} images",
        remedy="put the images beside the file, or in a folder images/ beside it",
    )


def _read(path: Path) -> dict[str, list[Entry]]:
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise _no_coco(path, str(error) or type(error).__name__) from None
    got = sorted(content) if isinstance(content, dict) else type(content).__name__
    if not isinstance(content, dict) or not all(isinstance(content.get(k), list) for k in LISTS):
        raise _no_coco(path, f"{got} at its top")
    for key in LISTS:
        odd = next((e for e in content[key] if not isinstance(e, dict)), _NOTHING)
        if odd is not _NOTHING:
            raise _no_coco(path, f"in {key}, among the objects: {str(odd)[:40]!r}")
    return content


def _no_coco(path: Path, got: str) -> DataError:
    return DataError(
        "The file is no COCO instances JSON.",
        expected=f"an object with the lists {', '.join(LISTS)}",
        got=f"{path}: {got}",
        remedy="name the instances file, or write a .csv manifest",
    )
