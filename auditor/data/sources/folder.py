"""Class folders: root/cls/a.jpg, or root/split/cls/a.jpg with a split."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from posixpath import splitext
from typing import Final

from auditor.data.listing import Listing, listing_of, not_an_image
from auditor.data.masks.mask_tree import with_mirrored_masks
from auditor.data.masks.naming import MaskPairs, few_of, pair_masks
from auditor.data.sources.format import SourceFormat, SourceOptions
from auditor.data.walking import files_under, folders_in, is_hidden
from auditor.domain.errors import DataError
from auditor.domain.mask_references import MaskFile, united
from auditor.domain.messages import coded, coded_n
from auditor.domain.samples import Sample, Skip, case_id_of
from auditor.files import is_dir
from auditor.imagery.decode import IMAGE_SUFFIXES, is_image_file

SPLITS: Final = frozenset(("train", "training", "val", "valid", "validation", "test", "testing"))
"""Names that folders of splits have, in lower case."""


def read_folder(root: Path, options: SourceOptions) -> Listing:
    """The images of class folders; a class is the first folder of a path, however deep the file.

    Masks beside their images (`x_mask.png`, `x_mask_1.png`, a folder `masks` beside `images`) are
    masks and no images. Files that are no images, and images beside the class folders, are skips.

    Raises:
        DataError: no class folders, folders of splits where classes are expected, or no image.
    """
    split, masks = options.split, options.masks
    base = root if split is None else _split_folder(root, split)
    inside = masks.resolve() if masks is not None else None
    classes = [name for name in folders_in(base) if (base / name).resolve() != inside]
    _refuse_odd_folders(base, classes)
    prefix = "" if split is None else f"{split}/"
    found = [_class_files(root, f"{prefix}{label}", label, options) for label in classes]
    paired = any(each.pairs.masks for each in found)
    records = [*_stray(base, prefix)]
    for each in found:
        records += _records(root, each, options, paired=paired)
    if masks is not None:
        records = with_mirrored_masks(
            records,
            masks,
            below=split or "",
            suffix=options.mask_suffix,
            values=options.mask_values,
        )
    return listing_of(
        records,
        kind="class folders",
        root=root,
        classes=classes,
        limit=options.limit,
        warnings=[*_paired_warning(found), *_namesake_warning(found)],
        others=() if split is None else _other_splits(root, split, options),
    )


@dataclass(frozen=True)
class _ClassFiles:
    """Files of a class: images and masks by their names below the root, and the rest."""

    label: str
    pairs: MaskPairs
    others: tuple[str, ...]


def _class_files(root: Path, folder: str, label: str, options: SourceOptions) -> _ClassFiles:
    images: list[str] = []
    others: list[str] = []
    for name in files_under(root / folder):
        path = f"{folder}/{name}"
        (images if is_image_file(root / path) else others).append(path)
    return _ClassFiles(label, pair_masks(images, options.mask_suffix), tuple(others))


def _records(
    root: Path, found: _ClassFiles, options: SourceOptions, *, paired: bool
) -> Iterator[Sample | Skip]:
    """Args: paired: some image has its mask beside it, so that a mask without its image is one."""
    label = found.label
    for name in found.others:
        suffix = PurePosixPath(name).suffix.lower()
        yield Skip(name, not_an_image(suffix))
    orphans = frozenset(found.pairs.orphans if paired else ())
    for name in found.pairs.images:
        if name in orphans:
            told = coded("skip.orphan_mask", "a mask by its name, without its image beside it")
            yield Skip(name, told)
            continue
        files = [
            MaskFile(root / mask, object_values=options.mask_values)
            for mask in found.pairs.masks.get(name, ())
        ]
        mask = united(files) if files else None
        yield Sample(case_id_of(name, label), name, label, root / name, mask, options.split)


def _paired_warning(found: Sequence[_ClassFiles]) -> Iterator[str]:
    images = [name for each in found for name in each.pairs.masks]
    if images:
        masks = {
            mask for each in found for several in each.pairs.masks.values() for mask in several
        }
        yield coded(
            "data.masks_by_name",
            "{masks:,} files beside the images are taken as masks of {images:,} images, by their"
            " names ({names})",
            masks=len(masks),
            images=len(images),
            names=few_of(sorted(masks)),
        )


def _namesake_warning(found: Sequence[_ClassFiles]) -> Iterator[str]:
    """Images that differ in their suffix alone: one of two may be a mask of the other."""
    stems: defaultdict[str, list[str]] = defaultdict(list)
    for each in found:
        for name in each.pairs.images:
            stems[splitext(name)[0]].append(name)
    several = [names for names in stems.values() if len(names) > 1]
    if several:
        yield coded_n(
            "data.namesakes",
            "{n:,} image has a namesake of another suffix ({names}): both are audited; a mask"
            " needs a name of its own (data.mask_suffix) or a folder (--masks)",
            "{n:,} images have a namesake of another suffix ({names}): both are audited; a mask"
            " needs a name of its own (data.mask_suffix) or a folder (--masks)",
            len(several),
            names=few_of(several[0]),
        )


def _other_splits(root: Path, split: str, options: SourceOptions) -> Iterator[Sample | Skip]:
    for other in folders_in(root):
        if other != split and other.lower() in SPLITS:
            for label in folders_in(root / other):
                files = _class_files(root, f"{other}/{label}", label, options)
                yield from _records(root, files, replace(options, split=other), paired=True)


def _stray(base: Path, prefix: str) -> Iterator[Sample | Skip]:
    for path in base.iterdir():
        stray = path.suffix.lower() in IMAGE_SUFFIXES and not is_dir(path)
        if stray and not is_hidden(path.name):
            told = coded("skip.stray", "beside the class folders, so it has no label")
            yield Skip(f"{prefix}{path.name}", told)


def _split_folder(root: Path, split: str) -> Path:
    base = root / split
    if not is_dir(base):
        raise DataError(
            f"There is no split {split!r}.",
            code="data.unknown_split",
            expected=f"a folder {split} with class folders in it",
            got=f"{root} with {', '.join(folders_in(root)) or 'no folder'}",
            remedy="name one of these folders with --split, or leave it out",
        )
    return base


def _refuse_odd_folders(base: Path, classes: list[str]) -> None:
    if not classes:
        raise DataError(
            "There are no class folders.",
            code="data.no_class_folders",
            expected="a folder for each class with its images (root/cls/a.jpg)",
            got=f"{base} without any folder",
            remedy="point --data at the folder that holds the class folders, or at a manifest "
            "(.csv, .parquet), a COCO .json or a VOC tree",
        )
    if all(name.lower() in SPLITS for name in classes):
        raise DataError(
            "The folders are splits, not classes.",
            code="data.splits_not_classes",
            expected="a folder for each class",
            got=f"{base} with {', '.join(classes)}",
            remedy=f"choose one with --split {classes[0]}, or point --data at {base / classes[0]}",
        )


FORMAT: Final = SourceFormat("class folders", Path.is_dir, read_folder)
