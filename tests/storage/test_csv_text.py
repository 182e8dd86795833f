from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.storage.csv_text import csv_bytes, guard, read_text_csv, unguard

NASTY = [
    "=1+1",
    "+1",
    "-1",
    "@sum",
    "\tx",
    "\rx",
    "'=1",
    "''-x",
    'a"b',
    "a,b",
    "a\nb",
    "a\rb",
    "é日",
]


def test_a_formula_becomes_text() -> None:
    rows = list(csv.reader(io.StringIO(csv_bytes(pd.DataFrame({"x": NASTY[:6]})).decode())))
    assert rows[1:] == [["'=1+1"], ["'+1"], ["'-1"], ["'@sum"], ["'\tx"], ["'\rx"]]


@pytest.mark.parametrize("plain", ["a=1", "x", "", "it's", "'quoted'", "1-2", " =1"])
def test_other_text_stays_as_it_is(plain: str) -> None:
    assert guard(plain) == plain


def test_numbers_are_never_prefixed() -> None:
    text = csv_bytes(pd.DataFrame({"a": [-1.5, np.nan], "b": [-3, 4]})).decode()
    assert text == "a,b\n-1.5,-3\n,4\n"


def test_column_names_are_text_too() -> None:
    assert csv_bytes(pd.DataFrame({"=slice": ["a"]})).decode() == "'=slice\na\n"


def test_bytes_are_left_out() -> None:
    frame = pd.DataFrame({"a": [1], "cam": [b"\x00"], "b": [True]})
    assert csv_bytes(frame).decode() == "a,b\n1,True\n"


def test_a_heat_map_is_left_out_also_where_there_is_none() -> None:
    frame = pd.DataFrame({"case_id": ["a"], "cam": [None], "label_cam": [None]})
    assert csv_bytes(frame).decode() == "case_id\na\n"
    assert csv_bytes(frame.head(0)).decode() == "case_id\n"


def test_null_is_empty_and_words_that_look_like_null_are_words() -> None:
    frame = pd.DataFrame({"a": ["NA", None, "null"], "b": [1.0, 2.0, np.nan], "c": [True] * 3})
    assert csv_bytes(frame).decode() == "a,b,c\nNA,1.0,True\n,2.0,True\nnull,,True\n"


def test_an_unknown_flag_is_empty() -> None:
    frame = pd.DataFrame({"a": pd.array([True, None], dtype="boolean"), "b": ["x", "y"]})
    assert csv_bytes(frame).decode() == "a,b\nTrue,x\n,y\n"


def test_nasty_cells_come_back(tmp_path: Path) -> None:
    frame = pd.DataFrame({"x": NASTY, "y": ["NA", "", "1", *NASTY[3:]]}, dtype="str")
    (tmp_path / "x.csv").write_bytes(csv_bytes(frame))
    pd.testing.assert_frame_equal(read_text_csv(tmp_path / "x.csv"), frame)


@given(st.text())
def test_guarding_can_be_undone(text: str) -> None:
    guarded = guard(text)
    assert unguard(guarded) == text
    assert not str(guarded).startswith(("=", "+", "-", "@", "\t", "\r"))


@given(st.lists(st.floats(allow_nan=False), min_size=1))
def test_every_double_comes_back(values: list[float]) -> None:
    cells = csv_bytes(pd.DataFrame({"v": values})).decode().splitlines()[1:]
    assert [float(cell) for cell in cells] == values


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00")), min_size=1))
def test_every_text_comes_back(texts: list[str]) -> None:
    frame = pd.DataFrame({"key": range(len(texts)), "text": texts})
    rows = list(csv.reader(io.StringIO(csv_bytes(frame).decode(), newline="")))
    assert [unguard(row[1]) for row in rows[1:]] == texts
