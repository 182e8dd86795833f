"""Which kind of dataset a path is. Every kind is listed once, here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from auditor.config import DataSection
from auditor.data.class_names import class_names
from auditor.data.listing import Listing
from auditor.data.masks.corrected import with_corrected_masks
from auditor.data.masks.naming import MASK_SUFFIX
from auditor.data.sources import coco, croissant, folder, hugging_face, manifest, voc, yolo
from auditor.data.sources.format import SourceFormat, SourceOptions
from auditor.domain.errors import DataError
from auditor.files import exists, is_remote, words

FORMATS: Final[tuple[SourceFormat, ...]] = (
    hugging_face.FORMAT,
    manifest.FORMAT,
    croissant.FORMAT,
    coco.FORMAT,
    yolo.FORMAT,
    voc.FORMAT,
    voc.DEVKIT,
    folder.FORMAT,
)
"""The first that recognises a path reads it."""


def open_source(
    path: Path,
    *,
    masks: Path | None = None,
    split: str | None = None,
    slices: Sequence[str] | None = None,
    limit: int | None = None,
    mask_values: Sequence[int] | None = None,
    mask_suffix: str = MASK_SUFFIX,
    labels: bool = False,
    classes: Sequence[str] | None = None,
) -> Listing:
    """The dataset at a path: class folders, a manifest, COCO, Croissant, a VOC tree.

    Args: as the attributes of `SourceOptions`.

    Raises:
        DataError: not there, of no known kind, or not readable as a whole.
    """
    if not exists(path):
        raise _unknown("The dataset is not there.", path, "data.not_there")
    found = _format_of(path)
    if slices and not found.slices:
        raise DataError(
            "Only manifests have columns to slice by.",
            code="data.no_columns",
            expected="a .csv or .parquet manifest",
            got=f"slices {', '.join(slices)} of another kind of dataset",
            remedy="write a manifest with these columns, or leave data.slices out",
        )
    options = SourceOptions(
        masks=masks,
        split=split,
        slices=None if slices is None else tuple(slices),
        limit=limit,
        mask_values=None if mask_values is None else tuple(mask_values),
        mask_suffix=mask_suffix,
        labels=labels,
        classes=None if classes is None else tuple(classes),
    )
    return found.read(path, options)


def open_data(data: DataSection, *, labels: bool = False) -> Listing:
    """The dataset that a configuration names. Raises as `open_source`.

    Args:
        labels: several an image are asked for.
    """
    found = open_source(
        data.path,
        masks=data.masks,
        split=data.split,
        slices=data.slices,
        limit=data.limit,
        mask_values=data.mask_values,
        mask_suffix=data.mask_suffix,
        labels=labels,
        classes=class_names(data),
    )
    corrected = data.corrected_masks
    return found if corrected is None else with_corrected_masks(found, corrected)


def _format_of(path: Path) -> SourceFormat:
    if is_remote(path):
        remote = (each for each in FORMATS if each.remote and each.recognises(path))
        found = next(remote, None)
        if found is None:
            raise DataError(
                "Remote data is supported for manifests only.",
                code="data.remote_format",
                expected="the URL of a .csv or .parquet manifest",
                got=words(path),
                remedy="write a manifest with the columns image and label beside the images",
            )
        return found
    for each in FORMATS:
        if each.recognises(path):
            return each
    raise _unknown("The dataset is of no known kind.", path, "data.unknown_format")


def _unknown(problem: str, path: Path, code: str) -> DataError:
    return DataError(
        problem,
        code=code,
        expected="a folder of class folders, a .csv or .parquet manifest, a COCO or Croissant "
        ".json or a VOC tree",
        got=str(path),
        remedy="name the right --data, or write a manifest with the columns image and label",
    )
