"""Messages: English text that remembers what it was made of."""

from __future__ import annotations

import copy
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.domain.messages import (
    Message,
    coded,
    coded_n,
    error_text,
    phrase,
    phrase_n,
    restored,
    stored,
)

NESTED = coded("skip.mask_file", "mask {name}: {why}", name="a", why=coded("skip.empty", "empty"))


def test_a_message_is_its_english_text() -> None:
    assert phrase("{a} of {b:,}", a="x", b=1200) == "x of 1,200"
    assert phrase_n("{n} class", "{n} classes", 1) == "1 class"
    assert coded_n("c", "{n} class", "{n} classes", 2) == "2 classes"
    assert phrase("{names}", names=("a", "b", "c", "d")) == "a, b, c and 1 more"
    assert json.dumps(NESTED) == '"mask a: empty"'


@pytest.mark.parametrize("again", [lambda m: pickle.loads(pickle.dumps(m)), copy.deepcopy])  # noqa: S301
def test_it_crosses_processes_and_copies(again) -> None:  # type: ignore[no-untyped-def]
    other = again(NESTED)
    assert other == NESTED
    assert (other.code, other.values, other.template) == (
        NESTED.code,
        NESTED.values,
        NESTED.template,
    )


VALUES = st.dictionaries(
    st.sampled_from("abc"),
    st.text() | st.integers() | st.just(coded("inner", "i {x}", x=1)),
    max_size=3,
)


@given(VALUES)
def test_what_is_stored_comes_back(values: dict[str, object]) -> None:
    made = Message.of("".join(f"{{{name}}}" for name in values), values, code="some.code")
    found = stored(made)
    assert found is not None
    other = restored(str(made), *found)
    assert isinstance(other, Message)
    assert (other, other.code, other.values) == (made, "some.code", made.values)
    assert stored(other) == found


@pytest.mark.parametrize(
    ("code", "values"), [(None, None), ("", "{}"), (float("nan"), ""), ("c", "no JSON"), ("c", "1")]
)
def test_without_code_or_values_the_text_stays_alone(code: object, values: object) -> None:
    other = restored("As stored.", code, values)
    assert other == "As stored."
    assert stored(other) is None


def test_an_exception_keeps_its_message() -> None:
    assert error_text(ValueError(NESTED)) is NESTED
    assert error_text(ValueError("plain")) == "plain"
    assert error_text(ValueError()) == ""
