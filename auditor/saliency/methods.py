"""Class activation maps from one capture: pure functions of activation and gradient.

Each takes the activation A and the gradient G = dz/dA of a logit z, both (N, C, h, w) float, and
returns the raw map (N, h, w), after ReLU and not normalised. A map may be zero everywhere; it is
never NaN for finite input.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

FromGradient = Callable[[Tensor, Tensor], Tensor]


def gradcam(activation: Tensor, gradient: Tensor) -> Tensor:
    """ReLU(sum_k mean_ij(G_k) A_k). Selvaraju et al. 2017."""
    return _weighted(activation, gradient.mean(dim=(2, 3)))


def gradcam_plus_plus(activation: Tensor, gradient: Tensor) -> Tensor:
    """ReLU(sum_k w_k A_k), w_k = sum_ij a_ij ReLU(G_ij). Chattopadhay et al. 2018, equation 19.

    a = G^2 / (2 G^2 + S G^3) with S = sum_ij A_k; where G > 0, a G = G / (2 + S G), which needs
    no epsilon. It is meant for A >= 0; a cell whose denominator is not positive (S < 0) has
    weight zero, as the paper leaves it undefined.
    """
    # In float64: where signs mix, S is what little is left of large terms.
    positive = gradient.double().relu()
    denominator = 2 + activation.double().sum(dim=(2, 3), keepdim=True) * positive
    share = torch.where(denominator > 0, positive / denominator, 0.0)
    return _weighted(activation, share.sum(dim=(2, 3)).to(activation.dtype))


def hirescam(activation: Tensor, gradient: Tensor) -> Tensor:
    """ReLU(sum_k G_k * A_k), cell by cell. Draelos and Carin 2020."""
    return _summed(gradient, activation)


def layercam(activation: Tensor, gradient: Tensor) -> Tensor:
    """ReLU(sum_k ReLU(G_k) * A_k), cell by cell. Jiang et al. 2021."""
    return _summed(gradient.relu(), activation)


def xgradcam(activation: Tensor, gradient: Tensor) -> Tensor:
    """ReLU(sum_k w_k A_k), w_k = sum_ij G A / sum_ij A. Fu et al. 2020.

    A channel whose activations sum to zero has weight zero.
    """
    # In float64: where signs mix, the sum is what little is left of large terms.
    exact = activation.double()
    total = exact.sum(dim=(2, 3))
    share = torch.einsum("nchw,nchw->nc", gradient.double(), exact) / total
    return _weighted(activation, torch.where(total == 0, 0.0, share).to(activation.dtype))


def eigencam(activation: Tensor) -> Tensor:
    """ReLU of A projected on its first right singular vector. Muhammad and Yeasin 2020.

    Of A as (h w, C), not centred, as in the paper. The sign of a singular vector is free: the
    one is taken whose map has a sum that is not negative (for A >= 0 that map is nowhere
    negative). No gradient, so the same map for every class.
    """
    cells = activation.flatten(2).transpose(1, 2).double()
    # The eigenvectors of the small Gram matrix (h w, h w) are the left singular vectors.
    squares, left = torch.linalg.eigh(cells @ cells.transpose(1, 2))
    first = left[..., -1] * squares[:, -1:].clamp(min=0).sqrt()
    sign = torch.where(first.sum(dim=1, keepdim=True) < 0, -1.0, 1.0)
    maps: Tensor = (first * sign).relu().reshape_as(activation[:, 0])
    return maps.to(activation.dtype)


FROM_GRADIENT: dict[str, FromGradient] = {
    "gradcam": gradcam,
    "gradcam++": gradcam_plus_plus,
    "hirescam": hirescam,
    "layercam": layercam,
    "xgradcam": xgradcam,
}


def _weighted(activation: Tensor, weights: Tensor) -> Tensor:
    weighted: Tensor = torch.einsum("nchw,nc->nhw", activation, weights)
    return weighted.relu()


def _summed(one: Tensor, other: Tensor) -> Tensor:
    summed: Tensor = torch.einsum("nchw,nchw->nhw", one, other)
    return summed.relu()
