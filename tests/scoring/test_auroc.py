from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from auditor.scoring.auroc import saliency_auroc, weighted_auroc
from tests.scoring.making import cells_of, rectangle


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 100_000), cells=st.integers(2, 60), levels=st.integers(1, 12))
def test_equals_scikit_learn(seed: int, cells: int, levels: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.integers(0, levels, size=cells).astype(float)  # few levels: many ties
    positive, negative = rng.random(cells), rng.random(cells)
    expected = roc_auc_score(
        np.repeat([1, 0], cells),
        np.tile(values, 2),
        sample_weight=np.concatenate([positive, negative]),
    )
    found = weighted_auroc(*(torch.from_numpy(v)[None] for v in (values, positive, negative)))
    assert found.item() == pytest.approx(expected, abs=1e-9)


def test_by_hand() -> None:
    # Object cells 3 and 1, background 2 and 1: pairs won 1, 1, 0 and one tie: 2.5 of 4.
    values = torch.tensor([[3.0, 1.0, 2.0, 1.0]]).double()
    positive = torch.tensor([[1.0, 1.0, 0.0, 0.0]]).double()
    assert weighted_auroc(values, positive, 1 - positive).item() == pytest.approx(0.625)


def test_constant_and_zero_maps_know_nothing() -> None:
    cells = cells_of(rectangle(28, 4, 20, 4, 20).expand(2, -1, -1), (7, 7))
    maps = torch.stack([torch.ones(7, 7), torch.zeros(7, 7)])
    assert saliency_auroc(maps, cells).tolist() == [0.5, 0.5]


@pytest.mark.parametrize("mask", [rectangle(28, 0, 0, 0, 0), rectangle(28, 0, 28, 0, 28)])
def test_undefined_without_object_or_background(mask: torch.Tensor) -> None:
    assert saliency_auroc(torch.rand(1, 7, 7), cells_of(mask, (7, 7))).isnan().all()


def test_undefined_where_the_object_is_finer_than_the_grid() -> None:
    # A chessboard of pixels: every cell is half object, the mask itself ranks nothing.
    board = ((torch.arange(28)[:, None] + torch.arange(28)) % 2 == 0)[None]
    assert saliency_auroc(torch.rand(1, 7, 7), cells_of(board, (7, 7))).isnan().all()
