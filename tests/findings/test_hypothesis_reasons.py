"""What is said of a hypothesis agrees with what decides about it."""

from __future__ import annotations

import pytest

from auditor.config import FindingsSection
from auditor.domain.hypotheses import LOG_ODDS_FLOOR, PATCH, HypothesisStatus
from auditor.findings.clusters.hypothesis import Hypothesis
from auditor.findings.clusters.hypothesis_reasons import reason
from auditor.findings.evidence.positions import Consistency
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
    notes = told.numbers["notes"]
    assert isinstance(notes, tuple)
    assert notes[-1] == end


def test_log_odds_and_p_values_are_stored_as_numbers() -> None:
    found = Hypothesis(
        kind=PATCH,
        group="0",
        standing=HypothesisStatus.OPEN,
        place=None,
        where=None,
        share=1.0,
        own_place=Consistency(0.4, 0.0126),
        carries=False,
        cost=None,
        win=effect(0.1),
        examples=(),
        odds_cost=effect(1.2),
        odds_win=effect(2.4),
        odds_null=0.7,
    )
    numbers = reason("green", found, 24, FindingsSection()).numbers
    assert numbers["p"] == 0.0126
    assert (numbers["odds_cost"], numbers["odds_cost_high"]) == (1.2, 1.22)
    assert (numbers["odds_win"], numbers["odds_win_low"]) == (2.4, 2.38)
    assert numbers["odds_bar"] == max(LOG_ODDS_FLOOR, 0.7)
