"""The formulas, by hand and against a slow float64 reference written from the papers."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from torch import Tensor

from auditor.saliency.methods import (
    FROM_GRADIENT,
    eigencam,
    gradcam,
    gradcam_plus_plus,
    hirescam,
    layercam,
    xgradcam,
)
from tests.saliency.references import reference

# One image, two channels, 2x2 cells.
A = torch.tensor([[[[1.0, 2.0], [0.0, 1.0]], [[3.0, 0.0], [1.0, 0.0]]]])
G = torch.tensor([[[[1.0, 0.0], [1.0, 2.0]], [[-1.0, 1.0], [0.0, -2.0]]]])


def test_gradcam_by_hand() -> None:
    # Mean gradients: (1+0+1+2)/4 = 1 and (-1+1+0-2)/4 = -.5. 1*A1 - .5*A2 = 1-1.5, 2, -.5, 1.
    assert gradcam(A, G).tolist() == [[[0.0, 2.0], [0.0, 1.0]]]


def test_hirescam_by_hand() -> None:
    # 1*1 - 1*3 = -2; 0*2 + 1*0 = 0; 1*0 + 0*1 = 0; 2*1 - 2*0 = 2.
    assert hirescam(A, G).tolist() == [[[0.0, 0.0], [0.0, 2.0]]]


def test_layercam_by_hand() -> None:
    # Negative gradients count as 0: 1*1 + 0*3 = 1; 0; 0; 2.
    assert layercam(A, G).tolist() == [[[1.0, 0.0], [0.0, 2.0]]]


def test_xgradcam_by_hand() -> None:
    # Sums of G*A are 1+0+0+2 = 3 and -3; of A 4 and 4: weights .75, -.75.
    # .75*(1-3) < 0; .75*(2-0) = 1.5; .75*(0-1) < 0; .75*(1-0) = .75.
    assert xgradcam(A, G).tolist() == [[[0.0, 1.5], [0.0, 0.75]]]


def test_gradcam_plus_plus_by_hand() -> None:
    # G/(2+S*G) over positive cells, S = 4. Channel 1: 1/6 + 0 + 1/6 + 2/10; channel 2: 1/6.
    first, second = 1 / 6 + 1 / 6 + 0.2, 1 / 6
    expected = [[[first + 3 * second, 2 * first], [second, first]]]
    assert gradcam_plus_plus(A, G).tolist()[0] == pytest.approx(np.array(expected[0]))


def test_eigencam_by_hand() -> None:
    # Cells as rows: (2, 0), (0, 1), (2, 0), (0, 0): the first right singular vector is (1, 0).
    activation = torch.tensor([[[[2.0, 0.0], [2.0, 0.0]], [[0.0, 1.0], [0.0, 0.0]]]])
    assert eigencam(activation)[0].tolist() == pytest.approx(np.array([[2.0, 0.0], [2.0, 0.0]]))


def map_of(method: str, activation: Tensor, gradient: Tensor) -> Tensor:
    if method == "eigencam":
        return eigencam(activation)
    return FROM_GRADIENT[method](activation, gradient)


def random_capture(seed: int) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    activation = torch.randn(4, 16, 5, 6, generator=generator).relu()
    return activation, torch.randn(4, 16, 5, 6, generator=generator) * 1e-3


@pytest.mark.parametrize("method", [*FROM_GRADIENT, "eigencam"])
def test_float32_agrees_with_float64(method: str) -> None:
    activation, gradient = random_capture(3)
    maps = map_of(method, activation, gradient).double().numpy()
    for one, a, g in zip(maps, activation.double(), gradient.double(), strict=True):
        expected = reference(method, a.numpy(), g.numpy())
        assert np.abs(one - expected).max() <= 1e-4 * expected.max()


finite = st.floats(-100, 100, width=32)
captures = arrays.arrays(np.float32, (2, 1, 3, 2, 2), elements=finite)


@settings(max_examples=60, deadline=None)
@given(captures)
@pytest.mark.parametrize("method", [*FROM_GRADIENT, "eigencam"])
def test_maps_are_finite_and_never_negative(method: str, drawn: np.ndarray) -> None:
    activation, gradient = torch.from_numpy(drawn)
    maps = map_of(method, activation, gradient)
    assert maps.shape == (1, 2, 2)
    assert bool(torch.isfinite(maps).all())
    assert bool((maps >= 0).all())


@settings(max_examples=30, deadline=None)
@given(captures, st.sampled_from(["gradcam", "hirescam", "layercam"]))
def test_twice_the_gradient_is_twice_the_map(drawn: np.ndarray, method: str) -> None:
    activation, gradient = torch.from_numpy(drawn)
    once = FROM_GRADIENT[method](activation, gradient)
    assert torch.equal(FROM_GRADIENT[method](activation, 2 * gradient), 2 * once)


def test_a_zero_activation_gives_a_zero_map() -> None:
    zero = torch.zeros(1, 3, 2, 2)
    for method in FROM_GRADIENT.values():
        assert not method(zero, torch.ones_like(zero)).any()
    assert not eigencam(zero).any()
