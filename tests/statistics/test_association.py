"""Cramér's V with its correction for bias, against scipy's chi-square and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from auditor.statistics.association import cramers_v

WIDE = np.array([[10, 4, 1], [2, 8, 5]])
TALL = np.array([[9, 1], [3, 6], [2, 2], [0, 7]])


@pytest.mark.parametrize("table", [WIDE, WIDE.T, TALL, TALL * 3])
def test_it_is_bergsmas_formula(table: np.ndarray) -> None:
    n = table.sum()
    rows, columns = table.shape
    phi = stats.chi2_contingency(table, correction=False).statistic / n
    phi = max(0.0, phi - (rows - 1) * (columns - 1) / (n - 1))
    sides = [side - (side - 1) ** 2 / (n - 1) for side in (rows, columns)]
    assert cramers_v(table) == pytest.approx(np.sqrt(phi / (min(sides) - 1)))


def test_by_hand() -> None:
    # 2 x 2, 12 of 20 on the diagonal: chi-square .8, phi squared .04, less 1 / 19 is below zero.
    assert cramers_v(np.array([[6, 4], [4, 6]])) == 0.0
    # All on the diagonal: phi squared 1, less 1 / 19 = 18 / 19, by 2 - 1 / 19 - 1 = 18 / 19.
    assert cramers_v(np.diag([10, 10])) == pytest.approx(1.0)
    assert cramers_v(np.diag([1, 1])) is None  # 2 - 1 / 1 - 1 = 0: the correction leaves nothing
    assert cramers_v(np.diag([2, 1])) == pytest.approx(1.0)


@pytest.mark.parametrize(
    "table", [np.zeros((2, 2)), np.zeros((0, 0)), [[3, 5]], [[3], [5]], [[3, 5], [0, 0]], [[1, 0]]]
)
def test_one_value_on_a_side_goes_with_nothing(table: object) -> None:
    assert cramers_v(np.array(table, dtype=np.int64)) is None


def test_values_that_do_not_occur_change_nothing() -> None:
    padded = np.zeros((4, 5), dtype=np.int64)
    padded[np.ix_([0, 2], [1, 2, 4])] = WIDE
    assert cramers_v(padded) == cramers_v(WIDE)
