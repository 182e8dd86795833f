"""Pictures that are alike to the network, by the features that the audit keeps. Pure: no cache."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.runs.filters import RANK, Test
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
    known: list[Test] = [(f"octet_length(features) = {BYTES}", [])]
    answer = cases.ask(f"{RANK}::INTEGER AS rank, features", known)
    ranks, distances = np.zeros(0, np.int64), np.zeros(0, np.float32)
    while len(rows := answer.fetch_df_chunk(AT_ONCE // 2048)):
        found = np.frombuffer(b"".join(map(bytes, rows["features"])), dtype="<f2")
        away = found.reshape(-1, BYTES // 2).astype(np.float32) - own
        ranks = np.concatenate([ranks, rows["rank"].to_numpy(np.int64)])
        distances = np.concatenate([distances, np.einsum("ij,ij->i", away, away)])
        kept = np.lexsort((ranks, np.nan_to_num(distances, nan=np.inf)))[: most + 1]
        ranks, distances = ranks[kept], distances[kept]
    order = [int(rank) for rank in ranks if rank != case["rank"]][:most]
    names = cases.page(np.sort(np.asarray(order, dtype=np.int32))).set_index("rank")["case_id"]
    return [str(names[rank]) for rank in order]
