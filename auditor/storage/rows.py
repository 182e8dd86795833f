"""What every row of a stored table has to keep, whoever wrote it: readers rely on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from auditor.domain.bounds import MOST_CELLS
from auditor.domain.errors import RunError
from auditor.domain.hypotheses import HypothesisStatus
from auditor.domain.mask_references import MaskSource
from auditor.domain.messages import N_, phrase
from auditor.domain.schema import TABLES
from auditor.domain.verdicts import CaseVerdict, ClassVerdict
from auditor.imagery.decode import MAX_PIXELS
from auditor.storage.schema import ARROW_TYPES

WORDS: Mapping[str, Mapping[str, type[StrEnum]]] = {
    "cases": {"verdict": CaseVerdict, "mask_source": MaskSource},
    "classes": {"verdict": ClassVerdict},
    "hypotheses": {"standing": HypothesisStatus},
}
"""Columns that hold one of a few words."""
SHARES: Mapping[str, tuple[str, ...]] = {
    "cases": ("severity", "confidence", "label_probability", "object_area"),
    "classes": ("accuracy", "shortcut_rate"),
    "slices": ("accuracy", "shortcut_rate"),
}
"""Columns within 0..1; null is allowed where the schema allows it."""
ROUNDING = 1e-6
MOST_VALUE = 1e12
"""No effect, ratio, score or count is larger."""


def check_rows(path: Path, table: str, rows: pa.Table) -> None:
    """Refuse rows that no audit writes; columns that were not read are not looked at.

    Raises:
        RunError: a word, a number or a size that cannot be.
    """
    fault = next(_faults(table, rows), None)
    if fault is not None:
        raise impossible(path, fault)


def check_frame(path: Path, table: str, rows: pd.DataFrame) -> None:
    """`check_rows` for rows that came by a query; NaN is null in them. Raises as `check_rows`."""
    own = [column for column in TABLES[table] if column.name in rows.columns]
    try:
        arrays = {
            column.name: pa.array(rows[column.name], ARROW_TYPES[column.kind], from_pandas=True)
            for column in own
        }
    except (pa.ArrowException, OverflowError) as error:
        raise impossible(path, str(error).split("\n")[0]) from None
    check_rows(path, table, pa.table(arrays))


def impossible(path: Path, fault: str) -> RunError:
    """What to say about a table with a value that no audit writes."""
    return RunError(
        phrase("{name} of the run holds what no audit writes.", name=path.name),
        code="run.impossible_rows",
        expected=phrase("values as the schema says, in {path}", path=path),
        got=fault,
        remedy=N_("copy the run folder again from where it was written, or audit again"),
    )


def _faults(table: str, rows: pa.Table) -> Iterator[str]:
    yield from _odd_values(table, rows)
    yield from _odd_words(table, rows)
    for column in SHARES.get(table, ()):
        if column in rows.column_names and not _all(
            _between(rows[column], -ROUNDING, 1.0 + ROUNDING)
        ):
            yield f"{column} outside 0..1"
    if table == "cases":
        yield from _sizes(rows, ("cam_height", "cam_width"), MOST_CELLS, "a heat map")
        yield from _sizes(rows, ("image_height", "image_width"), MAX_PIXELS, "an image")
        if {"cam", "cam_height", "cam_width"} <= set(rows.column_names):
            length = pc.cast(pc.binary_length(rows["cam"]), pa.int64())
            if not _all(pc.equal(length, pc.multiply(rows["cam_height"], rows["cam_width"]))):
                yield "a heat map whose bytes are not those of its size"


def _odd_values(table: str, rows: pa.Table) -> Iterator[str]:
    for own in TABLES[table]:
        if own.name not in rows.column_names:
            continue
        values = rows[own.name]
        if not own.nullable and values.null_count:
            yield f"{own.name} without a value"
        # Undefined is null, so that NaN and infinity are faults.
        if own.kind == "float" and not _all(pc.less_equal(pc.abs(values), MOST_VALUE)):
            yield f"{own.name} that is no finite number"
        if own.kind == "int" and not _all(_between(values, 0, int(MOST_VALUE))):
            yield f"{own.name} that is no count"


def _odd_words(table: str, rows: pa.Table) -> Iterator[str]:
    for column, words in WORDS.get(table, {}).items():
        if column in rows.column_names:
            known = pc.is_in(rows[column], pa.array([word.value for word in words], pa.string()))
            odd = rows[column].filter(pc.and_(pc.invert(known), rows[column].is_valid()))
            if len(odd):
                yield f"{column} {str(odd[0].as_py())[:40]!r}"


def _sizes(rows: pa.Table, sides: tuple[str, str], most: int, what: str) -> Iterator[str]:
    """Sizes that nothing has: whoever reads them allocates by them."""
    known = [rows[side] for side in sides if side in rows.column_names]
    if not all(_all(_between(side, 1, most)) for side in known):
        yield f"{what} with a side outside 1..{most}"
    elif len(known) == len(sides) and not _all(pc.less_equal(pc.multiply(*known), most)):
        yield f"{what} of more than {most} cells or pixels"


def _between(values: pa.ChunkedArray, low: float, high: float) -> pa.ChunkedArray:
    """Whether each value is from `low` to `high`, both included; null for null."""
    return pc.and_(pc.greater_equal(values, low), pc.less_equal(values, high))


def _all(holds: pa.ChunkedArray) -> bool:
    """Whether something holds wherever it can be told; True without rows."""
    return bool(pc.all(holds, min_count=0).as_py())
