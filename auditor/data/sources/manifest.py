"""CSV and Parquet manifests: image and label, and mask, box, split, groups, slices if given."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from auditor.data.listing import Listing, listing_of
from auditor.data.masks.mask_tree import with_mirrored_masks
from auditor.data.sources.format import SourceFormat, SourceOptions
from auditor.data.sources.label_columns import (
    LIST_COLUMN,
    MASK_PREFIX,
    LabelColumns,
    label_columns,
    no_label,
)
from auditor.data.sources.manifest_rows import RowReader
from auditor.data.sources.rows import corner_columns, one_an_image, with_relative_boxes
from auditor.data.sources.table import Table, read_table
from auditor.domain.errors import DataError
from auditor.domain.messages import coded, coded_n
from auditor.domain.samples import Sample, Skip
from auditor.files import exists, is_dir, is_remote

SUFFIXES: Final = (".csv", ".parquet")
REQUIRED: Final = ("image", "label")
KNOWN: Final = (*REQUIRED, "mask", "box", "split", "duplicate_group")
LOOKED_FOR: Final = 100
"""If none of so many images is there, the whole manifest points elsewhere."""


def read_manifest(path: Path, options: SourceOptions) -> Listing:
    """The rows of a manifest; paths in it are relative to it.

    A row's mask file comes before its box, both before a mirrored mask. Rows with the same image
    and label and several masks or boxes are one image with these united. Labels are text as
    written. `classes` holds every label of the file, other splits' too, so that a model's class
    order does not depend on the split that is audited.

    Raises:
        DataError: unreadable, a column missing, no row of the split, or no image where it says.
    """
    table = read_table(path)
    split = options.split
    corners = corner_columns(table.columns)
    several = label_columns(table, (*KNOWN, *corners), options.classes, multilabel=options.labels)
    needed = ("image",) if several is not None else REQUIRED
    _require(path, table, needed if split is None else (*needed, "split"))
    slices = _slices(path, table, options.slices, several)
    reader = RowReader(path, table.columns, slices, options, several)
    records: list[Sample | Skip] = []
    others: list[Sample | Skip] = []
    classes: set[str] = set()
    for row in table.rows():
        found = reader.records(row)
        labels = (r.label for r in found if isinstance(r, Sample))
        classes.update(labels if several is not None else (row.cells["label"],))
        wanted = split is None or row.cells["split"] == split
        (records if wanted else others).extend(found)
    if not records:
        raise _no_rows(path, others, split)
    warnings: list[str] = []
    records, united = one_an_image(records)
    if united:
        warnings.append(
            coded_n(
                "data.several_rows",
                "{n:,} image has several rows: their masks are united",
                "{n:,} images have several rows: their masks are united",
                united,
            )
        )
    records, relative = with_relative_boxes(records)
    if relative:
        warnings.append(
            coded(
                "data.relative_boxes",
                "the boxes lie within 0..1: taken as shares of width and height",
            )
        )
    if options.masks is not None:
        records = with_mirrored_masks(
            records, options.masks, suffix=options.mask_suffix, values=options.mask_values
        )
    _refuse_elsewhere(path, records)
    return listing_of(
        records,
        kind="manifest",
        root=path.parent,
        classes=_names(classes, several, options.classes),
        limit=options.limit,
        warnings=warnings,
        others=others,
        multilabel=several is not None,
        unsure=reader.unsure,
    )


def _names(found: set[str], several: LabelColumns | None, wanted: Sequence[str] | None) -> set[str]:
    """Names of classes or labels, without words for none."""
    if several is None:
        return found - {""}
    if several.flags:
        return set(several.flags)
    return {name for name in found if name in (wanted or ()) or not no_label(name)}


def _slices(
    path: Path, table: Table, wanted: Sequence[str] | None, several: LabelColumns | None
) -> tuple[str, ...]:
    if wanted is None:
        other = set(KNOWN)
        if several is not None:
            masks = {name for name in table.columns if name.startswith(MASK_PREFIX)}
            other |= {LIST_COLUMN, *several.flags, *masks}
        return tuple(name for name in table.columns if name and name not in other)
    _require(path, table, wanted)
    return tuple(dict.fromkeys(wanted))


def _require(path: Path, table: Table, names: Sequence[str]) -> None:
    missing = [name for name in names if name not in table.columns]
    if missing:
        raise DataError(
            f"The manifest lacks the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}.",
            code="manifest.missing_column",
            expected=f"a header with {', '.join(names)}",
            got=f"{path} with the columns {', '.join(map(repr, table.columns)) or 'none'}",
            remedy="name the columns so in the first row, with commas between",
        )


def _no_rows(path: Path, others: Sequence[Sample | Skip], split: str | None) -> DataError:
    splits = sorted({o.split for o in others if isinstance(o, Sample) and o.split})
    return DataError(
        "The manifest has no row." if split is None else f"No row has the split {split!r}.",
        code="manifest.no_row",
        expected="at least one row below the header",
        got=f"{path} with {len(others)} rows, splits: {', '.join(splits) or 'none'}",
        remedy="name the right manifest (and --split)",
    )


def _is_listed(path: Path) -> bool:
    return exists(path) if is_remote(path) else os.path.lexists(path)


def _refuse_elsewhere(path: Path, records: Sequence[Sample | Skip]) -> None:
    samples = (record for record in records if isinstance(record, Sample))
    tried = list(islice(samples, LOOKED_FOR))
    if tried and not any(_is_listed(sample.path) for sample in tried):
        raise DataError(
            "The images are not where the manifest says.",
            code="manifest.no_images",
            expected=f"{tried[0].image} below {path.parent}, the folder of the manifest",
            got=f"none of the first {len(tried)} images is there",
            remedy="put the manifest where its paths are relative to, or make them absolute",
        )


def is_manifest(path: Path) -> bool:
    """Whether a path, a remote one too, is a table by its suffix."""
    return path.suffix.lower() in SUFFIXES and (is_remote(path) or not is_dir(path))


FORMAT: Final = SourceFormat("manifest", is_manifest, read_manifest, remote=True, slices=True)
