"""Pictures that are alike to the network, by the features that the audit keeps. Pure: no cache."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from dashboard.runs.filters import unreadable
from dashboard.runs.queries import Cases

BYTES = 64
"""32 half floats."""
AT_ONCE = 100_000
Vectors = NDArray[np.float32]


def features_of(case: dict[str, Any]) -> Vectors | None:
    """(32,) of a case; None where the run has none."""
    stored = case.get("features")
    if not isinstance(stored, (bytes, bytearray)) or len(stored) != BYTES:
        return None
    found = np.frombuffer(bytes(stored), dtype="<f2").astype(np.float32)
    return found if np.isfinite(found).all() else None


def nearest(cases: Cases, case: dict[str, Any], most: int) -> list[str]:
    """The cases whose features lie nearest to those of `case`, of whatever class, nearest first.

    The features are read a part at a time and not kept: 64 bytes a case. None where the run has no
    features.
    """
    own = features_of(case)
    if own is None:
        return []
    ranks, distances = np.zeros(0, np.int64), np.zeros(0, np.float32)
    for first, vectors in _stored(cases.table):
        away = vectors - own
        squared = np.nan_to_num(np.einsum("ij,ij->i", away, away), nan=np.inf)
        ranks = np.concatenate([ranks, np.arange(first, first + len(vectors))])
        distances = np.concatenate([distances, squared])
        kept = np.lexsort((ranks, distances))[: most + 1]
        ranks, distances = ranks[kept], distances[kept]
    near = ranks[np.isfinite(distances)]
    order = [int(rank) for rank in near if rank != case["rank"]][:most]
    names = cases.page(np.sort(np.asarray(order, dtype=np.int32))).set_index("rank")["case_id"]
    return [str(names[rank]) for rank in order]


def _stored(table: Path) -> Iterator[tuple[int, Vectors]]:
    """Parts of the features in the order of the table, with the rank of the first of each; what is
    null or of another length is no number."""
    first = 0
    try:
        with pq.ParquetFile(table) as file:
            for batch in file.iter_batches(AT_ONCE, columns=["features"]):
                yield first, _vectors(batch.column(0))
                first += len(batch)
    except (OSError, pa.ArrowException) as error:
        raise unreadable(table, error) from error


def _vectors(stored: pa.Array) -> Vectors:
    """(n, 32), without a Python object for each."""
    fits = pc.fill_null(pc.equal(pc.binary_length(stored), BYTES), False)
    found = np.full((len(stored), BYTES // 2), np.nan, np.float32)
    whole = stored.filter(fits)
    if len(whole):
        # A filter makes a new array, whose values follow one another from its first offset on.
        _valid, offsets, values = whole.buffers()
        begin = int(np.frombuffer(offsets, np.int32, 1, offset=4 * whole.offset)[0])
        known = np.frombuffer(values, "<f2", len(whole) * BYTES // 2, offset=begin)
        found[fits.to_numpy(zero_copy_only=False)] = known.reshape(-1, BYTES // 2)
    return found
