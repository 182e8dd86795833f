"""Effects in log odds, on probabilities written out by hand."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from auditor.domain.hypotheses import LOG_ODDS_FLOOR
from auditor.findings.evidence.log_odds import surely_moved, with_log_odds
from auditor.statistics.effects import Effect


def rows(**values: float | None) -> pd.DataFrame:
    columns = ("p_label", "p_label_control", "p_donor", "p_donor_control")
    return pd.DataFrame([{name: values.get(name) for name in columns}]).astype("float64")


def test_a_logit_that_is_added_to_one_class_comes_out_as_it_went_in() -> None:
    """Logits 4 (label), -6 (donor), 0, 0, and 3.1 more for the donor."""

    def answer(donor: float) -> tuple[float, float]:
        total = math.exp(4) + math.exp(donor) + 2
        return math.exp(4) / total, math.exp(donor) / total

    before, after = answer(-6.0), answer(-2.9)
    found = with_log_odds(
        rows(
            p_label=after[0],
            p_label_control=before[0],
            p_donor=after[1],
            p_donor_control=before[1],
        ),
        classes=4,
    )
    assert after[1] - before[1] < 0.01
    assert found["odds_gain"].iloc[0] == pytest.approx(3.1, abs=1e-6)
    assert found["odds_loss"].iloc[0] == pytest.approx(0.0, abs=1e-6)


def test_where_the_objects_own_answer_breaks_nobody_else_gains() -> None:
    """The label's logit falls from 4 to 0: all others' probabilities rise alike."""

    def answer(label: float) -> tuple[float, float]:
        total = math.exp(label) + math.exp(-3.0) + 2
        return math.exp(label) / total, math.exp(-3.0) / total

    before, after = answer(4.0), answer(0.0)
    found = with_log_odds(
        rows(
            p_label=after[0],
            p_label_control=before[0],
            p_donor=after[1],
            p_donor_control=before[1],
        ),
        classes=4,
    )
    assert found["odds_gain"].iloc[0] == pytest.approx(0.0, abs=1e-6)
    assert found["odds_loss"].iloc[0] == pytest.approx(4.0, abs=1e-6)


def test_with_two_classes_what_one_gains_the_other_loses() -> None:
    found = with_log_odds(
        rows(p_label=0.5, p_label_control=0.9, p_donor=0.5, p_donor_control=0.1), classes=2
    )
    assert found["odds_gain"].iloc[0] == pytest.approx(math.log(9))
    assert found["odds_loss"].iloc[0] == pytest.approx(math.log(9))


def test_without_a_donor_the_loss_is_known_and_the_gain_is_not() -> None:
    found = with_log_odds(rows(p_label=0.5, p_label_control=0.9), classes=5)
    assert found["odds_loss"].iloc[0] == pytest.approx(math.log(9))
    assert found["odds_gain"].isna().all()


def effect(mean: float, half: float) -> Effect:
    return Effect(mean, mean - half, mean + half, 0.01, {}, 20, 20)


def test_the_bar_is_the_floor_or_what_control_patches_move() -> None:
    strong, weak = effect(3.1, 0.4), effect(LOG_ODDS_FLOOR + 0.05, 0.4)
    assert surely_moved([(strong, 0.3), (weak, 0.3), (None, None)], 0.05) == [True, False, False]
    assert surely_moved([(strong, 3.0)], 0.05) == [False]


def test_many_hypotheses_ask_for_more() -> None:
    """One that would pass alone does not among a hundred that show nothing."""
    middling = effect(LOG_ODDS_FLOOR + 0.45, 0.4)
    assert surely_moved([(middling, None)], 0.05) == [True]
    nothing = [(effect(0.0, 0.4), None)] * 100
    assert not surely_moved([(middling, None), *nothing], 0.05)[0]
