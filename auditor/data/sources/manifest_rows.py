"""Rows of a manifest as samples and skips."""

from __future__ import annotations

import posixpath
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from auditor.data.masks.boxes import parse_box
from auditor.data.sources.format import SourceOptions
from auditor.data.sources.label_columns import (
    MASK_PREFIX,
    LabelColumns,
)
from auditor.data.sources.rows import corner_columns
from auditor.data.sources.table import Row
from auditor.domain.mask_references import MaskFile, MaskReference
from auditor.domain.messages import coded, error_text
from auditor.domain.multilabel import NONE
from auditor.domain.samples import Sample, Skip, case_id_of
from auditor.files import absolute, is_remote, located


class RowReader:
    """Rows to records, by the columns that a manifest has."""

    def __init__(
        self,
        path: Path,
        columns: Sequence[str],
        slices: Sequence[str],
        options: SourceOptions,
        several: LabelColumns | None,
    ) -> None:
        self._root = path.parent
        self._several = several
        self.unsure: dict[str, frozenset[str]] = {}
        self._corners = corner_columns(columns)
        self._slices = [name for name in slices if name not in self._corners]
        self._values = options.mask_values

    def records(self, row: Row) -> list[Sample | Skip]:
        """What a row names: of several labels an image one sample each, of none one with `NONE`."""
        if self._several is None:
            return [self._record(row, row.cells["label"])]
        image = _name(row.cells["image"], self._root)
        if not image or row.surplus:
            return [self._record(row, NONE)]
        try:
            carried, unsure = self._several.of(row.cells)
        except ValueError as error:
            return [Skip(image, f"row {row.number}: {error}")]
        if unsure:
            self.unsure[image] = self.unsure.get(image, frozenset()) | unsure
        return [self._record(row, label) for label in carried or (NONE,)]

    def _record(self, row: Row, label: str) -> Sample | Skip:
        cells, root = row.cells, self._root
        # Interned: a dataset has few labels, splits and sites, and many rows.
        image, label = _name(cells["image"], root), sys.intern(label)
        if row.surplus:
            return Skip(image, _surplus(row))
        if not image or not (label.strip() or self._several):
            return Skip(image or f"row {row.number}", _empty(row, image))
        try:
            mask = self._mask(cells, label)
        except ValueError as error:
            return Skip(image, error_text(error))
        return Sample(
            case_id=case_id_of(image, label),
            image=image,
            label=label,
            path=located(root, image),
            mask=mask,
            split=cells.get("split") or None,
            duplicate_group=cells.get("duplicate_group") or None,
            slices=tuple((name, sys.intern(cells[name])) for name in self._slices if cells[name]),
        )

    def _mask(self, cells: Mapping[str, str], label: str) -> MaskReference | None:
        """That of the label, where it has a column of its own, else that of the image."""
        own = cells.get(f"{MASK_PREFIX}{label}", "") if self._several else ""
        mask = own.strip() or cells.get("mask", "").strip()
        if mask:
            path = located(self._root, _name(mask, self._root))
            return MaskFile(path, object_values=self._values)
        box = cells.get("box", "") or " ".join(cells[name] for name in self._corners)
        return parse_box(box) if box.strip() else None


def _surplus(row: Row) -> str:
    return coded(
        "skip.surplus",
        "row {row} has {n:,} cells more than the header",
        row=row.number,
        n=row.surplus,
    )


def _empty(row: Row, image: str) -> str:
    if image:
        return coded("skip.no_label", "row {row} has no label", row=row.number)
    return coded("skip.no_image", "row {row} has no image", row=row.number)


def _name(cell: str, root: Path) -> str:
    """A path as identity: `/`, no `./`, relative to the manifest if it is below it."""
    text = cell.strip().replace("\\", "/")
    if not text:
        return ""
    name = posixpath.normpath(text)
    if (posixpath.isabs(name) or is_remote(Path(name))) and Path(name).is_relative_to(
        home := absolute(root)
    ):
        name = Path(name).relative_to(home).as_posix()
    return name
