"""Several labels an image in a manifest: a list in one column, or a column of 0 and 1 a label.

A list is written as JSON, with `|` or `;` between (NIH ChestX-ray14's "Cardiomegaly|Effusion"), or
is a list column of a Parquet file. Of a label's own column 1 is present, 0 and nothing are absent,
and -1 (CheXpert's "uncertain") is neither: the image is left out for that label.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from auditor.data.labels import canonical
from auditor.data.sources.table import Table
from auditor.domain.errors import DataError
from auditor.domain.multilabel import NO_FINDING

LIST_COLUMN: Final = "labels"
MASK_PREFIX: Final = "mask_"
PRESENT: Final = frozenset({"1", "1.0", "true"})
ABSENT: Final = frozenset({"", "0", "0.0", "false", "nan"})
UNSURE: Final = frozenset({"-1", "-1.0"})
_BETWEEN: Final = re.compile("[|;]")


@dataclass(frozen=True)
class LabelColumns:
    """Where a manifest holds the labels.

    Attributes:
        listed: the column of lists; None where each label has a column.
        flags: the columns of 0 and 1, by label.
    """

    listed: str | None
    flags: tuple[str, ...] = ()

    def of(self, cells: Mapping[str, str]) -> tuple[tuple[str, ...], frozenset[str]]:
        """Labels that an image carries, and those of which nobody knows.

        Raises:
            ValueError: a cell that is none of 1, 0, -1 and nothing, or no list.
        """
        if self.listed is not None:
            return tuple(dict.fromkeys(split_labels(cells[self.listed]))), frozenset()
        found = {name: cells[name].strip().lower() for name in self.flags}
        odd = {n: v for n, v in found.items() if v not in PRESENT | ABSENT | UNSURE}
        if odd:
            name, value = next(iter(odd.items()))
            raise ValueError(f"column {name} holds {value!r}: expected 1, 0, -1 or nothing")
        carried = tuple(name for name, value in found.items() if value in PRESENT)
        return carried, frozenset(name for name, value in found.items() if value in UNSURE)


def label_columns(
    table: Table, known: Iterable[str], wanted: Sequence[str] | None, *, multilabel: bool
) -> LabelColumns | None:
    """Where several labels an image stand; None where each image has one.

    Args:
        table: the manifest.
        known: names of columns that mean something else.
        wanted: the labels' names as the user gives them (data.classes), or None.
        multilabel: several are asked for, so that `label` may hold a list.
    """
    columns = table.columns
    if wanted and multilabel and set(wanted) <= set(columns):
        return LabelColumns(None, tuple(wanted))
    if LIST_COLUMN in columns and "label" not in columns:
        return LabelColumns(LIST_COLUMN)
    if "label" in columns:
        return LabelColumns("label") if multilabel else None
    flags = _flags(table, [name for name in columns if _may_flag(name, known)])
    if wanted and flags:
        flags = _wanted(table, flags, wanted)
    return LabelColumns(None, flags) if flags else None


def split_labels(cell: str) -> list[str]:
    """The labels in a cell, without blanks around them.

    Raises:
        ValueError: it begins as a JSON list and is none of texts and numbers.
    """
    text = cell.strip()
    if text.startswith("["):
        try:
            found = json.loads(text)
        except ValueError:
            found = None
        if not isinstance(found, list) or any(isinstance(x, dict | list | None) for x in found):
            raise ValueError(f"the labels {text[:40]!r} are no JSON list of names")
        return [str(label).strip() for label in found if str(label).strip()]
    return [label for part in _BETWEEN.split(text) if (label := part.strip())]


def no_label(label: str) -> bool:
    """Whether a word stands for no label at all ("No Finding")."""
    return canonical(label).strip().casefold() in NO_FINDING


def _may_flag(name: str, known: Iterable[str]) -> bool:
    return bool(name) and name not in set(known) and not name.startswith(MASK_PREFIX)


def _flags(table: Table, candidates: Sequence[str]) -> tuple[str, ...]:
    """Columns that hold nothing but 1, 0, -1 and nothing, and 1 at least once."""
    left, shown = set(candidates), set()
    for row in table.rows():
        if not left:
            break
        values = {name: row.cells[name].strip().lower() for name in left}
        left = {name for name in left if values[name] in PRESENT | ABSENT | UNSURE}
        shown |= {name for name in left if values[name] in PRESENT}
    return tuple(name for name in candidates if name in left & shown)


def _wanted(table: Table, flags: Sequence[str], wanted: Sequence[str]) -> tuple[str, ...]:
    """The columns of the labels that were named.

    Raises:
        DataError: not one of them is a column.
    """
    found = tuple(name for name in wanted if name in table.columns)
    if not found:
        raise DataError(
            "The manifest has no column of the labels.",
            code="manifest.no_label_column",
            expected=f"columns of 0 and 1 for {', '.join(wanted[:6])}, or a column `labels`",
            got=f"{table.path} with 0 and 1 in {', '.join(flags[:6])}",
            remedy="name the labels as the columns are called (data.classes or --classes)",
        )
    return found
