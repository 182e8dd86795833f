"""A reason is stored as a code and JSON numbers and comes back the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.domain.reasons import Reason

VALUES = st.one_of(
    st.text(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(),
    st.booleans(),
    st.none(),
    st.lists(st.text()).map(tuple),
)


@given(code=st.text(min_size=1), numbers=st.dictionaries(st.text(min_size=1), VALUES))
def test_a_reason_survives_its_storage(code: str, numbers: dict[str, object]) -> None:
    reason = Reason(code, numbers)  # type: ignore[arg-type]
    assert Reason.from_json(code, reason.to_json()) == reason


def test_what_is_no_object_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON object"):
        Reason.from_json("code", "[1]")
