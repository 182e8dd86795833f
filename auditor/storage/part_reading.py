"""One part of an unfinished run, read: whole or some columns, intact or not at all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from auditor.domain.errors import AuditInterrupted
from auditor.domain.schema import SLICE_PREFIX
from auditor.storage.digests import is_intact
from auditor.storage.tables import TABLE_FAULTS, read_parquet, release_memory, to_frame

OTHER_DIGEST = "another SHA-256 than the one beside it"
REPEATING = frozenset(("label", "predicted", "mask_source", "verdict"))
"""Text columns with few values."""


def read_shared_parts(
    paths: Iterable[Path],
    columns: Collection[str] | None,
    only: Mapping[str, Collection[str]] | None,
) -> pd.DataFrame:
    """The rows of some parts with plain objects for texts, see `Parts.read_shared`; at least one
    part."""
    chosen = only or {}
    wanted = None if columns is None else {*columns, *chosen}
    parts = (chosen_rows(read_part(path, wanted, shared=True), columns, chosen) for path in paths)
    arrow = pa.concat_tables(parts, promote_options="permissive").unify_dictionaries()
    frame = to_frame(arrow, used_up=True)
    del arrow
    for name in frame.columns[frame.dtypes == "category"]:
        frame[name] = _objects(frame[name])
    release_memory()
    return frame


def _objects(values: pd.Series) -> pd.Series:
    """Categories as plain objects."""
    each = np.array([*values.cat.categories, None], dtype=object)
    return pd.Series(each[values.cat.codes], index=values.index, dtype=object)  # -1 is null


def read_part(path: Path, columns: Collection[str] | None, *, shared: bool = False) -> pa.Table:
    """A part as it was written.

    Args:
        columns: only these, and every slice unless `shared`; all when None.
        shared: all texts come as dictionaries.

    Raises:
        AuditInterrupted: it is damaged.
    """
    try:
        if not is_intact(path):
            raise damaged(path, OTHER_DIGEST)
        if shared:
            schema = [f for f in pq.read_schema(path) if columns is None or f.name in columns]
            texts = [field.name for field in schema if pa.types.is_string(field.type)]
            return read_parquet(
                path, columns=[field.name for field in schema], read_dictionary=texts
            )
        if columns is None:
            return read_parquet(path)
        stored = pq.read_schema(path).names
        wanted = [n for n in stored if n in columns or n.startswith(SLICE_PREFIX)]
        few = [n for n in wanted if n in REPEATING or n.startswith(SLICE_PREFIX)]
        return read_parquet(path, columns=wanted, read_dictionary=few)
    except TABLE_FAULTS as error:
        raise damaged(path, str(error).split("\n")[0]) from None


def chosen_rows(
    rows: pa.Table, columns: Collection[str] | None, only: Mapping[str, Collection[str]]
) -> pa.Table:
    """The rows that have one of some texts in each of some columns, and the columns asked for."""
    for name, texts in only.items():
        wanted = pa.array(sorted(texts), pa.string())
        rows = rows.filter(pc.is_in(rows[name].cast(pa.string()), wanted))
    if only:
        rows = _own_texts(rows)
    return rows if columns is None else rows.select([n for n in rows.column_names if n in columns])


def _own_texts(rows: pa.Table) -> pa.Table:
    """The same without the texts that only rows have that were left out."""
    for place, field in enumerate(rows.schema):
        if pa.types.is_dictionary(field.type):
            own = rows[field.name].cast(pa.string()).dictionary_encode()
            rows = rows.set_column(place, field.name, own)
    return rows


def damaged(path: Path, got: str) -> AuditInterrupted:
    """What is raised of a part that is not as it was written."""
    return AuditInterrupted(
        f"A part of the run is damaged: {path.name}.",
        code="run.part_damaged",
        expected=f"{path} as it was written",
        got=got,
        remedy="--resume makes it anew; if this happens again, the disk is failing",
    )
