"""The map as a detector of object cells."""

from __future__ import annotations

import torch
from torch import Tensor

from auditor.scoring.cells import ROUNDING, CellMasks

LEAST_CEILING = 0.75
"""Below this AUROC of the mask against itself the grid is too coarse to rank anything."""


def saliency_auroc(maps: Tensor, cells: CellMasks) -> Tensor:
    """Chance that object outranks background when a place of each is drawn at random.

    A cell that is 30% object counts with weight .3 as object and .7 as background.

    Args:
        maps: (N, h, w) float.
        cells: the N masks on the maps' grid.

    Returns:
        (N,) float64 in 0..1; .5 is an uninformed map, a constant one included. NaN without mask,
        without object or background, or where the mask itself, averaged over the cells, would
        score below `LEAST_CEILING` (objects far finer than a cell).
    """
    inside = cells.object.flatten(1)
    outside = (cells.valid - cells.object).clamp(min=0).flatten(1)
    ceiling = weighted_auroc(cells.inside.flatten(1), inside, outside)
    auroc = weighted_auroc(maps.double().flatten(1), inside, outside)
    return torch.where(cells.has_mask & (ceiling >= LEAST_CEILING - ROUNDING), auroc, torch.nan)


def weighted_auroc(values: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
    """Area under the ROC curve with weights, ties counted one half (Mann-Whitney U).

    Args:
        values: (N, n) float64.
        positive, negative: (N, n) float64 weights of each value on either side, at least 0.

    Returns:
        (N,) float64; NaN where either side has no weight.
    """
    ascending, order = values.sort(dim=1)
    summed = negative.gather(1, order).cumsum(dim=1)
    summed = torch.cat([torch.zeros_like(summed[:, :1]), summed], dim=1)
    probes = values.contiguous()
    below = summed.gather(1, torch.searchsorted(ascending, probes, right=False))
    up_to = summed.gather(1, torch.searchsorted(ascending, probes, right=True))
    won = (positive * (below + up_to)).sum(dim=1) / 2
    pairs = positive.sum(dim=1) * negative.sum(dim=1)
    return torch.where(pairs > 0, won / pairs, torch.nan)
