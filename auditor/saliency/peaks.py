"""What the network sees where a map is highest, in few numbers: to tell cues of one place apart."""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor

PEAK_NUMBERS = 32
"""Random projections keep angles to about one in the square root of this (Achlioptas 2003)."""


def peak_features(activation: Tensor, maps: Tensor) -> Tensor:
    """The layer's features under the highest cell of every map, as a direction.

    Args:
        activation: (N, C, h, w) float32.
        maps: (N, h, w) float32, not negative.

    Returns:
        (N, 32) float32 on the same device: unit vectors, projected by a fixed matrix of signs.
        Zeros where the map is zero everywhere.
    """
    cells = maps.flatten(1)
    highest = cells.argmax(dim=1)
    index = highest[:, None, None].expand(-1, activation.shape[1], 1)
    under = activation.flatten(2).gather(2, index)[:, :, 0].float()
    direction = under / under.norm(dim=1, keepdim=True).clamp(min=1e-12)
    known = cells.amax(dim=1, keepdim=True) > 0
    projected: Tensor = direction @ signs(activation.shape[1], PEAK_NUMBERS).to(activation.device)
    return torch.where(known, projected, 0.0)


@cache
def signs(channels: int, numbers: int) -> Tensor:
    """(C, numbers) of plus and minus one over the root of `numbers`, the same on every machine."""
    drawn = torch.randint(0, 2, (channels, numbers), generator=torch.Generator().manual_seed(0))
    found: Tensor = (2.0 * drawn - 1.0) / numbers**0.5
    return found
