"""Which kind of dataset a path is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from auditor.data.listing import Listing
from auditor.data.sources.coco import read_coco
from auditor.data.sources.folder import read_folder
from auditor.data.sources.manifest import read_manifest
from auditor.data.sources.voc import is_voc, read_voc
from auditor.data.walking import folders_in
from auditor.domain.errors import DataError
from auditor.files import exists, is_remote, words

MANIFESTS: Final = (".csv", ".parquet")


def open_source(
    path: Path,
    *,
    masks: Path | None = None,
    split: str | None = None,
    slices: Sequence[str] | None = None,
    limit: int | None = None,
) -> Listing:
    """The dataset at a path: class folders, a manifest, a COCO instances file, a VOC tree.

    Args:
        masks: folder that mirrors the images' tree, for images without a mask of their own.
        split: only this split.
        slices: manifest columns to slice by; all further columns when None.
        limit: at most so many inputs, the classes in turn.

    Raises:
        DataError: not there, of no known kind, or not readable as a whole.
    """
    if not exists(path):
        raise _unknown("The dataset is not there.", path)
    suffix = path.suffix.lower()
    if is_remote(path) and suffix not in MANIFESTS:
        raise DataError(
            "Only manifests are read from afar.",
            expected="the URL of a .csv or .parquet manifest",
            got=words(path),
            remedy="write a manifest with the columns image and label beside the images",
        )
    if suffix in MANIFESTS and not path.is_dir():
        return read_manifest(path, masks=masks, split=split, slices=slices, limit=limit)
    if slices:
        raise DataError(
            "Only manifests have columns to slice by.",
            expected="a .csv or .parquet manifest",
            got=f"slices {', '.join(slices)} of another kind of dataset",
            remedy="write a manifest with these columns, or leave data.slices out",
        )
    if path.is_file() and suffix == ".json":
        _refuse_split(path, split)
        return read_coco(path, masks=masks, limit=limit)
    if path.is_file():
        raise _unknown("The dataset is of no known kind.", path)
    if is_voc(path):
        return read_voc(path, masks=masks, split=split, limit=limit)
    _refuse_devkit(path)
    return read_folder(path, masks=masks, split=split, limit=limit)


def _unknown(problem: str, path: Path) -> DataError:
    return DataError(
        problem,
        expected="a folder of class folders, a .csv or .parquet manifest, a COCO .json or a VOC "
        "tree",
        got=str(path),
        remedy="name the right --data, or write a manifest with the columns image and label",
    )


def _refuse_split(path: Path, split: str | None) -> None:
    if split is not None:
        raise DataError(
            "A COCO file has no splits.",
            expected="one file for each split",
            got=f"{path} with --split {split}",
            remedy="name the split's own file and leave --split out",
        )


def _refuse_devkit(path: Path) -> None:
    trees = [name for name in folders_in(path) if is_voc(path / name)]
    if trees:
        raise DataError(
            "The folder holds VOC trees.",
            expected="one of them",
            got=f"{path} with {', '.join(trees)}",
            remedy=f"point --data at {path / trees[0]}",
        )
