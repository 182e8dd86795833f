"""Maps from the papers in float64: slow, one image and one channel at a time, no in-place step.

Nothing of the engine is used here but the place of tokens, which is written out anew.
"""

from __future__ import annotations

import copy
import math

import numpy as np
import torch
from torch import Tensor, nn

Array = np.ndarray


def capture64(network: nn.Module, layer: str, images: Tensor) -> tuple[Array, Array]:
    """Activation (N, C, h, w) of the layer and gradients (N, T, C, h, w) of all T logits."""
    double = copy.deepcopy(network).double().eval()
    kept: list[Tensor] = []

    def hook(_module: nn.Module, _inputs: object, output: Tensor) -> Tensor:
        kept.append(output.detach().clone().requires_grad_())
        return kept[-1] * 1.0

    dict(double.named_modules())[layer].register_forward_hook(hook)
    logits = double(images.double())
    gradients = [
        torch.stack(
            [
                torch.autograd.grad(logits[i, t], kept[-1], retain_graph=True)[0][i]
                for t in range(logits.shape[1])
            ]
        )
        for i in range(len(images))
    ]
    activation = _channels_first(kept[-1].detach()).numpy()
    return activation, np.stack([_channels_first(part).numpy() for part in gradients])


def reference(method: str, a: Array, g: Array) -> Array:
    """The map of one image from its activation and gradient (C, h, w), after ReLU."""
    if method == "eigencam":
        return _eigencam(a)
    total = np.zeros(a.shape[1:])
    for ak, gk in zip(a, g, strict=True):
        if method == "gradcam":
            total += gk.mean() * ak
        elif method == "hirescam":
            total += gk * ak
        elif method == "layercam":
            total += np.maximum(gk, 0) * ak
        elif method == "xgradcam":
            total += ((gk * ak).sum() / ak.sum() if ak.sum() else 0.0) * ak
        else:
            total += _plus_plus_weight(ak, gk) * ak
    return np.maximum(total, 0)


def references(method: str, captured: tuple[Array, Array]) -> Array:
    """(N, T, h, w): `reference` for what `capture64` gave."""
    activation, gradients = captured
    return np.stack(
        [
            [reference(method, a, g) for g in per_class]
            for a, per_class in zip(activation, gradients, strict=True)
        ]
    )


def worst_error(maps: Tensor, expected: Array) -> float:
    """The largest error of any cell as a share of its map's maximum; maps (..., h, w).

    A map that ought to be zero everywhere has to be, and not all of them may.
    """
    assert maps.shape == expected.shape
    peaks = expected.max(axis=(-2, -1))
    errors = np.abs(maps.numpy() - expected).max(axis=(-2, -1))
    assert (peaks > 0).any(), "maps of zeros prove nothing"
    assert not errors[peaks == 0].any()
    return float((errors[peaks > 0] / peaks[peaks > 0]).max())


def _plus_plus_weight(ak: Array, gk: Array) -> float:
    denominator = 2 * gk**2 + ak.sum() * gk**3
    counts = (gk > 0) & (denominator > 0)
    alpha = np.divide(gk**2, denominator, out=np.zeros_like(gk), where=counts)
    return float((alpha * np.maximum(gk, 0)).sum())


def _eigencam(a: Array) -> Array:
    cells = a.reshape(len(a), -1).T
    left, values, _ = np.linalg.svd(cells, full_matrices=False)
    projected = left[:, 0] * values[0]
    return np.maximum(projected * (-1 if projected.sum() < 0 else 1), 0).reshape(a.shape[1:])


def _channels_first(features: Tensor) -> Tensor:
    if features.ndim == 3:
        side = math.isqrt(features.shape[1])
        skipped = features.shape[1] - side * side
        features = features[:, skipped:].unflatten(1, (side, side))
        return features.permute(0, 3, 1, 2)
    # Channels-last transformers have square grids here, and more channels than rows.
    return features.permute(0, 3, 1, 2) if features.shape[1] == features.shape[2] else features
