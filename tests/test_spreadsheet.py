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
from hypothesis import assume, example, given
from hypothesis import strategies as st

from auditor.domain.errors import RunError
from auditor.export.spreadsheet import LONGEST_TEXT, MOST_ROWS, xlsx_bytes

LOOKS_LIKE_MORE = [
    *("007", "1e5", "12345678901234567890", "2024-01-02", "TRUE", "=1+1", "+49 30", "-x", "@a"),
    *(" blank ", "a\tb", "two\nlines", "<b>&amp;", 'quo"te', "übermäßig", "#N/A", "NA"),
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


@given(st.lists(st.floats(-1e308, 1e308), min_size=1, max_size=20))
def test_numbers_come_back_to_sixteen_digits(numbers: list[float]) -> None:
    back = [row[0] for row in cells(xlsx_bytes(pd.DataFrame({"x": numbers}), "x"))[1:]]
    assert back == pytest.approx(numbers, rel=1e-15, abs=0)


@given(st.lists(st.integers(-(2**53), 2**53), min_size=1, max_size=20))
def test_whole_numbers_of_a_double_come_back(numbers: list[int]) -> None:
    back = [row[0] for row in cells(xlsx_bytes(pd.DataFrame({"x": numbers}), "x"))[1:]]
    assert back == pytest.approx(numbers, rel=1e-15, abs=0)


@example("\x08x")
@example("_x0041_")
@example("\ufffe\uffff")
@given(st.text(st.characters(codec="utf-8"), max_size=30))
def test_any_text_comes_back(text: str) -> None:
    assume(not re.search("_x[0-9A-Fa-f]{4}[^_]", text + " "))  # decision 19
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
        (True, 1, 0.3),
        (False, 2, None),
        (None, 3, None),
    ]


def test_what_the_format_cannot_hold_is_refused() -> None:
    for text in ("a" * (LONGEST_TEXT + 1), "\U0001f600" * (LONGEST_TEXT // 2 + 1)):
        with pytest.raises(RunError) as caught:
            xlsx_bytes(pd.DataFrame({"x": [text]}), "x")
        assert f"{LONGEST_TEXT:,}" in caught.value.expected
    with pytest.raises(RunError) as caught:
        xlsx_bytes(pd.DataFrame({"x": np.zeros(MOST_ROWS)}), "x")
    assert f"{MOST_ROWS - 1:,}" in caught.value.expected


def test_without_the_extra_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auditor.export.spreadsheet.find_spec", lambda name: None)
    with pytest.raises(RunError) as caught:
        xlsx_bytes(pd.DataFrame({"x": [1]}), "x")
    assert "shortcut-auditor[xlsx]" in caught.value.remedy


def test_no_cell_is_a_formula_or_a_link() -> None:
    hostile = ["=1+1", "{=1}", "@SUM(1)", "http://example.org", "mailto:a@b.c", "internal:x!A1"]
    sheet = zipfile.ZipFile(BytesIO(xlsx_bytes(pd.DataFrame({"=x": hostile}), "x")))
    assert [row[0] for row in cells(xlsx_bytes(pd.DataFrame({"=x": hostile}), "x"))] == [
        "=x",
        *hostile,
    ]
    text = sheet.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in text
    assert "hyperlink" not in text
    assert not [name for name in sheet.namelist() if name.endswith("sheet1.xml.rels")]


def test_rows_are_written_as_they_come(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library is asked for its mode of constant memory, whatever the number of rows."""
    import xlsxwriter

    asked: list[dict[str, object]] = []
    made = xlsxwriter.Workbook

    def workbook(out: BytesIO, options: dict[str, object]) -> object:
        asked.append(options)
        return made(out, options)

    monkeypatch.setattr(xlsxwriter, "Workbook", workbook)
    xlsx_bytes(pd.DataFrame({"x": [1]}), "x")
    assert asked == [{"constant_memory": True}]


def _unescaped(text: str) -> str:
    """The format's ST_Xstring, ECMA-376 part 1, 22.9.2.19, from left to right."""
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)
