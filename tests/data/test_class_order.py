"""Class names in another order than the outputs are told, and nothing else is."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.data.checks.class_order import FEWEST, order_warnings
from auditor.domain.messages import stored


def cases(**answers: list[str]) -> pd.DataFrame:
    rows = [(label, answer) for label, given in answers.items() for answer in given]
    return pd.DataFrame(rows, columns=["label", "predicted"])


def told(frame: pd.DataFrame) -> str:
    """The classes that the one warning names; "" without one."""
    said = list(order_warnings(frame))
    assert len(said) <= 1
    if not said:
        return ""
    found = stored(said[0])
    assert found is not None
    assert found[0] == "model.class_order"
    return str(json.loads(found[1])["names"])


@pytest.mark.parametrize(
    ("answers", "named"),
    [
        ({"cat": ["dog"] * 10, "dog": ["cat"] * 10}, "cat → dog, dog → cat"),
        ({"cat": ["dog"] * 6 + ["cat"] * 4, "dog": ["cat"] * 10}, "cat → dog, dog → cat"),
        ({"a": ["b"] * 9, "b": ["c"] * 9, "c": ["a"] * 9, "d": ["d"] * 9}, "a → b, b → c, c → a"),
        ({"cat": ["dog"] * 10, "dog": ["dog"] * 10}, ""),
        ({"cat": ["dog"] * 5 + ["cat"] * 5, "dog": ["cat"] * 10}, ""),
        ({"cat": ["dog"] * (FEWEST - 1), "dog": ["cat"] * 10}, ""),
        ({"cat": ["bird"] * 10, "dog": ["cat"] * 10}, ""),
        ({"a": ["b"] * 9, "b": ["c"] * 9, "c": ["b"] * 9}, "b → c, c → b"),
    ],
)
def test_classes_that_are_answered_in_exchange(answers: dict[str, list[str]], named: str) -> None:
    assert told(cases(**answers)) == named


@given(order=st.permutations("abcde"))
def test_any_order_of_a_perfect_network_is_told(order: list[str]) -> None:
    names = dict(zip("abcde", order, strict=True))
    moved = {label: name for label, name in names.items() if label != name}
    said = told(cases(**{label: [name] * FEWEST for label, name in names.items()}))
    assert said == ", ".join(sorted(f"{label} → {name}" for label, name in moved.items()))
