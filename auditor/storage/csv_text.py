"""CSV that a spreadsheet opens without running what a file name says. docs/run-folder.md."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pandas as pd

from auditor.domain.schema import TABLES
from auditor.imagery.regular import refuse_endless

BLOBS = frozenset(
    column.name for table in TABLES.values() for column in table if column.kind == "bytes"
)

_RUNS_IN_A_SPREADSHEET = re.compile(r"'*[=+\-@\t\r]")
"""Text that already begins with quotes and such a sign is quoted once more, so that taking one
quote away gives back exactly what was there."""


def guard(cell: object) -> object:
    """Text that a spreadsheet could take for a formula, with a `'` in front; the rest as it is."""
    if isinstance(cell, str) and _RUNS_IN_A_SPREADSHEET.match(cell):
        return f"'{cell}"
    return cell


def unguard(cell: object) -> object:
    """The inverse of `guard`."""
    if isinstance(cell, str) and cell.startswith("'") and _RUNS_IN_A_SPREADSHEET.match(cell):
        return cell[1:]
    return cell


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """A frame as UTF-8 CSV: header, columns in the frame's order, empty for null, no bytes columns.

    Text cells (and column names) that start with `= + - @`, tab or CR get a `'` in front. Numbers
    are written so that reading them gives the same double.
    """
    kept = {name: frame[name] for name in frame.columns if not holds_bytes(frame[name])}
    safe = {name: cells.map(guard) if _is_text(cells) else cells for name, cells in kept.items()}
    rows = _Rows(newline="")
    pd.DataFrame(safe).rename(columns=guard).to_csv(rows, index=False, lineterminator="\r\n")
    return rows.getvalue().encode()


def read_text_csv(path: Path) -> pd.DataFrame:
    """What `csv_bytes` wrote, every cell as text with its guard taken away.

    Raises:
        OSError, ValueError: it cannot be read, has no end, or is no such table.
    """
    refuse_endless(path)
    frame = pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8")
    return frame.map(unguard).astype("str").rename(columns=unguard)


class _Rows(io.StringIO):
    """Takes rows that end in CR LF, keeps them with LF.

    The csv module quotes a cell with a bare CR only where CR is part of its line end.
    """

    def write(self, row: str) -> int:
        return super().write(f"{row.removesuffix(chr(13) + chr(10))}\n")


def _is_text(column: pd.Series) -> bool:
    return pd.api.types.is_object_dtype(column) or pd.api.types.is_string_dtype(column)


def holds_bytes(column: pd.Series) -> bool:
    """Whether a column is of no use as text: a blob of the schema, also an empty one, or bytes."""
    return column.name in BLOBS or (
        column.dtype == object and any(isinstance(cell, bytes) for cell in column)
    )
