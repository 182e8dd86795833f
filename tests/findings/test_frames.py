"""A table of the schema takes rows of its own columns, none left out and none more."""

from __future__ import annotations

import pytest

from auditor.domain.schema import names
from auditor.findings.frames import to_table


@pytest.mark.parametrize("table", ["classes", "slices", "hypotheses"])
def test_a_column_without_a_value_and_an_unknown_one_are_named(table: str) -> None:
    *columns, last = names(table)
    row = dict.fromkeys(columns)
    assert list(to_table(table, [row | {last: None}]).columns) == names(table)
    with pytest.raises(LookupError) as fault:
        to_table(table, [row | {"unheard_of": 1}])
    assert last in str(fault.value)
    assert "unheard_of" in str(fault.value)
