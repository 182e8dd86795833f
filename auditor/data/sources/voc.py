"""Pascal VOC trees: JPEGImages, Annotations, ImageSets, SegmentationClass."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final
from xml.etree import ElementTree

from auditor.data.listing import Listing, listing_of
from auditor.data.masks.mask_tree import with_mirrored_masks
from auditor.data.walking import files_under
from auditor.domain.errors import DataError
from auditor.domain.samples import MaskBox, MaskFile, Sample, Skip, case_id_of, united
from auditor.imagery.decode import IMAGE_SUFFIXES

IMAGES: Final = "JPEGImages"
ANNOTATIONS: Final = "Annotations"
VOID: Final = 255
OTHER: Final = "other"
"""Split of images that the list of the split asked for does not name."""
LARGEST_XML: Final = 2**20

CLASSES: Final = (
    *("aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow"),
    *("diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa"),
    *("train", "tvmonitor"),
)
"""VOC's twenty: class i has palette index i + 1."""


def is_voc(root: Path) -> bool:
    """Whether a folder is a VOC tree."""
    return (root / IMAGES).is_dir() and (root / ANNOTATIONS).is_dir()


def read_voc(
    root: Path, *, masks: Path | None = None, split: str | None = None, limit: int | None = None
) -> Listing:
    """The images of a VOC tree, each labelled as the class whose boxes are largest in all.

    The mask is that class in SegmentationClass, its contour (255) ignored, where the image has one
    and the class's palette index is known: VOC's twenty, or the lines of `class_names.txt`. Else it
    is the class's boxes, several united.

    Args:
        split: a list of ImageSets/Main, ImageSets/Segmentation or ImageSets (train, val...).

    Raises:
        DataError: no such split, or no image.
    """
    found = {name: _annotation(root, name) for name in files_under(root / IMAGES)}
    classes = {label for each in found.values() for label in each.boxes}
    indices = _indices(root, classes)
    wanted = None if split is None else _split(root, split)
    records: list[Sample | Skip] = [
        _record(root, name, each, indices, split)
        for name, each in found.items()
        if wanted is None or PurePosixPath(name).stem in wanted
    ]
    records += _without_image(root, {PurePosixPath(name).stem for name in found}, wanted)
    if masks is not None:
        records = with_mirrored_masks(records, masks, below=IMAGES)
    several = sum(len(each.boxes) > 1 for each in found.values())
    said = f"{several} images with several classes: each is audited as its largest"
    return listing_of(
        records,
        kind="VOC",
        root=root,
        classes=classes,
        limit=limit,
        warnings=[said] if several else [],
        others=() if wanted is None else _others(root, found, wanted, indices),
    )


def _without_image(root: Path, images: set[str], wanted: set[str] | None) -> Iterator[Skip]:
    """What the split's list or, without a split, the annotations name and `IMAGES` lacks."""
    if wanted is not None:
        for stem in sorted(wanted - images):
            yield Skip(f"{IMAGES}/{stem}", "the split's list names it: no such image")
        return
    for name in files_under(root / ANNOTATIONS):
        path = PurePosixPath(name)
        if path.suffix.lower() == ".xml" and path.stem not in images:
            yield Skip(f"{ANNOTATIONS}/{name}", f"no image of that name in {IMAGES}")


def _others(
    root: Path, found: Mapping[str, _Annotation], wanted: set[str], indices: Mapping[str, int]
) -> Iterator[Sample | Skip]:
    """Images that the split's list does not name; no other list is asked, so `other` it is."""
    for name, each in found.items():
        if PurePosixPath(name).stem not in wanted:
            yield _record(root, name, each, indices, OTHER)


@dataclass(frozen=True)
class _Annotation:
    """Boxes of each class, or why there are none."""

    boxes: Mapping[str, list[MaskBox]]
    fault: str = ""


