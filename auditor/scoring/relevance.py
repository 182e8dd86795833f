"""Where the mass of a map lies: relevance mass, relevance skill, border mass."""

from __future__ import annotations

import torch
from torch import Tensor

from auditor.scoring.cells import ROUNDING, CellMasks, overlap, upsampling

BORDER = 0.10
"""Width of the frame of `border_mass`, as a share of each side."""

LEAST_HEADROOM = 0.10
"""Below this distance between chance and a mask-shaped map, skill would only amplify noise."""


def relevance_mass(maps: Tensor, masks: Tensor, ignored: Tensor) -> Tensor:
    """Share of the bilinearly upsampled map that lies inside the mask.

    The energy-based pointing game (Wang et al., Score-CAM, 2020), also relevance mass accuracy
    (Arras et al., CLEVR-XAI, 2022). Nothing is upsampled: with U the upsampling matrix the share
    is `sum a * (U' M U) / sum a * (U' V U)`, M the object and V the pixels that are not ignored.
    Only positive relevance counts.

    Args:
        maps: (N, h, w) float, raw.
        masks, ignored: (N, H, W) bool.

    Returns:
        (N,) float64 in 0..1. An uninformed map scores the object's area share. NaN where the map
        has no positive mass on pixels that count.
    """
    positive = maps.double().clamp(min=0)
    rows = upsampling(maps.shape[1], masks.shape[1], maps.device)
    columns = upsampling(maps.shape[2], masks.shape[2], maps.device)

    def pulled_back(pixels: Tensor) -> Tensor:
        return rows.T @ (pixels.float() @ columns.float()).double()

    inside = (positive * pulled_back(masks & ~ignored)).sum((1, 2))
    return _share(inside, (positive * pulled_back(~ignored)).sum((1, 2)))


def relevance_skill(maps: Tensor, cells: CellMasks) -> Tensor:
    """Mass inside the object against chance and against a map shaped as the mask.

    With E the mass share on the grid, f the object's area share and C what a map shaped as the
    mask reaches: (E - f) / (C - f) above chance, (E - f) / f below. 0 is an uninformed map, 1 a
    map shaped as the mask (a sharper one may pass 1), -1 a map that avoids the object.

    Args:
        maps: (N, h, w) float, raw; only positive values count.
        cells: the N masks on the maps' grid.

    Returns:
        (N,) float64. NaN where the map is zero, there is no mask, C - f is below
        `LEAST_HEADROOM` (the object fills the image or is finer than the grid everywhere), or f
        is below one cell.
    """
    positive = maps.double().clamp(min=0)
    reached = _share((positive * cells.object).sum((1, 2)), (positive * cells.valid).sum((1, 2)))
    chance = cells.area
    ceiling = _share((cells.inside * cells.object).sum((1, 2)), cells.object.sum((1, 2)))
    gain = reached - chance
    skill = torch.where(gain >= 0, gain / (ceiling - chance), gain / chance)
    one_cell = 1.0 / (maps.shape[1] * maps.shape[2])
    defined = (ceiling - chance >= LEAST_HEADROOM - ROUNDING) & (chance >= one_cell - ROUNDING)
    return torch.where(defined, skill, torch.nan)


def border_mass(maps: Tensor) -> Tensor:
    """Mass share in the outer 10% frame minus that frame's share of the area (.36).

    Args:
        maps: (N, h, w) float, raw; only positive values count. Needs no mask.

    Returns:
        (N,) float64 in -.36...64; 0 is an uninformed map. NaN where the map is zero.
    """
    positive = maps.double().clamp(min=0)
    inner = _inner(maps.shape[1], maps.device)[:, None] * _inner(maps.shape[2], maps.device)
    frame = 1.0 - inner
    return _share((positive * frame).sum((1, 2)), positive.sum((1, 2))) - frame.mean()


def _inner(cells: int, device: torch.device) -> Tensor:
    """(cells,) float64: share of each cell that lies between 10% and 90% of the side."""
    tenths = torch.ones(10, device=device, dtype=torch.float64)
    tenths[[0, -1]] = 0.0
    return overlap(10, cells, device) @ tenths


def _share(part: Tensor, whole: Tensor) -> Tensor:
    return torch.where(whole > 0, part / whole, torch.nan)
