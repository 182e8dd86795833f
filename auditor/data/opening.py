"""Which kind of dataset a path is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from auditor.data.folder import read_folder
from auditor.data.listing import Listing
from auditor.data.manifest import read_manifest
from auditor.domain.errors import DataError


def open_source(
    path: Path,
    *,
    masks: Path | None = None,
    split: str | None = None,
    slices: Sequence[str] | None = None,
    limit: int | None = None,
) -> Listing:
    """The dataset at a path: class folders, or a `.csv` or `.parquet` manifest.

    Args:
        masks: folder that mirrors the images' tree, for images without a mask of their own.
        split: only this split.
        slices: manifest columns to slice by; all further columns when None.
        limit: at most so many inputs, the classes in turn.

    Raises:
        DataError: not there, of no known kind, or not readable as a whole.
    """
    if not path.exists():
        raise DataError(
            "The dataset is not there.",
            expected="a folder of class folders, or a .csv or .parquet manifest",
            got=str(path),
            remedy="name the right --data",
        )
    if path.is_dir():
        _refuse_slices(slices)
        return read_folder(path, masks=masks, split=split, limit=limit)
    match path.suffix.lower():
        case ".csv" | ".parquet":
            return read_manifest(path, masks=masks, split=split, slices=slices, limit=limit)
    raise DataError(
        "The dataset is of no known kind.",
        expected="a folder of class folders, or a .csv or .parquet manifest",
        got=str(path),
        remedy="name the folder, or write a manifest with the columns image and label",
    )


def _refuse_slices(slices: Sequence[str] | None) -> None:
    if slices:
        raise DataError(
            "Only manifests have columns to slice by.",
            expected="a .csv or .parquet manifest",
            got=f"slices {', '.join(slices)} of another kind of dataset",
            remedy="write a manifest with these columns, or leave data.slices out",
        )
