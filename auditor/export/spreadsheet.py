"""One sheet of Office Open XML by XlsxWriter (extra `xlsx`), in which text stays text."""

from __future__ import annotations

import math
from importlib.util import find_spec
from io import BytesIO
from typing import Any, Final

import numpy as np
import pandas as pd

from auditor.domain.errors import RunError
from auditor.storage.csv_text import holds_bytes

MOST_ROWS: Final = 1_048_576
LONGEST_TEXT: Final = 32_767
"""The format's own limits, the second in UTF-16 units; XlsxWriter cuts off what is beyond it."""


def writes_spreadsheets() -> bool:
    """Whether XlsxWriter is installed."""
    return find_spec("xlsxwriter") is not None


def xlsx_bytes(frame: pd.DataFrame, name: str) -> bytes:
    """A frame as a workbook of one sheet: a header that stays in sight, columns in order.

    Text is text whatever it looks like (no formula, no link, no number is made of it), null and
    infinities are empty cells, numbers have 16 significant digits. Bytes columns are left out. Rows
    are written as they come, so memory does not grow with them beside the file itself.

    Args:
        frame: of numbers, flags and text.
        name: of the sheet, at most 31 letters.

    Raises:
        RunError: XlsxWriter is not installed, or more rows or longer texts than the format holds.
    """
    if len(frame) + 1 > MOST_ROWS:
        raise _beyond("rows", f"{MOST_ROWS - 1:,}", f"{len(frame):,} rows")
    if not writes_spreadsheets():
        raise RunError(
            "Spreadsheets are written by XlsxWriter, which is not installed.",
            code="extra.xlsx",
            expected="the extra `xlsx`",
            got="no module named xlsxwriter",
            remedy="pip install 'shortcut-auditor[xlsx]', or take .csv or .parquet",
        )
    from xlsxwriter import Workbook

    kept = [column for column in frame.columns if not holds_bytes(frame[column])]
    columns = [frame[column].astype(object).where(frame[column].notna(), None) for column in kept]
    out = BytesIO()
    with Workbook(out, {"constant_memory": True}) as book:
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for column, title in enumerate(kept):
            _write(sheet, 0, column, str(title))
        for row, values in enumerate(zip(*columns, strict=True), start=1):
            for column, value in enumerate(values):
                _write(sheet, row, column, value)
    return out.getvalue()


def _write(sheet: Any, row: int, column: int, value: Any) -> None:
    """One cell, by the method of its type: nothing is guessed from what a text looks like."""
    if isinstance(value, str):
        if sheet.write_string(row, column, value) != 0:
            got = f"{len(value):,}: {value[:20]}..."
            raise _beyond("letters a cell", f"{LONGEST_TEXT:,}", got)
    elif isinstance(value, (bool, np.bool_)):
        sheet.write_boolean(row, column, bool(value))
    elif value is not None and math.isfinite(value):
        sheet.write_number(row, column, value)


def _beyond(what: str, most: str, got: str) -> RunError:
    return RunError(
        "This is too large for a spreadsheet.",
        code="spreadsheet.too_large",
        expected=f"at most {most} {what}",
        got=got,
        remedy="filter (--class, --verdict, --review), or take .parquet or .csv",
    )
