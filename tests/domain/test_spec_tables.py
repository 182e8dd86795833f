"""A table of specs says which rows it lacks as it is made."""

from __future__ import annotations

import pytest

from auditor.domain.spec_tables import one_row_each


def test_every_key_gets_its_row() -> None:
    assert one_row_each("ab", ["B", "A"], lambda row, key: row.lower() == key) == {
        "a": "A",
        "b": "B",
    }


def test_keys_without_a_row_or_with_several_are_named() -> None:
    with pytest.raises(LookupError) as fault:
        one_row_each("abc", ["A", "C", "C"], lambda row, key: row.lower() == key)
    assert [key for key in "abc" if repr(key) in str(fault.value)] == ["b", "c"]
