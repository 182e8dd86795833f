"""Where the peak of a map lies: the pointing game and the peak ratio."""

from __future__ import annotations

import torch
from torch import Tensor

from auditor.scoring.cells import ROUNDING, CellMasks

LARGEST_RATIO = 100.0
"""`peak_ratio` of a map that is zero on the object, and its upper bound."""


def pointing_hit(maps: Tensor, cells: CellMasks) -> Tensor:
    """The pointing game (Zhang et al. 2018): does the map's maximum meet the object?

    The maximum of a bilinearly upsampled map lies at a cell's centre, so the centre of the highest
    cell points. It hits within TorchRay's tolerance (Fong et al. 2019), 15 px at 224. Where
    several cells share the maximum, all of them have to hit.

    Args:
        maps: (N, h, w) float, raw.
        cells: the N masks on the maps' grid.

    Returns:
        (N,) float64, 1 or 0. NaN for a map without a positive value (no hit, and no miss), without
        mask, or for a mask without object.
    """
    peaks = maps == maps.amax((1, 2), keepdim=True)
    hit = (cells.near | ~peaks).all(dim=2).all(dim=1)
    defined = cells.has_mask & (maps.amax((1, 2)) > 0) & (cells.object.sum((1, 2)) > 0)
    return torch.where(defined, hit.double(), torch.nan)


def peak_ratio(maps: Tensor, cells: CellMasks) -> Tensor:
    """Highest value on background cells over the highest on object cells.

    An object cell is at least half object, or holds the largest share of it that any cell does
    (so that an object smaller than a cell has one). All other cells that count are background.

    Args:
        maps: (N, h, w) float, raw; only positive values count.
        cells: the N masks on the maps' grid.

    Returns:
        (N,) float64 in 0..`LARGEST_RATIO`; above 1 the peak is on the background. NaN for a zero
        map, without mask, or without an object or a background cell.
    """
    positive = maps.double().clamp(min=0)
    share = cells.inside
    needed = share.amax((1, 2), keepdim=True).clamp(max=0.5)
    is_object = (share >= needed - ROUNDING) & (share > 0)
    is_background = ~is_object & (cells.valid > 0)
    on_object = (positive * is_object).amax((1, 2))
    on_background = (positive * is_background).amax((1, 2))
    ratio = (on_background / on_object).clamp(max=LARGEST_RATIO)
    defined = (
        cells.has_mask
        & (positive.amax((1, 2)) > 0)
        & is_object.flatten(1).any(dim=1)
        & is_background.flatten(1).any(dim=1)
    )
    return torch.where(defined & ~ratio.isnan(), ratio, torch.nan)
