"""Principal components agree with scikit-learn's, and hang on nothing but the vectors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.decomposition import PCA

from auditor.statistics.principal import Moments, principal


def vectors(n: int, seed: int = 0) -> NDArray[np.float64]:
    drawn = np.random.default_rng(seed).normal(size=(n, 8)) * np.linspace(3.0, 0.3, 8) + 2.0
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def of_parts(rows: NDArray[np.float64], cuts: list[int]) -> Moments:
    moments = Moments.nothing(rows.shape[1])
    for part in np.split(rows, cuts):
        moments = moments.with_rows(part)
    return moments


def test_coordinates_are_those_of_scikit_learn() -> None:
    rows = vectors(500)
    found = principal(of_parts(rows, []), 3).of(rows)
    known = PCA(3).fit_transform(rows)
    known /= known[:, 0].std()
    known *= np.sign((known * found).sum(axis=0))
    assert found == pytest.approx(known, abs=2e-3)
    assert found[:, 0].std() == pytest.approx(1.0, abs=1e-3)
    assert found.mean(axis=0) == pytest.approx(0.0, abs=1e-4)


@settings(max_examples=20)
@given(cuts=st.lists(st.integers(0, 200), max_size=6).map(sorted))
def test_parts_change_no_bit(cuts: list[int]) -> None:
    rows = vectors(200, seed=3)
    whole, split = principal(of_parts(rows, []), 4), principal(of_parts(rows, cuts), 4)
    assert np.array_equal(whole.axes, split.axes)
    each = [split.of(part) for part in np.split(rows, cuts)]
    assert np.array_equal(whole.of(rows), np.concatenate(each))


@pytest.mark.parametrize("rows", [vectors(0), vectors(1), np.repeat(vectors(1), 5, axis=0)])
def test_without_two_different_vectors_all_lie_in_one_place(rows: NDArray[np.float64]) -> None:
    components = principal(of_parts(rows, []), 2)
    assert not components.of(rows).any()
    assert np.isfinite(components.mean).all()