def _record(
    root: Path, name: str, found: _Annotation, indices: Mapping[str, int], split: str | None
) -> Sample | Skip:
    image = f"{IMAGES}/{name}"
    if found.fault:
        return Skip(image, found.fault)
    label = min(found.boxes, key=lambda each: (-sum(map(_area, found.boxes[each])), each))
    drawn = root / "SegmentationClass" / f"{PurePosixPath(name).stem}.png"
    mask = (
        MaskFile(drawn, ignore_value=VOID, object_values=(indices[label],))
        if label in indices and drawn.exists()
        else united(found.boxes[label])
    )
    return Sample(case_id_of(image, label), image, label, root / image, mask, split)


def _annotation(root: Path, name: str) -> _Annotation:
    suffix = PurePosixPath(name).suffix.lower()
    if suffix not in IMAGE_SUFFIXES:
        return _Annotation({}, f"not an image by its suffix ({suffix or 'none'})")
    path = root / ANNOTATIONS / f"{PurePosixPath(name).stem}.xml"
    try:
        boxes = _boxes(_tree(path))
    except FileNotFoundError:
        return _Annotation({}, f"no annotation {ANNOTATIONS}/{path.name}")
    except (OSError, ValueError, ElementTree.ParseError) as error:
        return _Annotation({}, f"{ANNOTATIONS}/{path.name}: {error}")
    return _Annotation(boxes) if boxes else _Annotation({}, "no object is annotated")


def _tree(path: Path) -> ElementTree.Element:
    """XML without a document type, so that no entity can grow."""
    if path.stat().st_size > LARGEST_XML:
        raise ValueError("too large for an annotation")
    content = path.read_text(encoding="utf-8-sig")
    if "<!" in content.replace("<!--", ""):
        raise ValueError("a document type or entity, which annotations do not have")
    return ElementTree.fromstring(content)  # noqa: S314 - entities are refused above


def _boxes(tree: ElementTree.Element) -> dict[str, list[MaskBox]]:
    boxes: defaultdict[str, list[MaskBox]] = defaultdict(list)
    for thing in tree.iter("object"):
        label = (thing.findtext("name") or "").strip()
        if not label:
            raise ValueError("an object has no name")
        boxes[label].append(_box(thing))
    return dict(boxes)


def _box(thing: ElementTree.Element) -> MaskBox:
    """VOC counts pixels from 1 and includes the last."""
    corners = [thing.findtext(f"bndbox/{key}") or "" for key in ("xmin", "ymin", "xmax", "ymax")]
    try:
        x0, y0, x1, y1 = (float(corner) for corner in corners)
    except ValueError:
        raise ValueError(f"the box {corners} is not four numbers") from None
    if not all(map(math.isfinite, (x0, y0, x1, y1))) or x1 < x0 or y1 < y0:
        raise ValueError(f"the box {corners} is empty")
    return MaskBox(x0 - 1, y0 - 1, x1, y1)


def _area(box: MaskBox) -> float:
    return (box.x1 - box.x0) * (box.y1 - box.y0)


def _indices(root: Path, classes: set[str]) -> dict[str, int]:
    """Palette index of each class in SegmentationClass, as far as it is known."""
    names = root / "class_names.txt"
    if names.is_file():
        lines = names.read_text(encoding="utf-8", errors="replace").splitlines()
        return {line.strip(): index for index, line in enumerate(lines)}
    if classes <= set(CLASSES):
        return {name: index for index, name in enumerate(CLASSES, start=1)}
    return {}


def _split(root: Path, split: str) -> set[str]:
    sets = root / "ImageSets"
    for path in (sets / part / f"{split}.txt" for part in ("Main", "Segmentation", ".")):
        if path.is_file():
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
            return {line.split()[0] for line in lines if line.strip()}
    found = sorted({path.stem for path in sets.rglob("*.txt") if "_" not in path.stem})
    raise DataError(
        f"There is no split {split!r}.",
        expected=f"a list {sets}/Main/{split}.txt",
        got=", ".join(found) or "no list",
        remedy="name one of these with --split, or leave it out",
    )
