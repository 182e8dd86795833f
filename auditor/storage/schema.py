"""The domain's columns as Arrow schemas: what every Parquet file of a run looks like."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from auditor.domain.columns import Column, Kind
from auditor.domain.schema import SLICE_PREFIX, TABLES

ARROW_TYPES: dict[Kind, pa.DataType] = {
    "string": pa.string(),
    "float": pa.float64(),
    "int": pa.int64(),
    "bool": pa.bool_(),
    "bytes": pa.binary(),
}


def arrow_field(column: Column) -> pa.Field:
    """One column with its type, whether null is allowed, and its meaning as metadata."""
    return pa.field(
        column.name,
        ARROW_TYPES[column.kind],
        nullable=column.nullable,
        metadata={"meaning": column.meaning},
    )


def arrow_schema(table: str, extra: Iterable[str] = ()) -> pa.Schema:
    """The Arrow schema of a table of `auditor.domain.schema`, in its order.

    Args:
        table: a key of `TABLES`.
        extra: further columns, appended as nullable strings. Only `cases` takes them, and only
            with the `slice_` prefix.

    Raises:
        ValueError: for an extra column that the table does not take.
    """
    fields = [arrow_field(column) for column in TABLES[table]]
    for name in extra:
        if not is_slice(table, name):
            raise ValueError(f"{table} takes no column {name!r}")
        fields.append(pa.field(name, pa.string(), metadata={"meaning": "metadata of the dataset"}))
    return pa.schema(fields)


def is_slice(table: str, name: str) -> bool:
    """Whether `name` may stand in `table` beside the frozen columns."""
    return table == "cases" and name.startswith(SLICE_PREFIX)
