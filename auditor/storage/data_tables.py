"""The tables of a data audit: their columns, and what every row keeps, whoever wrote it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from auditor.domain.bounds import MOST_TABLE_BYTES
from auditor.domain.data_traits import LeakVerdict, TraitKind
from auditor.imagery.regular import refuse_endless

FINDING_SCHEMA: Final = pa.schema(
    [
        pa.field("class", pa.string(), nullable=False),
        pa.field("trait", pa.string(), nullable=False),
        pa.field("column", pa.string()),
        pa.field("verdict", pa.string(), nullable=False),
        pa.field("auroc", pa.float64()),
        pa.field("auroc_low", pa.float64()),
        pa.field("auroc_high", pa.float64()),
        pa.field("null", pa.float64()),
        pa.field("rival", pa.float64()),
        pa.field("p_value", pa.float64()),
        pa.field("q_value", pa.float64()),
        pa.field("images", pa.int64()),
        pa.field("object_seen", pa.bool_(), nullable=False),
        pa.field("reason_code", pa.string(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("action", pa.string()),
    ]
)
PLACE_SCHEMA: Final = pa.schema(
    [
        pa.field("class", pa.string(), nullable=False),
        pa.field("share", pa.float64(), nullable=False),
        pa.field("null", pa.float64(), nullable=False),
        pa.field("where", pa.string()),
        pa.field("picture", pa.binary(), nullable=False),
        pa.field("mean", pa.binary()),
    ]
)
WORDS: Final[dict[str, type[StrEnum]]] = {"trait": TraitKind, "verdict": LeakVerdict}
"""Columns that hold one of a few words."""


def read_data_table(path: Path, schema: pa.Schema) -> pd.DataFrame:
    """A stored table with the columns of `schema`; null is None in text, NaN in numbers.

    Raises:
        OSError, ValueError, pa.ArrowException: it is missing, damaged, claims too many bytes, or
            holds what no data audit writes.
    """
    refuse_endless(path)
    footer = pq.read_metadata(path)
    claimed = sum(footer.row_group(i).total_byte_size for i in range(footer.num_row_groups))
    if claimed > MOST_TABLE_BYTES:
        raise ValueError(f"it claims {claimed:,} bytes, more than {MOST_TABLE_BYTES:,}")
    table = pq.read_table(path, partitioning=None, page_checksum_verification=True)
    fault = next(_faults(table, schema), None)
    if fault is not None:
        raise ValueError(fault)
    for field in schema:
        # Columns that may be null can have been added since the table was written.
        if field.name not in table.column_names:
            table = table.append_column(field, pa.nulls(len(table), field.type))
    frame: pd.DataFrame = table.select(schema.names).to_pandas()
    for field in schema:
        if pa.types.is_string(field.type):
            # Null is None, whatever pandas makes of a column of text.
            known = frame[field.name].astype(object)
            frame[field.name] = known.where(known.notna(), None)
    return frame


def _faults(table: pa.Table, schema: pa.Schema) -> Iterator[str]:
    for field in schema:
        if field.name not in table.column_names:
            if not field.nullable:
                yield f"column {field.name} is missing"
            continue
        values = table[field.name]
        if values.type not in (field.type, pa.null()):
            yield f"column {field.name} is of type {values.type}"
        elif not field.nullable and values.null_count:
            yield f"{field.name} without a value"
        elif pa.types.is_floating(field.type) and not _all(pc.is_finite(values)):
            yield f"{field.name} that is no finite number"
        elif field.name in WORDS:
            known = pa.array([word.value for word in WORDS[field.name]], pa.string())
            odd = values.filter(pc.invert(pc.is_in(values, known)))
            if len(odd):
                yield f"{field.name} {str(odd[0].as_py())[:40]!r}"


def _all(holds: pa.ChunkedArray) -> bool:
    return bool(pc.all(holds, min_count=0).as_py())
