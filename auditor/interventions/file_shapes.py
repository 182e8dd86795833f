"""What a picture owes to the size and shape of its file: how coarse it is, and how squeezed."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from auditor.interventions.fills import to_uint8

MOST_STRETCH = 2.0
"""An aspect ratio is changed at most this far: beyond, most of the picture would be cut off."""
STEPS = 32
"""Resolutions are told apart in steps of this part of the input."""


def of_files(sizes: Tensor, input_size: Sequence[int]) -> tuple[Tensor, Tensor]:
    """Resolution, at most 1, and aspect ratio of (N, 2) files relative to the (H, W) of the input.

    The coarser side counts: along it the input shows the fewest pixels of the file.
    """
    height, width = sizes.float().clamp(min=1.0).unbind(1)
    down, across = input_size
    coarse = torch.minimum(height / down, width / across).clamp(max=1.0)
    return coarse, (width / height) / (across / down)


def coarsened(images: Tensor, own: Tensor, given: Tensor) -> Tensor:
    """(B, 3, H, W) uint8 pictures with no more pixels than their donors' files had.

    Args:
        images: (B, 3, H, W) uint8.
        own, given: (B,) resolutions, 0..1; a finer one changes nothing.
    """
    steps = (given * STEPS).round().clamp(min=1).where(given < own, torch.tensor(float(STEPS)))
    changed = images.clone()
    for step in sorted(set(steps.tolist())):
        if step >= STEPS:
            continue
        rows = (steps == step).nonzero()[:, 0]
        size = [max(1, round(side * step / STEPS)) for side in images.shape[2:]]
        small = F.interpolate(images[rows].float(), size=size, mode="bilinear", antialias=True)
        large = F.interpolate(small, size=images.shape[2:], mode="bilinear", align_corners=False)
        changed[rows] = to_uint8(large.clamp(0.0, 255.0))
    return changed


def stretched(images: Tensor, ratio: Tensor) -> Tensor:
    """(B, 3, H, W) uint8 pictures as if their files were `ratio` times as wide for their height.

    A wider file is squeezed more across, which is: drawn out downwards. Nothing is filled; what is
    drawn out beyond the frame is cut off, evenly about the middle.

    Args:
        images: (B, 3, H, W) uint8.
        ratio: (B,) of the wanted aspect ratio to the own one.
    """
    ratio = ratio.clamp(1 / MOST_STRETCH, MOST_STRETCH)
    across, down = ratio.clamp(max=1.0), (1.0 / ratio).clamp(max=1.0)
    zero = torch.zeros_like(ratio)
    rows = torch.stack([across, zero, zero, zero, down, zero], dim=1).view(-1, 2, 3)
    grid = F.affine_grid(rows, list(images.shape), align_corners=False)
    drawn = F.grid_sample(
        images.float(), grid, mode="bilinear", padding_mode="border", align_corners=False
    )
    same = (ratio - 1.0).abs() < 1e-3
    return torch.where(same[:, None, None, None], images, to_uint8(drawn.clamp(0.0, 255.0)))
