"""Frames to Parquet and back, under the schema. NaN becomes null on the way in."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from auditor.domain.errors import RunError
from auditor.domain.messages import N_, coded, phrase
from auditor.domain.schema import TABLES, names
from auditor.imagery.regular import refuse_endless
from auditor.storage.rows import check_rows
from auditor.storage.schema import ARROW_TYPES, arrow_field, arrow_schema, is_slice

_TRIM: Final = getattr(ctypes.CDLL(None), "malloc_trim", None) if os.name == "posix" else None
"""Of glibc; other C libraries have none."""

TABLE_FAULTS = (OSError, ValueError, pa.ArrowException)
"""What pyarrow raises for a missing, damaged or hostile file; a name that is no UTF-8 among it."""

ROWS_A_GROUP = {"cases": 5_000, "evidence": 64}
ROWS_ELSEWHERE = 50_000
"""Small groups: a page of the worst cases, or one case's pictures, reads a small part of a file."""

SORTED_BY: dict[str, tuple[list[str], list[bool]]] = {
    "cases": (["severity", "case_id"], [False, True]),
    "evidence": (["case_id"], [True]),
}


def release_memory() -> None:
    """Let the system have the memory that is held for later: Arrow keeps several parts' worth,
    and glibc whatever lies below something that is in use."""
    pa.default_memory_pool().release_unused()
    if _TRIM is not None:
        _TRIM(0)


def to_arrow(table: str, frame: pd.DataFrame) -> pa.Table:
    """A frame under the table's schema: columns in order, NaN as null.

    A nullable column that the frame lacks is filled with null. `cases` and `evidence` are sorted
    as they are stored.

    Raises:
        RunError: for a missing or unknown column, a value that does not fit its column's type, or
            a null where the schema allows none; the message names the column.
    """
    frozen = names(table)
    unknown = [name for name in frame.columns if name not in frozen and not is_slice(table, name)]
    if unknown:
        raise _fault(table, f"no column {unknown[0]!r}", f"the columns {', '.join(frame.columns)}")
    schema = arrow_schema(table, [name for name in frame.columns if name not in frozen])
    ordered = _sort(table, frame)
    return pa.table([_array(table, field, ordered) for field in schema], schema=schema)


def to_arrow_part(table: str, frame: pd.DataFrame) -> pa.Table:
    """A frame that may still lack columns or hold helper columns, as stages hand it on.

    Columns of the schema get their types, so that parts whose column is all null still fit
    together; the others are inferred.
    """
    kinds = {column.name: ARROW_TYPES[column.kind] for column in TABLES.get(table, ())}
    types = [pa.string() if is_slice(table, name) else kinds.get(name) for name in frame.columns]
    arrays = [
        pa.array(frame[name], type=kind, from_pandas=True)
        for name, kind in zip(frame.columns, types, strict=True)
    ]
    return pa.table(arrays, names=list(frame.columns))


def to_frame(arrow: pa.Table, *, used_up: bool = False) -> pd.DataFrame:
    """A frame: float64 with NaN for null, int64, text, bytes; a flag without a null is plain bool.

    A flag with nulls is `boolean`, as an integer with nulls is `Int64`.

    Args:
        used_up: give each column of `arrow` back as soon as the frame has it. Nobody may hold or
            ask the table afterwards.
    """
    nullable = {pa.bool_(): pd.BooleanDtype(), pa.int64(): pd.Int64Dtype()}
    plain = {
        field.name: "bool" if pa.types.is_boolean(field.type) else "int64"
        for field in arrow.schema
        if field.type in nullable and arrow.column(field.name).null_count == 0
    }
    frame = arrow.to_pandas(types_mapper=nullable.get, split_blocks=used_up, self_destruct=used_up)
    # Each by itself: `astype` of a frame takes all of its columns apart and together again.
    for name, kind in plain.items():
        frame[name] = frame[name].to_numpy(kind)
    typed: pd.DataFrame = frame
    return typed


