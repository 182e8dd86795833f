"""Masks and calls that the scoring tests share."""

from __future__ import annotations

import torch
from torch import Tensor

from auditor.scoring.cells import CellMasks, cell_masks
from auditor.scoring.scores import Scores, score_maps


def rectangle(side: int, top: int, bottom: int, left: int, right: int) -> Tensor:
    """(1, side, side) bool, True on rows top:bottom and columns left:right."""
    mask = torch.zeros(1, side, side, dtype=torch.bool)
    mask[:, top:bottom, left:right] = True
    return mask


def score(maps: Tensor, masks: Tensor, ignored: Tensor | None = None) -> Scores:
    """Scores of maps that all have a mask."""
    nowhere = torch.zeros_like(masks)
    known = torch.ones(len(masks), dtype=torch.bool)
    return score_maps(maps, masks, nowhere if ignored is None else ignored, known)


def cells_of(masks: Tensor, grid: tuple[int, int], ignored: Tensor | None = None) -> CellMasks:
    """Masks on a grid, none missing."""
    nowhere = torch.zeros_like(masks)
    known = torch.ones(len(masks), dtype=torch.bool)
    return cell_masks(masks, nowhere if ignored is None else ignored, known, grid)
