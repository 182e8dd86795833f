"""Frames at the border of the stage: plain numbers inside, nullable columns outside."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditor.domain.columns import Kind
from auditor.domain.schema import SLICE_PREFIX, TABLES, names

FLAGS = ("nominated", "pointing_hit")
"""Nullable flags; inside they are 1, 0 or NaN."""
PLAIN_FLAGS = ("correct", "sampled", "tested")


def as_numbers(cases: pd.DataFrame, columns: Collection[str] | None = None) -> pd.DataFrame:
    """A copy sorted by case_id in which scores are float64 with NaN for null, flags 1, 0 or NaN,
    and every column of CASES is there (or only `columns`), with the slices. Categories stay.

    A column at a time: a whole dataset is not copied twice. The index is each row's place in
    `cases`.
    """
    slices = sorted(name for name in cases.columns if name.startswith(SLICE_PREFIX))
    kinds = {c.name: c.kind for c in TABLES["cases"] if columns is None or c.name in columns}
    order = _places_by_case(cases)
    taken = {
        name: _plain(name, cases[name].take(order), kinds.get(name, "string"))
        if name in cases
        else _plain(name, pd.Series(np.nan, index=cases.index[order]), kinds[name])
        for name in (*kinds, *slices)
    }
    arrays = {name: each.array for name, each in taken.items()}
    return pd.DataFrame(arrays, index=order, copy=columns is None)


def _places_by_case(cases: pd.DataFrame) -> NDArray[np.int64]:
    if "case_id" not in cases:
        return np.arange(len(cases), dtype=np.int64)
    return np.asarray(cases["case_id"].argsort(kind="stable"), dtype=np.int64)


def _plain(name: str, values: pd.Series, kind: Kind) -> pd.Series:
    if kind in ("float", "int") or name in FLAGS:
        return values.astype("Float64").astype("float64")
    if name in PLAIN_FLAGS:
        return values.astype("boolean").fillna(False).astype(bool)
    return _text(values)


def _text(values: pd.Series) -> pd.Series:
    """Null is None. What takes little memory stays as it is: categories, and texts of which none
    is null."""
    packed = isinstance(values.dtype, pd.StringDtype) and not values.hasnans
    if packed or isinstance(values.dtype, pd.CategoricalDtype):
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
    """Rows as a table of the schema, columns in its order; no row gives an empty table.

    Raises:
        LookupError: no row has a value for a column, not even null, or a row has one more.
    """
    wanted, given = set(names(table)), {name for row in rows for name in row}
    if rows and wanted != given:
        odd = f"missing {sorted(wanted - given)}, unknown {sorted(given - wanted)}"
        raise LookupError(f"rows of {table}: {odd}")
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
