"""What is said of a hypothesis agrees with what decides about it."""

from __future__ import annotations

import pytest

from auditor.config import FindingsSection
from auditor.domain.hypotheses import PATCH, HypothesisStatus
from auditor.findings.clusters.hypothesis import Hypothesis
from auditor.findings.clusters.hypothesis_reasons import reason
from auditor.statistics.effects import Effect


def effect(mean: float) -> Effect:
    return Effect(mean, mean - 0.02, mean + 0.02, 0.001, {}, 20, 20)


@pytest.mark.parametrize(
    ("carries", "cost", "win", "end"),
    [
        (True, 0.21, 0.08, "hypothesis.as_object"),
        (True, 0.21, 0.15, "hypothesis.as_object"),
        (False, 0.21, 0.15, "hypothesis.as_object"),
        (False, 0.21, 0.08, "hypothesis.little"),
    ],
    ids=["wins half of the floor", "wins the floor", "not proved", "wins too little"],
)
def test_what_carries_a_class_is_not_called_little(
    carries: bool, cost: float, win: float, end: str
) -> None:
    found = Hypothesis(
        kind=PATCH,
        group="0",
        standing=HypothesisStatus.OPEN,
        place=None,
        where=None,
        share=1.0,
        own_place=None,
        carries=carries,
        cost=effect(cost),
        win=effect(win),
        examples=(),
    )
    told = reason("green", found, 24, FindingsSection())
    assert list(told.numbers["notes"])[-1] == end
