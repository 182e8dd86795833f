"""What a kind of dataset is to the rest: how it is recognised, and how it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from auditor.data.listing import Listing
from auditor.data.masks.naming import MASK_SUFFIX
from auditor.domain.errors import DataError


@dataclass(frozen=True)
class SourceOptions:
    """What of a dataset is wanted, and how its masks are named.

    Attributes:
        masks: folder that mirrors the images' tree, for images without a mask of their own.
        split: only this split.
        slices: manifest columns to slice by; all further columns when None.
        limit: at most so many inputs, the classes in turn.
        mask_values: pixel values of mask files that are the object; None: all but zero.
        mask_suffix: what a mask's name has behind its image's.
        labels: several an image are asked for.
        classes: names of the classes or labels as the user gives them, or None.
    """

    masks: Path | None = None
    split: str | None = None
    slices: tuple[str, ...] | None = None
    limit: int | None = None
    mask_values: tuple[int, ...] | None = None
    mask_suffix: str = MASK_SUFFIX
    labels: bool = False
    classes: tuple[str, ...] | None = None


@dataclass(frozen=True)
class SourceFormat:
    """A kind of dataset.

    Attributes:
        name: as it is called in messages (`Listing.kind`).
        recognises: whether a path that exists is one.
        read: the dataset; raises `DataError` where it cannot be read as a whole, or is of a kind
            that is known and not read.
        remote: it can be read from a URL.
        slices: it has columns to slice by.
    """

    name: str
    recognises: Callable[[Path], bool]
    read: Callable[[Path, SourceOptions], Listing]
    remote: bool = False
    slices: bool = False


def refused(name: str, recognises: Callable[[Path], bool], got: str, remedy: str) -> SourceFormat:
    """A kind that is recognised and refused by its name."""

    def read(path: Path, options: SourceOptions) -> Listing:  # noqa: ARG001 - a Format's signature
        raise DataError(
            f"{name} is not read.",
            code="data.format_not_read",
            expected="a folder of class folders, a .csv or .parquet manifest, a COCO instances "
            ".json or a VOC tree",
            got=f"{path}: {got}",
            remedy=remedy,
        )

    return SourceFormat(name, recognises, read)
