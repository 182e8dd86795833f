"""One sheet of Office Open XML (ECMA-376), so that spreadsheets take text for text.

Kept by hand (decision 19): XlsxWriter 3.3 writes numbers with 16 digits, which is not every
double, and loses text such as `_x005F` beside a control character. This writes 17 digits where they
are needed, and nothing but text, numbers and flags.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any, Final
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd

from auditor.domain.errors import RunError
from auditor.storage.csv_text import holds_bytes

MOST_ROWS: Final = 1_048_576
LONGEST_TEXT: Final = 32_767
"""The format's own limits; a reader cuts off what is beyond them, or refuses the file."""

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_AROUND = {
    "[Content_Types].xml": f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships'
    '+xml"/><Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/></Types>',
    "_rels/.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="{name}" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    "</Relationships>",
}
_SHEET = (
    f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    "</sheetView></sheetViews><sheetData>"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|_x(?=[0-9A-Fa-f]{4})")


def xlsx_bytes(frame: pd.DataFrame, name: str) -> bytes:
    """A frame as a workbook of one sheet: a header that stays in sight, columns in order.

    Text is text whatever it looks like, null (and an infinity) an empty cell. Bytes columns are
    left out.

    Args:
        frame: of numbers, flags and text.
        name: of the sheet, at most 31 letters.

    Raises:
        RunError: more rows or longer texts than the format holds.
    """
    if len(frame) + 1 > MOST_ROWS:
        raise _beyond("rows", f"{MOST_ROWS - 1:,}", f"{len(frame):,} rows")
    kept = [column for column in frame.columns if not holds_bytes(frame[column])]
    columns = [frame[column].astype(object).where(frame[column].notna(), None) for column in kept]
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in _AROUND.items():
            archive.writestr(path, text.replace("{name}", escape(name)))
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(_SHEET.encode())
            sheet.write(_row(kept).encode())
            for row in zip(*columns, strict=True):
                sheet.write(_row(row).encode())
            sheet.write(b"</sheetData></worksheet>")
    return out.getvalue()


def _row(cells: Any) -> str:
    return f"<row>{''.join(_cells(cells))}</row>"


def _cells(cells: Any) -> Iterator[str]:
    for value in cells:
        if isinstance(value, str):
            if len(value) > LONGEST_TEXT:
                got = f"{len(value):,}: {value[:20]}..."
                raise _beyond("letters a cell", f"{LONGEST_TEXT:,}", got)
            yield f'<c t="inlineStr"><is><t xml:space="preserve">{_text(value)}</t></is></c>'
        elif isinstance(value, bool | np.bool_):
            yield f'<c t="b"><v>{int(value)}</v></c>'
        elif value is None or not np.isfinite(value):
            yield "<c/>"
        else:
            number = int(value) if isinstance(value, int | np.integer) else float(value)
            yield f"<c><v>{number!r}</v></c>"


def _text(value: str) -> str:
    """As XML, with the format's own escape (ST_Xstring) for signs that XML does not know."""
    told = _CONTROL.sub(lambda found: f"_x{ord(found[0][0]):04X}_" + found[0][1:], value)
    return escape(told, {"\r": "&#13;"})


def _beyond(what: str, most: str, got: str) -> RunError:
    return RunError(
        "This is too large for a spreadsheet.",
        expected=f"at most {most} {what}",
        got=got,
        remedy="filter (--class, --verdict, --review), or take .parquet or .csv",
    )
