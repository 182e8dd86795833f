"""A manifest's rows as text, from CSV or Parquet: nothing is guessed, leading zeros stay."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Final, TextIO

import pyarrow
import pyarrow.parquet

from auditor.domain.errors import DataError
from auditor.files import open_binary, size

ROWS_AT_ONCE: Final = 10_000
FEW_ROWS: Final = 1_000_000
ROWS_A_BYTE: Final = 8
LISTS: Final = ("label", "labels")
"""Columns of a Parquet file whose lists hold names."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a manifest.

    Attributes:
        number: line of the file (CSV) or row from 1 (Parquet).
        cells: column -> text, empty where nothing stands.
        surplus: cells beyond the header's.
    """

    number: int
    cells: Mapping[str, str]
    surplus: int = 0


@dataclass(frozen=True)
class Table:
    """A manifest as text.

    Attributes:
        path: the file.
        columns: in order.
    """

    path: Path
    columns: tuple[str, ...]

    def rows(self) -> Iterator[Row]:
        """The rows in order, read as they are taken: all of a large dataset are never held.

        Raises:
            DataError: the file cannot be read to its end.
        """
        with _told(self.path):
            yield from _parquet(self) if _is_parquet(self.path) else _csv(self)


def read_table(path: Path) -> Table:
    """A `.csv` (UTF-8, comma, with a header) or `.parquet` file.

    Raises:
        DataError: if it cannot be read as such or names a column twice.
    """
    with _told(path):
        columns = _parquet_columns(path) if _is_parquet(path) else _csv_columns(path)
    twice = {name for name in columns if columns.count(name) > 1}
    if twice:
        raise _unreadable(path, f"column {', '.join(sorted(twice))} more than once")
    return Table(path, columns)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise _unreadable(path, "no such file") from None
    except UnicodeDecodeError as error:
        raise _unreadable(path, f"not UTF-8 ({error.reason} at byte {error.start})") from None
    except (OSError, ValueError, csv.Error, pyarrow.ArrowException) as error:
        raise _unreadable(path, str(error)) from None


def _is_parquet(path: Path) -> bool:
    return path.suffix.lower() == ".parquet"


def _csv_columns(path: Path) -> tuple[str, ...]:
    with _text_of(path) as file:
        return tuple(name.strip() for name in next(csv.reader(file, strict=True), []))


def _text_of(path: Path) -> TextIO:
    return TextIOWrapper(open_binary(path), encoding="utf-8-sig", newline="")


def _csv(table: Table) -> Iterator[Row]:
    columns = table.columns
    with _text_of(table.path) as file:
        lines = csv.reader(file, strict=True)
        next(lines, None)
        for cells in lines:
            if cells:
                named = dict(zip(columns, _padded(cells, len(columns)), strict=False))
                yield Row(lines.line_num, named, max(0, len(cells) - len(columns)))


def _padded(cells: list[str], width: int) -> list[str]:
    return cells + [""] * (width - len(cells))


def refuse_claims(path: Path) -> None:
    """Raise `ValueError` where a Parquet file claims rows that its bytes cannot hold.

    Names of images differ from row to row, so however they are compressed a row takes some bits.
    """
    length = size(path)
    with open_binary(path) as stored, pyarrow.parquet.ParquetFile(stored) as file:
        rows = file.metadata.num_rows
    if rows > max(FEW_ROWS, ROWS_A_BYTE * length):
        raise ValueError(f"it claims {rows:,} rows in {length:,} bytes")


def _parquet_columns(path: Path) -> tuple[str, ...]:
    refuse_claims(path)
    with open_binary(path) as stored, pyarrow.parquet.ParquetFile(stored) as file:
        return tuple(file.schema_arrow.names)


def _parquet(table: Table) -> Iterator[Row]:
    number = 0
    with open_binary(table.path) as stored, pyarrow.parquet.ParquetFile(stored) as file:
        for batch in file.iter_batches(ROWS_AT_ONCE):
            texts = [
                [_cell(name, value) for value in column.to_pylist()]
                for name, column in zip(table.columns, batch.columns, strict=True)
            ]
            for cells in zip(*texts, strict=True):
                number += 1
                yield Row(number, dict(zip(table.columns, cells, strict=True)))


def _cell(name: str, value: Any) -> str:
    """Lists of labels as JSON, for a label may hold blanks; everything else as text."""
    if name in LISTS and isinstance(value, list | tuple):
        return json.dumps([_text(part) for part in value], ensure_ascii=False)
    return _text(value)


def _text(value: Any) -> str:
    """A cell as it would be written in a CSV; a list (a box, say) with spaces between."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return " ".join(_text(part) for part in value)
    return str(value)


def _unreadable(path: Path, why: str) -> DataError:
    return DataError(
        "The manifest cannot be read.",
        code="manifest.unreadable",
        expected="a comma-separated UTF-8 .csv with a header, or a .parquet file",
        got=f"{path}: {why}",
        remedy="save it again in that form",
    )
