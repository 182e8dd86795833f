"""What the network sees in a whole picture, in few numbers: to lay alike pictures side by side."""

from __future__ import annotations

from torch import Tensor

from auditor.saliency.peaks import signs

POOLED_NUMBERS = 64
"""Random projections keep angles to about one in the square root of this (Achlioptas 2003)."""


def pooled_features(activation: Tensor) -> Tensor:
    """The layer's features, mean over the picture, as a direction.

    Args:
        activation: (N, C, h, w) float32.

    Returns:
        (N, 64) float32 on the same device: unit vectors, projected by a fixed matrix of signs.
        Zeros where the features are zero everywhere or no numbers.
    """
    pooled = activation.float().mean(dim=(2, 3))
    direction = pooled / pooled.norm(dim=1, keepdim=True).clamp(min=1e-12)
    projected: Tensor = direction @ signs(activation.shape[1], POOLED_NUMBERS).to(activation.device)
    return projected.nan_to_num(0.0, 0.0, 0.0)
