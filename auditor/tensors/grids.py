"""Where a layer's output lies on the image: every layout brought to (N, C, h, w)."""

from __future__ import annotations

import math

from torch import Tensor

MOST_PREFIX_TOKENS = 8
"""Class, distillation and register tokens in front of the image's; more is no image grid."""


def to_grid(features: Tensor, image_size: tuple[int, int], prefix: int | None = None) -> Tensor:
    """A layer's features as (N, C, h, w), a view where the layout allows.

    Args:
        features: (N, C, h, w) maps, (N, h, w, C) maps of channels-last transformers, or
            (N, L, C) tokens, row by row, behind at most 8 class or register tokens, which are
            dropped.
        image_size: height and width of the network's input; it tells the layouts apart.
        prefix: how many tokens stand before the image's, where the network tells.

    Raises:
        ValueError: the features have no place on the image.
    """
    if features.ndim == 4:
        return features.permute(0, 3, 1, 2) if _is_channels_last(features, image_size) else features
    if features.ndim == 3:
        skipped, (h, w) = token_grid(features.shape[1], image_size, prefix)
        tokens = features[:, skipped:]
        return tokens.transpose(1, 2).reshape(len(tokens), -1, h, w)
    raise ValueError(f"shape {tuple(features.shape)} has no height and width")


def token_grid(
    length: int, image_size: tuple[int, int], prefix: int | None = None
) -> tuple[int, tuple[int, int]]:
    """How many tokens stand in front, and the (h, w) grid of the others.

    Square patches of p pixels make a grid of (H // p, W // p): of all p that fit, the one that
    leaves the fewest tokens over (or exactly `prefix`).

    Raises:
        ValueError: no patch size fits.
    """
    height, width = image_size
    fits: dict[int, tuple[int, int]] = {}
    for patch in range(1, min(height, width) + 1):
        h, w = height // patch, width // patch
        left = length - h * w
        if 0 <= left <= MOST_PREFIX_TOKENS and h * w > 1:
            fits.setdefault(left, (h, w))
    if not fits:
        raise ValueError(f"{length} tokens make no grid on an image of {height}x{width}")
    left = prefix if prefix is not None and prefix in fits else min(fits)
    return left, fits[left]


def _is_channels_last(features: Tensor, image_size: tuple[int, int]) -> bool:
    _, first, second, third = features.shape
    return not _is_alike((second, third), image_size) and _is_alike((first, second), image_size)


def _is_alike(grid: tuple[int, int], image_size: tuple[int, int]) -> bool:
    """A grid has the image's proportions, up to one row or column lost or won by rounding."""
    (h, w), (height, width) = grid, image_size
    if h > height or w > width:
        return False
    stride = math.sqrt(height * width / (h * w))
    return abs(h - height / stride) <= 1 and abs(w - width / stride) <= 1