def conform(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """A frame as a reader of the run will get it: columns, order and types of what is stored."""
    return to_frame(to_arrow(table, frame))


def write_parquet(arrow: pa.Table, path: Path, *, table: str) -> None:
    """Write a table as it is stored, in small row groups."""
    options = parquet_options(arrow.schema)
    rows = ROWS_A_GROUP.get(table, ROWS_ELSEWHERE)
    pq.write_table(arrow, path, row_group_size=rows, **options)


def parquet_options(schema: pa.Schema) -> dict[str, Any]:
    """How a run's files are written: zstd, page checksums, no dictionary or bounds of blobs."""
    compact = [
        field.name
        for field in schema
        if not pa.types.is_binary(field.type) and field.name != "mask"
    ]
    return {
        "compression": "zstd",
        "use_dictionary": compact,
        "write_statistics": compact,
        "write_page_checksum": True,
    }


def read_table(
    path: Path,
    table: str,
    *,
    filters: list[tuple[str, str, object]] | None = None,
    columns: Sequence[str] | None = None,
) -> pd.DataFrame:
    """A stored table as a frame; columns that were added since it was written are null.

    Args:
        path: of the file.
        table: its name in the schema.
        filters: rows, as pyarrow takes them.
        columns: only these columns of the schema, and every slice.

    Raises:
        RunError: if the file is missing, truncated, no Parquet, or holds what no audit writes.
    """
    try:
        refuse_endless(path)
        stored = pq.read_schema(path).names
        wanted = [n for n in stored if columns is None or n in columns or is_slice(table, n)]
        arrow = read_parquet(path, columns=wanted, filters=filters)
        check_rows(path, table, arrow)
        return to_frame(with_added_columns(arrow, table, columns))
    except TABLE_FAULTS as error:
        raise unreadable(path, error) from None


def read_parquet(path: Path, **options: Any) -> pa.Table:
    """A Parquet file whose pages are held against their checksums, where it has any.

    Raises:
        TABLE_FAULTS: it is missing, damaged or no Parquet.
    """
    return pq.read_table(path, partitioning=None, page_checksum_verification=True, **options)


def with_added_columns(
    arrow: pa.Table, table: str, columns: Sequence[str] | None = None
) -> pa.Table:
    """A stored table with the columns that came into the schema later, all null."""
    kept = [each for each in TABLES[table] if columns is None or each.name in columns]
    for place, column in enumerate(kept):
        if column.name not in arrow.column_names:
            field = arrow_field(column)
            arrow = arrow.add_column(place, field, pa.nulls(len(arrow), field.type))
    return arrow


def unreadable(path: Path, error: Exception) -> RunError:
    """What to say about a table that cannot be read."""
    missing = isinstance(error, FileNotFoundError)
    got = coded("skip.no_file", "no such file") if missing else str(error).split("\n")[0]
    return RunError(
        phrase("{name} of the run cannot be read.", name=path.name),
        code="run.unreadable",
        expected=phrase("a whole file at {path}", path=path),
        got=got,
        remedy=N_("copy the run folder again from where it was written, or audit again"),
    )


def _sort(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    by, ascending = SORTED_BY.get(table, ([], []))
    if not by or any(name not in frame.columns for name in by):
        return frame
    return frame.sort_values(by, ascending=ascending, kind="stable")


def _array(table: str, field: pa.Field, frame: pd.DataFrame) -> pa.Array:
    if field.name not in frame.columns:
        if not field.nullable:
            raise _fault(table, f"a column {field.name!r}", "none")
        return pa.nulls(len(frame), field.type)
    values = frame[field.name]
    if field.type == pa.bool_() and values.dtype == np.float64:
        values = values.map({0.0: False, 1.0: True})
    try:
        array = pa.array(values, type=field.type, from_pandas=True)
    except pa.ArrowException as error:
        got = str(error).split("\n")[0]
        raise _fault(table, f"{field.type} in column {field.name!r}", got) from None
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if array.null_count and not field.nullable:
        got = f"{array.null_count} of {len(array)} rows are null"
        raise _fault(table, f"a value in every row of column {field.name!r}", got)
    return array


def _fault(table: str, expected: str, got: str) -> RunError:
    return RunError(
        phrase("The table {table} does not fit its schema.", table=table),
        code="run.table_does_not_fit",
        expected=expected,
        got=got,
        remedy=N_("this is a fault of the auditor, not of the data: please report it"),
    )
