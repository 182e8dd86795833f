"""Shared Interest: the salient region against the object as two sets."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from auditor.scoring.cells import ROUNDING, CellMasks


class SharedInterest(NamedTuple):
    """Three (N,) float64 scores in 0..1; all NaN where the salient region or object is empty.

    Attributes:
        iou: area of the intersection over area of the union.
        gtc: ground-truth coverage, share of the object that is salient.
        sc: saliency coverage, share of the salient region that is object.
    """

    iou: Tensor
    gtc: Tensor
    sc: Tensor


def shared_interest(maps: Tensor, cells: CellMasks) -> SharedInterest:
    """Boggust et al., CHI 2022. Salient are the cells above mean + 1 standard deviation.

    Cells count with their true area of object and of background, so that the scores equal those
    of the map upsampled by nearest neighbour against the pixel mask.

    Args:
        maps: (N, h, w) float, raw; only positive values count.
        cells: the N masks on the maps' grid.
    """
    positive = maps.double().clamp(min=0)
    mean = positive.mean((1, 2), keepdim=True)
    deviation = (positive - mean).square().mean((1, 2), keepdim=True).sqrt()
    salient = positive > (mean + deviation) * (1 + ROUNDING)
    shared = (cells.object * salient).sum((1, 2))
    found = (cells.valid * salient).sum((1, 2))
    wanted = cells.object.sum((1, 2))
    defined = cells.has_mask & (found > 0) & (wanted > 0)

    def over(whole: Tensor) -> Tensor:
        return torch.where(defined, shared / whole, torch.nan)

    return SharedInterest(iou=over(found + wanted - shared), gtc=over(wanted), sc=over(found))
