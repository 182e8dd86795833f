"""Pascal VOC trees: JPEGImages, Annotations, ImageSets, SegmentationClass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Final

from auditor.data.listing import Listing, listing_of, named, not_an_image
from auditor.data.masks.mask_tree import with_mirrored_masks
from auditor.data.sources.format import SourceFormat, SourceOptions
from auditor.data.sources.voc_annotation import VocAnnotation, read_annotation
from auditor.data.sources.voc_drawing import DrawnClass, drawn_values
from auditor.data.walking import files_under, folders_in
from auditor.domain.errors import DataError
from auditor.domain.mask_references import MaskBox, MaskReference, united
from auditor.domain.messages import coded, coded_n
from auditor.domain.samples import Sample, Skip, case_id_of
from auditor.files import exists, is_dir, is_file
from auditor.imagery.decode import is_image_file

IMAGES: Final = "JPEGImages"
ANNOTATIONS: Final = "Annotations"
OTHER: Final = "other"
"""Split of images that the list of the split asked for does not name."""


def is_voc(root: Path) -> bool:
    """Whether a folder is a VOC tree."""
    return is_dir(root / IMAGES) and is_dir(root / ANNOTATIONS)


def read_voc(root: Path, options: SourceOptions) -> Listing:
    """The images of a VOC tree, each labelled as the class whose boxes are largest in all.

    The mask is that class in SegmentationClass, its contour (255) ignored, where the image has one
    and the class's palette index or colour is known: VOC's twenty, the lines of `class_names.txt`,
    or the colours of `labelmap.txt`. Else it is the class's boxes, several united. A split is a
    list of ImageSets/Main, ImageSets/Segmentation or ImageSets (train, val...).

    Raises:
        DataError: no such split, or no image.
    """
    split = options.split
    found = {name: _annotation(root, name) for name in files_under(root / IMAGES)}
    classes = {label for each in found.values() for label in each.boxes}
    drawn = drawn_values(root, classes)
    wanted = None if split is None else _split(root, split)
    chosen = {
        name: each
        for name, each in found.items()
        if wanted is None or PurePosixPath(name).stem in wanted
    }
    several = options.labels
    records = [
        record
        for name, each in chosen.items()
        for record in _records(root, name, each, drawn, split)[: None if several else 1]
    ]
    records += _without_image(root, {PurePosixPath(name).stem for name in found}, wanted)
    if options.masks is not None:
        records = with_mirrored_masks(
            records,
            options.masks,
            below=IMAGES,
            suffix=options.mask_suffix,
            values=options.mask_values,
        )
    return listing_of(
        records,
        kind="VOC",
        root=root,
        classes=classes,
        limit=options.limit,
        warnings=[*_warnings(chosen, several=several)],
        others=() if wanted is None else _others(root, found, wanted, drawn),
        multilabel=several,
    )


def _warnings(found: Mapping[str, VocAnnotation], *, several: bool) -> Iterator[str]:
    mixed = sum(len(each.boxes) > 1 for each in found.values())
    if mixed and not several:
        yield coded_n(
            "data.several_classes",
            "{n:,} image with several classes: it is audited as its largest",
            "{n:,} images with several classes: each is audited as its largest",
            mixed,
        )
    left_out = {name: each.left_out for name, each in found.items() if each.left_out}
    if left_out:
        first = next(iter(left_out.values()))[0]
        yield coded_n(
            "data.objects_left_out",
            "{n:,} object was left out, its image kept ({why}; {names})",
            "{n:,} objects were left out, their images kept ({why}; {names})",
            sum(map(len, left_out.values())),
            why=first,
            names=named(left_out),
        )


def _without_image(root: Path, images: set[str], wanted: set[str] | None) -> Iterator[Skip]:
    """What the split's list or, without a split, the annotations name and `IMAGES` lacks."""
    if wanted is not None:
        for stem in sorted(wanted - images):
            told = coded("skip.not_in_split", "the split's list names it: no such image")
            yield Skip(f"{IMAGES}/{stem}", told)
        return
    for name in files_under(root / ANNOTATIONS):
        path = PurePosixPath(name)
        if path.suffix.lower() == ".xml" and path.stem not in images:
            told = coded("skip.no_namesake", "no image of that name in {folder}", folder=IMAGES)
            yield Skip(f"{ANNOTATIONS}/{name}", told)


def _others(
    root: Path,
    found: Mapping[str, VocAnnotation],
    wanted: set[str],
    drawn: Mapping[str, DrawnClass],
) -> Iterator[Sample | Skip]:
    """Images that the split's list does not name; no other list is asked, so `other` it is."""
    for name, each in found.items():
        if PurePosixPath(name).stem not in wanted:
            yield _records(root, name, each, drawn, OTHER)[0]


def _records(
    root: Path, name: str, found: VocAnnotation, drawn: Mapping[str, DrawnClass], split: str | None
) -> list[Sample | Skip]:
    """One of each class in the image, the largest first."""
    image = f"{IMAGES}/{name}"
    if found.fault:
        return [Skip(image, found.fault)]
    labels = sorted(found.boxes, key=lambda each: (-sum(map(_area, found.boxes[each])), each))
    file = root / "SegmentationClass" / f"{PurePosixPath(name).stem}.png"
    is_drawn = exists(file)
    records: list[Sample | Skip] = []
    for label in labels:
        mask: MaskReference | None = united(found.boxes[label]) if found.boxes[label] else None
        if label in drawn and is_drawn:
            mask = drawn[label].mask(file)
        case = case_id_of(image, label)
        records.append(Sample(case, image, label, root / image, mask, split))
    return records


def _annotation(root: Path, name: str) -> VocAnnotation:
    suffix = PurePosixPath(name).suffix.lower()
    if not is_image_file(root / IMAGES / name):
        return VocAnnotation({}, not_an_image(suffix))
    path = root / ANNOTATIONS / f"{PurePosixPath(name).stem}.xml"
    try:
        return read_annotation(path)
    except FileNotFoundError:
        file = f"{ANNOTATIONS}/{path.name}"
        return VocAnnotation(
            {}, coded("skip.no_annotation_file", "no annotation {file}", file=file)
        )


def _area(box: MaskBox) -> float:
    return (box.x1 - box.x0) * (box.y1 - box.y0)


def _split(root: Path, split: str) -> set[str]:
    sets = root / "ImageSets"
    for path in (sets / part / f"{split}.txt" for part in ("Main", "Segmentation", ".")):
        if is_file(path):
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
            return {line.split()[0] for line in lines if line.strip()}
    found = sorted({path.stem for path in sets.rglob("*.txt") if "_" not in path.stem})
    raise DataError(
        f"There is no split {split!r}.",
        code="data.unknown_split",
        expected=f"a list {sets}/Main/{split}.txt",
        got=", ".join(found) or "no list",
        remedy="name one of these with --split, or leave it out",
    )


def _holds_trees(path: Path) -> bool:
    return is_dir(path) and any(is_voc(path / name) for name in folders_in(path))


def _refuse_trees(path: Path, options: SourceOptions) -> Listing:  # noqa: ARG001
    trees = [name for name in folders_in(path) if is_voc(path / name)]
    raise DataError(
        "The folder holds VOC trees.",
        code="voc.inside_folder",
        expected="one of them",
        got=f"{path} with {', '.join(trees)}",
        remedy=f"point --data at {path / trees[0]}",
    )


FORMAT: Final = SourceFormat("VOC", is_voc, read_voc)
DEVKIT: Final = SourceFormat("VOC trees", _holds_trees, _refuse_trees)
