"""Masks on the grid of a saliency map: how much of each cell is object, and how much counts."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

TOLERANCE = 15.0 / 224.0
"""TorchRay's tolerance of the pointing game, as a share of the shorter side."""
ROUNDING = 1e-6
"""Slack of every comparison, so that neither device nor mirror image decides a tie."""


@dataclass(frozen=True)
class CellMasks:
    """N object masks as seen by maps of h x w cells. One row is all that a score needs.

    Attributes:
        object: (N, h, w) float64, share of each cell that is object, 0..1.
        valid: (N, h, w) float64, share of each cell that is not ignored; at least `object`.
        near: (N, h, w) bool, an object pixel lies within the pointing game's tolerance of the
            cell's centre.
        has_mask: (N,) bool.
    """

    object: Tensor
    valid: Tensor
    near: Tensor
    has_mask: Tensor

    @property
    def inside(self) -> Tensor:
        """m: (N, h, w) object share of what counts in each cell; 0 where all is ignored."""
        return torch.where(self.valid > 0, self.object / self.valid.clamp(min=1e-12), 0.0)

    @property
    def area(self) -> Tensor:
        """f: (N,) object share of what counts in the image; NaN without mask or valid pixels."""
        share = self.object.sum((1, 2)) / self.valid.sum((1, 2))
        return torch.where(self.has_mask, share, torch.nan)

    def select(self, indices: Tensor) -> CellMasks:
        """The masks at `indices`, in that order."""
        return CellMasks(
            self.object[indices], self.valid[indices], self.near[indices], self.has_mask[indices]
        )

    @staticmethod
    def concatenate(parts: list[CellMasks]) -> CellMasks:
        """All of them, in order; every part has the same grid."""
        return CellMasks(
            torch.cat([part.object for part in parts]),
            torch.cat([part.valid for part in parts]),
            torch.cat([part.near for part in parts]),
            torch.cat([part.has_mask for part in parts]),
        )


def cell_masks(
    masks: Tensor, ignored: Tensor, has_mask: Tensor, grid: tuple[int, int]
) -> CellMasks:
    """Average pixel masks over the cells of a grid, exact in area for any sizes.

    Args:
        masks: (N, H, W) bool, True on the object.
        ignored: (N, H, W) bool, pixels that count on neither side.
        has_mask: (N,) bool.
        grid: (h, w) of the maps.
    """
    objects = masks & ~ignored
    return CellMasks(
        object=cell_average(objects, grid),
        valid=cell_average(~ignored, grid),
        near=_near(objects, grid),
        has_mask=has_mask,
    )


def cell_average(pixels: Tensor, grid: tuple[int, int]) -> Tensor:
    """(N, H, W) bool or float pixels to their (N, h, w) float64 mean over each cell."""
    rows = overlap(pixels.shape[1], grid[0], pixels.device)
    columns = overlap(pixels.shape[2], grid[1], pixels.device)
    return rows @ (pixels.float() @ columns.T.float()).double()


def overlap(pixels: int, cells: int, device: torch.device) -> Tensor:
    """(cells, pixels) float64: share of each cell that each pixel covers; rows add to 1.

    Pixel j covers [j, j + 1), cell i covers [i, i + 1) times pixels / cells. Where `pixels` is no
    multiple of `cells`, a pixel on a border counts in both cells by the length in each.
    """
    size = pixels / cells
    starts = torch.arange(cells, device=device, dtype=torch.float64)[:, None] * size
    left = torch.arange(pixels, device=device, dtype=torch.float64)[None, :]
    shared = torch.minimum(starts + size, left + 1) - torch.maximum(starts, left)
    return shared.clamp(min=0) / size


def upsampling(cells: int, pixels: int, device: torch.device) -> Tensor:
    """U: (pixels, cells) float64; `U_h a U_w.T` is F.interpolate(bilinear, align_corners=False)."""
    identity = torch.eye(cells, device=device, dtype=torch.float64)[None]
    return F.interpolate(identity, size=pixels, mode="linear", align_corners=False)[0].T


def _near(objects: Tensor, grid: tuple[int, int]) -> Tensor:
    """Exact: the squared distance to the nearest object pixel, first along rows, then columns."""
    reach = TOLERANCE * min(objects.shape[1:])
    beyond = 3 * reach**2 + 3
    along = torch.where(objects, 0.0, beyond)
    for axis in (2, 1):
        centres = (torch.arange(grid[axis - 1]) + 0.5) * (objects.shape[axis] / grid[axis - 1])
        along = torch.stack([_nearest(along, c, reach, axis) for c in centres.tolist()], dim=axis)
    return along <= reach**2 + ROUNDING


def _nearest(squared: Tensor, centre: float, reach: float, axis: int) -> Tensor:
    """Least of squared distances plus those to `centre` along the axis, of pixels within reach."""
    first = max(0, math.floor(centre - reach) - 1)
    last = min(squared.shape[axis], math.ceil(centre + reach) + 1)
    pixels = torch.arange(first, last, device=squared.device) + 0.5
    shape = (1, -1, 1) if axis == 1 else (1, 1, -1)
    return (squared.narrow(axis, first, last - first) + ((pixels - centre) ** 2).view(shape)).amin(
        dim=axis
    )
