from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.domain.answers import TOP, read_classes, write_classes


@given(st.lists(st.text(max_size=8), max_size=TOP, unique=True).map(tuple))
def test_what_is_written_is_read_again(classes: tuple[str, ...]) -> None:
    assert read_classes(write_classes(classes)) == classes


@pytest.mark.parametrize("wrong", ["", "{}", '"bird"', "[bird"])
def test_what_is_no_list_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"expected|Expecting"):
        read_classes(wrong)
