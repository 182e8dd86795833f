"""A COCO file as JSON, and where its images lie."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

from auditor.data.sources.coco_annotations import (
    Entry,
    shown,
)
from auditor.domain.errors import DataError
from auditor.files import exists

LISTS: Final = ("images", "annotations", "categories")


LOOKED_FOR: Final = 100


_NOTHING: Final = object()


def file_name(image: Entry) -> str:
    """With `/`, without `./`; empty where the entry has none."""
    name = image.get("file_name")
    return posixpath.normpath(name.replace("\\", "/")) if isinstance(name, str) and name else ""


def images_folder(path: Path, images: Sequence[Entry]) -> Path:
    """The first of the usual places where one of the first images lies."""
    here, above = path.parent, path.parent.parent
    part = path.stem.removeprefix("instances_")
    places = [here, here / "images", here / part, above / part, above / "images" / part]
    places += [above / "images", above]
    names = [name for name in islice(map(file_name, images), LOOKED_FOR) if name]
    for place in places:
        if any(exists(place / name) for name in names):
            return place
    if not names:
        return here
    raise DataError(
        "The images of the COCO file are not there.",
        code="coco.no_images",
        expected=f"{names[0]} beside {path} or in {part}/ or images/ near it",
        got=f"none of its first {len(names)} images",
        remedy="put the images beside the file, or in a folder images/ beside it",
    )


def read_json(path: Path) -> dict[str, list[Entry]]:
    """The lists of a COCO instances file, their entries objects.

    Raises:
        DataError: no such JSON.
    """
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise _no_coco(path, str(error) or type(error).__name__) from None
    if isinstance(content, dict) and _is_panoptic(content.get("annotations")):
        raise DataError(
            "A COCO panoptic file is not read.",
            code="coco.panoptic",
            expected="a COCO instances .json (annotations with a segmentation or a bbox)",
            got=f"{path}: annotations with segments_info",
            remedy="convert it (panopticapi: panoptic2detection_coco_format), or write a .csv "
            "manifest",
        )
    got = sorted(content) if isinstance(content, dict) else type(content).__name__
    if not isinstance(content, dict) or not all(isinstance(content.get(k), list) for k in LISTS):
        raise _no_coco(path, f"{got} at its top")
    for key in LISTS:
        odd = next((e for e in content[key] if not isinstance(e, dict)), _NOTHING)
        if odd is not _NOTHING:
            raise _no_coco(path, f"in {key}, among the objects: {shown(odd)}")
    return content


def _no_coco(path: Path, got: str) -> DataError:
    return DataError(
        "The file is no COCO instances JSON.",
        code="coco.not_instances",
        expected=f"an object with the lists {', '.join(LISTS)}",
        got=f"{path}: {got}",
        remedy="name the instances file, or write a .csv manifest",
    )


def _is_panoptic(annotations: Any) -> bool:
    listed = isinstance(annotations, list) and len(annotations) > 0
    return listed and isinstance(annotations[0], dict) and "segments_info" in annotations[0]


def refuse_split(path: Path, split: str | None) -> None:
    """Raise a DataError where a split is asked for: the file knows none."""
    if split is not None:
        raise DataError(
            "A COCO file has no splits.",
            code="coco.no_splits",
            expected="one file for each split",
            got=f"{path} with --split {split}",
            remedy="name the split's own file and leave --split out",
        )
