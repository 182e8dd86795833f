"""A manifest's rows as text, from CSV or Parquet: nothing is guessed, leading zeros stay."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet

from auditor.domain.errors import DataError


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
    """A manifest as text. Attributes: columns in order, rows in order."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(path: Path) -> Table:
    """A `.csv` (UTF-8, comma, with a header) or `.parquet` file.

    Raises:
        DataError: if it cannot be read as such or names a column twice.
    """
    try:
        table = _parquet(path) if path.suffix.lower() == ".parquet" else _csv(path)
    except FileNotFoundError:
        raise _unreadable(path, "no such file") from None
    except UnicodeDecodeError as error:
        raise _unreadable(path, f"not UTF-8 ({error.reason} at byte {error.start})") from None
    except (OSError, csv.Error, pyarrow.ArrowException) as error:
        raise _unreadable(path, str(error)) from None
    twice = {name for name in table.columns if table.columns.count(name) > 1}
    if twice:
        raise _unreadable(path, f"column {', '.join(sorted(twice))} more than once")
    return table


def _csv(path: Path) -> Table:
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(file, strict=True)
        columns = tuple(name.strip() for name in next(lines, []))
        rows = [
            Row(
                lines.line_num,
                dict(zip(columns, _padded(cells, len(columns)), strict=False)),
                max(0, len(cells) - len(columns)),
            )
            for cells in lines
            if cells
        ]
    return Table(columns, tuple(rows))


def _padded(cells: list[str], width: int) -> list[str]:
    return cells + [""] * (width - len(cells))


def _parquet(path: Path) -> Table:
    table = pyarrow.parquet.ParquetFile(path).read()
    columns = tuple(table.column_names)
    texts = [[_text(value) for value in table.column(name).to_pylist()] for name in columns]
    return Table(columns, tuple(_rows(columns, texts)))


def _rows(columns: tuple[str, ...], texts: list[list[str]]) -> Iterator[Row]:
    for number, cells in enumerate(zip(*texts, strict=True), start=1):
        yield Row(number, dict(zip(columns, cells, strict=True)))


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
        expected="a comma-separated UTF-8 .csv with a header, or a .parquet file",
        got=f"{path}: {why}",
        remedy="save it again in that form",
    )
