"""A spreadsheet gives back what was put in, text as text."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from xml.etree import ElementTree

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from auditor.domain.errors import RunError
from auditor.export.spreadsheet import LONGEST_TEXT, MOST_ROWS, xlsx_bytes

LOOKS_LIKE_MORE = [
    *("007", "1e5", "12345678901234567890", "2024-01-02", "TRUE", "=1+1", "+49 30", "-x", "@a"),
    *(" blank ", "a\tb", "two\nlines", "a\rb", "<b>&amp;", 'quo"te', "übermäßig", "#N/A", "NA"),
]


def cells(content: bytes) -> list[tuple[object, ...]]:
    book = openpyxl.load_workbook(BytesIO(content))
    return list(book.worksheets[0].iter_rows(values_only=True))


def test_text_stays_text_whatever_it_looks_like() -> None:
    frame = pd.DataFrame({"label": LOOKS_LIKE_MORE})
    book = openpyxl.load_workbook(BytesIO(xlsx_bytes(frame, "cases")))
    assert book.sheetnames == ["cases"]
    rows = list(book["cases"].iter_rows())
    assert [row[0].value for row in rows] == ["label", *LOOKS_LIKE_MORE]
    assert {row[0].data_type for row in rows} <= {"s", "inlineStr"}
    again = pd.read_excel(BytesIO(xlsx_bytes(frame, "cases")), dtype=str, keep_default_na=False)
    assert again["label"].tolist() == LOOKS_LIKE_MORE


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_every_double_comes_back(numbers: list[float]) -> None:
    back = [row[0] for row in cells(xlsx_bytes(pd.DataFrame({"x": numbers}), "x"))[1:]]
    assert back == numbers


@example("\x08x")
@example("_x0041_")
@example("_x005F\x08")
@given(st.text(st.characters(codec="utf-8"), max_size=30))
def test_any_text_comes_back(text: str) -> None:
    sheet = zipfile.ZipFile(BytesIO(xlsx_bytes(pd.DataFrame({"x": [text]}), "x")))
    tree = ElementTree.fromstring(sheet.read("xl/worksheets/sheet1.xml"))  # noqa: S314
    found = [node.text or "" for node in tree.iter() if node.tag.endswith("}t")]
    assert _unescaped(found[1]) == text


def test_flags_numbers_and_nulls() -> None:
    frame = pd.DataFrame(
        {
            "flag": pd.array([True, False, None], dtype="boolean"),
            "count": np.array([1, 2, 3], dtype=np.int64),
            "share": [0.1 + 0.2, np.nan, np.inf],
            "cam": [b"\x01", b"\x02", None],
        }
    )
    assert cells(xlsx_bytes(frame, "x")) == [
        ("flag", "count", "share"),
        (True, 1, 0.1 + 0.2),
        (False, 2, None),
        (None, 3, None),
    ]


def test_what_the_format_cannot_hold_is_refused() -> None:
    with pytest.raises(RunError, match="letters a cell"):
        xlsx_bytes(pd.DataFrame({"x": ["a" * (LONGEST_TEXT + 1)]}), "x")
    with pytest.raises(RunError, match=r"1,048,575 rows"):
        xlsx_bytes(pd.DataFrame({"x": np.zeros(MOST_ROWS)}), "x")


def _unescaped(text: str) -> str:
    """The format's ST_Xstring, ECMA-376 part 1, 22.9.2.19, from left to right."""
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)
