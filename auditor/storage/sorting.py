"""A table too long for memory, from parts to its sorted file.

Only the sort keys are held for all rows. The rows themselves are dealt out to buckets of
neighbouring ranks on the disk, and each bucket is sorted and written by itself.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from auditor.storage.tables import (
    ROWS_A_GROUP,
    SORTED_BY,
    parquet_options,
    read_parquet,
    release_memory,
)

GROUPS_A_BUCKET = 4
BUCKETS_AT_MOST = 200
"""So many files are open at once."""
ROWS_AT_ONCE = 20_000
RANK = "rank "
"""Name of the helper column; no column of a run ends in a blank."""


def write_sorted(
    parts: Sequence[Path], target: Path, schema: pa.Schema, *, table: str, scratch: Path
) -> None:
    """Sort parts as the table is stored, and write them in its row groups.

    The file is the same, byte for byte, as from a table that was sorted in memory.

    Args:
        parts: Parquet files; a column that one of them lacks is null there.
        target: the file to write.
        schema: of the file.
        table: name in the domain's schema; its sort key has no ties.
        scratch: a folder for the buckets.
    """
    rows = ROWS_A_GROUP[table]
    ranks = _ranks(parts, table)
    size = rows * max(GROUPS_A_BUCKET, -(-len(ranks) // (rows * BUCKETS_AT_MOST)))
    folder = scratch / "sorting"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    buckets = [folder / f"{i:03}.arrow" for i in range(-(-len(ranks) // size))]
    _deal(parts, ranks, size, buckets, schema)
    with pq.ParquetWriter(target, schema, **parquet_options(schema)) as writer:
        for bucket in buckets:
            writer.write_table(_in_order(bucket), row_group_size=rows)
            bucket.unlink()
            release_memory()
        if not buckets:
            writer.write_table(schema.empty_table())
    shutil.rmtree(folder)


def _ranks(parts: Sequence[Path], table: str) -> NDArray[np.int64]:
    """(N,) place in the sorted table of every row, in the order of the parts."""
    by, ascending = SORTED_BY[table]
    if not parts:
        return np.empty(0, np.int64)
    keys = pa.concat_tables([read_parquet(path, columns=by) for path in parts])
    directions = ["ascending" if up else "descending" for up in ascending]
    order = pc.sort_indices(keys, sort_keys=list(zip(by, directions, strict=True))).to_numpy()
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.arange(len(order))
    return ranks


def _deal(
    parts: Sequence[Path],
    ranks: NDArray[np.int64],
    size: int,
    buckets: Sequence[Path],
    schema: pa.Schema,
) -> None:
    ranked = schema.append(pa.field(RANK, pa.int64()))
    with ExitStack() as stack:
        files = [stack.enter_context(pyarrow.ipc.new_file(path, ranked)) for path in buckets]
        start = 0
        for rows in _several(parts, schema):
            own = ranks[start : start + len(rows)]
            start += len(rows)
            placed = rows.append_column(ranked.field(RANK), pa.array(own))
            for bucket in np.unique(own // size).tolist():
                files[bucket].write_table(placed.take(np.flatnonzero(own // size == bucket)))


def _several(parts: Sequence[Path], schema: pa.Schema) -> Iterator[pa.Table]:
    """The rows of the parts, some thousands at a time: many small files cost time."""
    waiting: list[pa.Table] = []
    for path in parts:
        waiting.append(_under(read_parquet(path), schema))
        if sum(map(len, waiting)) >= ROWS_AT_ONCE:
            yield pa.concat_tables(waiting)
            waiting = []
            release_memory()
    if waiting:
        yield pa.concat_tables(waiting)


def _under(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    columns = [
        rows.column(field.name)
        if field.name in rows.column_names
        else pa.nulls(len(rows), field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema)


def _in_order(bucket: Path) -> pa.Table:
    with pyarrow.ipc.open_file(bucket) as stored:
        rows = stored.read_all()
    return rows.sort_by(RANK).drop_columns([RANK]).combine_chunks()
