"""A table too long for memory, from parts to its file, in the order of the parts."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from auditor.storage.schema import arrow_schema
from auditor.storage.tables import ROWS_A_GROUP, ROWS_ELSEWHERE, parquet_options, release_memory


def write_in_turn(parts: Iterable[pa.Table], path: Path, *, table: str) -> None:
    """Write all parts as `write_parquet` would write them together, in the same row groups.

    Args:
        parts: with the table's columns; one of them and one row group are in memory.
        path: the file to write.
        table: name in the schema, one without slices.
    """
    schema, rows = arrow_schema(table), ROWS_A_GROUP.get(table, ROWS_ELSEWHERE)
    waiting, empty = schema.empty_table(), True
    with pq.ParquetWriter(path, schema, **parquet_options(schema)) as writer:
        for part in parts:
            waiting = pa.concat_tables([waiting, part.select(schema.names).cast(schema)])
            whole = len(waiting) // rows * rows
            if whole:
                writer.write_table(waiting.slice(0, whole), row_group_size=rows)
                waiting, empty = waiting.slice(whole).combine_chunks(), False
                release_memory()
        if empty or len(waiting):
            writer.write_table(waiting, row_group_size=rows)
