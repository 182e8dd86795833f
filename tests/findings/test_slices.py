"""Slices: association, gaps and worst groups against hand numbers and scipy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from auditor.findings.tables.slices import cramers_v, slice_rows
from auditor.findings.tables.summary import summarise, worst_group
from auditor.statistics.intervals import wilson


def _cases(*groups: tuple[str, str, int, int], **columns: Any) -> pd.DataFrame:
    """(label, place, right, wrong) images."""
    rows = [
        {"label": label, "slice_place": place, "correct": number < right}
        for label, place, right, wrong in groups
        for number in range(right + wrong)
    ]
    frame = pd.DataFrame(rows)
    frame["case_id"] = [f"case{number}" for number in range(len(frame))]
    frame["group"] = frame["case_id"]
    frame["sampled"] = frame["has_trials"] = False
    frame["p_background_other"] = 0.5
    frame["cluster"] = None
    frame["verdict"] = "object"
    return frame.assign(**columns)


def _by_value(cases: pd.DataFrame) -> dict[str, dict[str, Any]]:
    return {row["value"]: row for row in slice_rows(cases)}


def test_cramers_v_by_hand() -> None:
    # n = 100, every expected count 25: chi2 = 4 * 15^2 / 25 = 36, phi2 = .36.
    # Corrected: .36 - 1/99 = .349899; sides: 2 - 1/99 - 1 = .989899; V = sqrt(.353469).
    assert cramers_v(np.array([[40, 10], [10, 40]])) == pytest.approx(0.594533, abs=1e-6)


def test_cramers_v_against_scipy_without_the_correction() -> None:
    table = np.array([[2000, 900, 100], [400, 1500, 1100]])
    plain = stats.contingency.association(table, method="cramer", correction=False)
    assert cramers_v(table) == pytest.approx(plain, abs=2e-3)


def test_cramers_v_at_the_ends() -> None:
    assert cramers_v(np.array([[50, 0], [0, 50]])) == pytest.approx(1.0)
    assert cramers_v(np.array([[25, 25], [25, 25]])) == 0.0
    assert cramers_v(np.array([[25, 25], [0, 0]])) is None
    assert cramers_v(np.zeros((0, 0), dtype=np.int64)) is None
    assert cramers_v(np.array([[1, 0], [0, 1]])) is None


def test_cramers_v_of_independent_columns_has_no_bias() -> None:
    rng = np.random.default_rng(2)
    corrected, plain = [], []
    for _ in range(200):
        table = np.zeros((5, 5), dtype=np.int64)
        np.add.at(table, (rng.integers(0, 5, 60), rng.integers(0, 5, 60)), 1)
        corrected.append(cramers_v(table) or 0.0)
        plain.append(stats.contingency.association(table, method="cramer"))
    assert np.mean(plain) > 0.2
    assert np.mean(corrected) < 0.1


@given(st.lists(st.lists(st.integers(0, 30), min_size=3, max_size=3), min_size=2, max_size=4))
@settings(deadline=None)
def test_cramers_v_is_a_share_and_symmetric(counts: list[list[int]]) -> None:
    table = np.array(counts)
    value = cramers_v(table)
    assert value is None or 0.0 <= value <= 1.0
    assert value == pytest.approx(cramers_v(table.T))


def test_accuracy_gap_and_interval() -> None:
    rows = _by_value(_cases(("cat", "sea", 10, 30), ("cat", "land", 54, 6)))
    sea = rows["sea"]
    assert (sea["slice"], sea["images"], sea["accuracy"]) == ("place", 40, 0.25)
    assert sea["accuracy_gap"] == pytest.approx(0.9 - 0.25)
    expected = wilson(10, 40)
    assert expected is not None
    assert (sea["accuracy_low"], sea["accuracy_high"]) == (expected.low, expected.high)
    assert rows["land"]["accuracy_gap"] == pytest.approx(-0.65)
    assert sea["worst_group"]
    assert not rows["land"]["worst_group"]
    # Two slices, the same test seen from both sides: Benjamini-Hochberg leaves it as it is.
    p_value = stats.fisher_exact([[10, 30], [54, 6]]).pvalue
    assert sea["q_value"] == rows["land"]["q_value"] == pytest.approx(p_value)


def test_gaps_of_unaffected_slices_are_rarely_significant() -> None:
    rng = np.random.default_rng(9)
    alarms = 0
    for _ in range(60):
        cases = _cases(("cat", "a", 120, 0), ("dog", "b", 120, 0))
        cases["correct"] = rng.random(240) < 0.8
        cases["slice_place"] = rng.permutation(cases["slice_place"].to_numpy())
        alarms += slice_rows(cases)[0]["q_value"] <= 0.05
    # Fisher's test is conservative: .05 of 60 is 3, plus two standard errors.
    assert alarms <= 6


def test_duplicates_have_one_vote() -> None:
    cases = _cases(("cat", "sea", 8, 16), ("cat", "land", 24, 0))
    copies = cases.assign(group=[f"g{number // 8}" for number in range(len(cases))])
    single, copied = _by_value(cases)["sea"], _by_value(copies)["sea"]
    assert single["accuracy"] == copied["accuracy"] == pytest.approx(1 / 3)
    assert single["q_value"] < 0.001
    assert copied["q_value"] == pytest.approx(stats.fisher_exact([[1, 2], [3, 0]]).pvalue)
    assert copied["accuracy_high"] > single["accuracy_high"]


def test_null_values_are_in_no_slice() -> None:
    cases = _cases(("cat", "sea", 10, 10), ("cat", "land", 20, 0))
    cases.loc[cases.index[:5], "slice_place"] = None
    rows = _by_value(cases)
    assert set(rows) == {"sea", "land"}
    assert rows["sea"]["images"] == 15
    assert rows["land"]["accuracy_gap"] == pytest.approx(5 / 15 - 1.0)


def test_one_value_has_no_rest() -> None:
    row = _by_value(_cases(("cat", "sea", 10, 10)))["sea"]
    assert row["accuracy_gap"] is None
    assert row["q_value"] is None
    assert row["association"] is None
    assert not row["worst_group"]


def test_shortcut_rate_counts_tested_samples_alone() -> None:
    cases = _cases(("cat", "sea", 20, 0))
    cases.loc[:3, "verdict"] = "shortcut"
    cases.loc[:9, "sampled"] = True
    cases.loc[2:, "has_trials"] = True
    row = _by_value(cases)["sea"]
    assert row["tested"] == 8
    assert row["shortcut_rate"] == pytest.approx(2 / 8)


def test_small_slices_are_not_the_worst_group() -> None:
    rows = _by_value(_cases(("cat", "sea", 0, 3), ("cat", "land", 10, 10), ("cat", "air", 20, 0)))
    assert [value for value, row in rows.items() if row["worst_group"]] == ["land"]


def test_worst_group_of_class_and_slice() -> None:
    cases = _cases(
        ("cat", "land", 20, 0), ("cat", "sea", 4, 8), ("dog", "land", 10, 10), ("dog", "sea", 0, 4)
    )
    assert worst_group(cases) == ("cat, place sea", pytest.approx(1 / 3))
    assert worst_group(cases.drop(columns="slice_place")) == ("dog", pytest.approx(10 / 24))
    assert worst_group(cases.iloc[:4]) is None


def test_summary_counts() -> None:
    cases = _cases(("cat", "land", 9, 1)).assign(sampled=True, has_trials=True)
    cases.loc[:2, "verdict"] = "shortcut"
    found = summarise(cases, {"cat": "confirmed", "dog": "clean"})
    assert found["confirmed"] == 1
    assert found["shortcut_rate"] == pytest.approx(0.3)
    assert found["accuracy"] == pytest.approx(0.9)
    assert (found["images"], found["tested"]) == (10, 10)
