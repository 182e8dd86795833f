"""Class folders: root/cls/a.jpg, or root/split/cls/a.jpg with a split."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from auditor.data.listing import Listing, listing_of
from auditor.data.masks.mask_tree import with_mirrored_masks
from auditor.data.walking import files_under, folders_in, is_hidden
from auditor.domain.errors import DataError
from auditor.domain.samples import Sample, Skip, case_id_of
from auditor.imagery.decode import IMAGE_SUFFIXES

SPLITS: Final = frozenset(("train", "training", "val", "valid", "validation", "test", "testing"))
"""Names that folders of splits have, in lower case."""


def read_folder(
    root: Path, *, masks: Path | None = None, split: str | None = None, limit: int | None = None
) -> Listing:
    """The images of class folders; a class is the first folder of a path, however deep the file.

    Files that are no images by their suffix, and images beside the class folders, are skips.

    Raises:
        DataError: no class folders, folders of splits where classes are expected, or no image.
    """
    base = root if split is None else _split_folder(root, split)
    inside = masks.resolve() if masks is not None else None
    classes = [name for name in folders_in(base) if (base / name).resolve() != inside]
    _refuse_odd_folders(base, classes)
    prefix = "" if split is None else f"{split}/"
    records = [*_stray(base, prefix)]
    for label in classes:
        records += _class_records(root, f"{prefix}{label}", label, split)
    if masks is not None:
        records = with_mirrored_masks(records, masks, below=split or "")
    return listing_of(
        records,
        kind="class folders",
        root=root,
        classes=classes,
        limit=limit,
        others=() if split is None else _other_splits(root, split),
    )


def _other_splits(root: Path, split: str) -> Iterator[Sample | Skip]:
    for other in folders_in(root):
        if other != split and other.lower() in SPLITS:
            for label in folders_in(root / other):
                yield from _class_records(root, f"{other}/{label}", label, other)


def _class_records(
    root: Path, folder: str, label: str, split: str | None
) -> Iterator[Sample | Skip]:
    for name in files_under(root / folder):
        image = f"{folder}/{name}"
        suffix = PurePosixPath(name).suffix.lower()
        if suffix not in IMAGE_SUFFIXES:
            yield Skip(image, f"not an image by its suffix ({suffix or 'none'})")
            continue
        yield Sample(case_id_of(image, label), image, label, root / image, split=split)


def _stray(base: Path, prefix: str) -> Iterator[Sample | Skip]:
    for path in base.iterdir():
        stray = path.suffix.lower() in IMAGE_SUFFIXES and not path.is_dir()
        if stray and not is_hidden(path.name):
            yield Skip(f"{prefix}{path.name}", "beside the class folders, so it has no label")


def _split_folder(root: Path, split: str) -> Path:
    base = root / split
    if not base.is_dir():
        raise DataError(
            f"There is no split {split!r}.",
            expected=f"a folder {split} with class folders in it",
            got=f"{root} with {', '.join(folders_in(root)) or 'no folder'}",
            remedy="name one of these folders with --split, or leave it out",
        )
    return base


def _refuse_odd_folders(base: Path, classes: list[str]) -> None:
    if not classes:
        raise DataError(
            "There are no class folders.",
            expected="a folder for each class with its images (root/cls/a.jpg)",
            got=f"{base} without any folder",
            remedy="point --data at the folder that holds the class folders, or at a manifest "
            "(.csv, .parquet), a COCO .json or a VOC tree",
        )
    if all(name.lower() in SPLITS for name in classes):
        raise DataError(
            "The folders are splits, not classes.",
            expected="a folder for each class",
            got=f"{base} with {', '.join(classes)}",
            remedy=f"choose one with --split {classes[0]}, or point --data at {base / classes[0]}",
        )
