"""A table as a file: CSV, Parquet, JSON Lines, spreadsheet."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from io import BytesIO
from types import MappingProxyType
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from auditor.domain.exports import EXPORTS
from auditor.domain.schema import SLICE_PREFIX
from auditor.export.spreadsheet import xlsx_bytes
from auditor.storage.csv_text import csv_bytes, holds_bytes
from auditor.storage.manifest import json_values
from auditor.storage.schema import arrow_field


def table_bytes(rows: pd.DataFrame, what: str, suffix: str) -> bytes:
    """A selected table as a file of that suffix, one of `SUFFIXES`."""
    return _WRITERS[suffix](rows, what)


def jsonl_bytes(frame: pd.DataFrame) -> bytes:
    """A frame as strict JSON Lines: null for null (and for infinities), no bytes columns."""
    kept = [name for name in frame.columns if not holds_bytes(frame[name])]
    columns = [frame[name].astype(object).where(frame[name].notna(), None) for name in kept]
    lines = (
        json.dumps(json_values(dict(zip(kept, row, strict=True))), ensure_ascii=False)
        for row in zip(*columns, strict=True)
    )
    return "".join(f"{line}\n" for line in lines).encode()


def parquet_bytes(frame: pd.DataFrame, what: str) -> bytes:
    """A frame as Parquet with the types of its spec, bytes columns included."""
    known = {column.name: arrow_field(column) for column in EXPORTS[what].columns}
    fields = [
        pa.field(name, pa.string()) if str(name).startswith(SLICE_PREFIX) else known[str(name)]
        for name in frame.columns
    ]
    buffer = BytesIO()
    arrow = pa.Table.from_pandas(frame, schema=pa.schema(fields), preserve_index=False)
    pq.write_table(arrow.replace_schema_metadata(None), buffer, compression="zstd")
    return buffer.getvalue()


_WRITERS: Final[Mapping[str, Callable[[pd.DataFrame, str], bytes]]] = MappingProxyType(
    {
        ".csv": lambda rows, _: csv_bytes(rows),
        ".parquet": parquet_bytes,
        ".jsonl": lambda rows, _: jsonl_bytes(rows),
        ".xlsx": xlsx_bytes,
    }
)
SUFFIXES: Final = tuple(_WRITERS)
