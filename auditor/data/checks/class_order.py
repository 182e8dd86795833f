"""Whether the names of the classes may be in another order than the network's outputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import pandas as pd

from auditor.data.listing import named
from auditor.domain.messages import coded

MOST: Final = 0.5
"""A class answers as another where more than this share of its images does."""
FEWEST: Final = 8
"""Images of a class; fewer are answered alike by chance."""


def order_warnings(cases: pd.DataFrame) -> Iterator[str]:
    """Say where classes are answered in exchange for each other.

    Most images of A are answered B and most of B are answered A (or around a longer circle). Names
    in the wrong order look like that, and then every figure of these classes is of another class.
    So do images that were chosen to mislead a network; which of the two it is, nobody can tell
    from here.

    Args:
        cases: `label` and `predicted`, a row an image, one label an image.
    """
    answer = _usual_answers(cases)
    exchanged = sorted(set().union(*(_circle(label, answer) for label in answer)))
    if exchanged:
        yield coded(
            "model.class_order",
            "Most images of each of these classes are answered as another one of them: {names}."
            " Either the class names are in another order than the network's outputs (check"
            " --classes), and then every figure of these classes is wrong, or the network goes by"
            " something else than the object",
            names=named([f"{label} → {answer[label]}" for label in exchanged]),
        )


def _usual_answers(cases: pd.DataFrame) -> dict[str, str]:
    """What most images of a class are answered, of classes for which that is another class."""
    found = {}
    for label, answers in cases.groupby("label", observed=True)["predicted"]:
        counts = answers.value_counts()
        usual = counts.index[0]
        if len(answers) >= FEWEST and counts.iloc[0] > MOST * len(answers) and usual != label:
            found[str(label)] = str(usual)
    return found


def _circle(start: str, answer: Mapping[str, str]) -> set[str]:
    """The classes from `start` over their answers back to it; empty where it does not come back."""
    seen: list[str] = []
    label: str | None = start
    while label is not None and label not in seen:
        seen.append(label)
        label = answer.get(label)
    return set(seen) if label == start else set()
