"""Frames at the border of the stage: plain numbers inside, nullable columns outside."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import pandas as pd

from auditor.domain.schema import SLICE_PREFIX, TABLES, Kind, names

FLAGS = ("nominated", "pointing_hit")
"""Nullable flags; inside they are 1, 0 or NaN."""
PLAIN_FLAGS = ("correct", "sampled", "tested")


def as_numbers(cases: pd.DataFrame, columns: Collection[str] | None = None) -> pd.DataFrame:
    """A copy sorted by case_id in which scores are float64 with NaN for null, flags 1, 0 or NaN,
    and every column of CASES is there (or only `columns`), with the slices. Categories stay."""
    slices = sorted(name for name in cases.columns if name.startswith(SLICE_PREFIX))
    wanted = [each for each in TABLES["cases"] if columns is None or each.name in columns]
    frame = cases.reindex(columns=[*(each.name for each in wanted), *slices]).copy()
    for column in wanted:
        values = frame[column.name]
        if column.kind in ("float", "int") or column.name in FLAGS:
            frame[column.name] = values.astype("Float64").astype("float64")
        elif column.name in PLAIN_FLAGS:
            frame[column.name] = values.astype("boolean").fillna(False).astype(bool)
        else:
            frame[column.name] = _text(values)
    for name in slices:
        frame[name] = _text(frame[name])
    return frame.sort_values("case_id", kind="stable", ignore_index=True)


def _text(values: pd.Series) -> pd.Series:
    if isinstance(values.dtype, pd.CategoricalDtype):
        return values
    return values.astype(object).where(values.notna(), None)


def to_cases(known: pd.DataFrame) -> pd.DataFrame:
    """The cases table: its columns and slices, worst first."""
    slices = sorted(name for name in known.columns if name.startswith(SLICE_PREFIX))
    ordered = known.sort_values(
        ["severity", "case_id"], ascending=[False, True], kind="stable", ignore_index=True
    )
    return _typed("cases", ordered[[*names("cases"), *slices]])


def to_table(table: str, rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Rows as a table of the schema, columns in its order; no row gives an empty table."""
    return _typed(table, pd.DataFrame(list(rows), columns=names(table), dtype=object))


def _typed(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    kinds = {column.name: column.kind for column in TABLES[table]}
    typed = {name: _column(frame[name], kinds.get(name, "string")) for name in frame.columns}
    return pd.DataFrame(typed, index=frame.index, columns=frame.columns)


def _column(values: pd.Series, kind: Kind) -> pd.Series:
    if kind in ("string", "bytes"):
        return values.astype(object).where(values.notna(), None)
    numbers = pd.to_numeric(values.where(values.notna(), np.nan)).astype("Float64")
    if kind == "float":
        return numbers
    return numbers.astype("Int64") if kind == "int" else numbers.astype("boolean")
