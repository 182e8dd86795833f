"""Simulated maps over objects of 2% to 60%: what a nomination rule must and must not notice."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional as F

from tests.scoring.making import cells_of

SIDE = 56


def objects(count: int, generator: torch.Generator) -> Tensor:
    """(count, SIDE, SIDE) bool ellipses and boxes of every size, shape and place."""
    y, x = torch.meshgrid(torch.arange(SIDE) + 0.5, torch.arange(SIDE) + 0.5, indexing="ij")
    masks = []
    for area in torch.linspace(0.02, 0.60, count).tolist():
        ellipse, stretch, up, across = torch.rand(4, generator=generator).tolist()
        box = area * SIDE**2 * (4 / math.pi if ellipse < 0.5 else 1.0)
        height = min(math.sqrt(box * math.exp(stretch - 0.5)), SIDE)
        width = min(box / height, SIDE)
        down = (y - (height / 2 + (SIDE - height) * up)) / (height / 2)
        right = (x - (width / 2 + (SIDE - width) * across)) / (width / 2)
        masks.append(
            down**2 + right**2 <= 1 if ellipse < 0.5 else (down.abs() <= 1) & (right.abs() <= 1)
        )
    return torch.stack(masks)


def object_seeing(masks: Tensor, grid: int, generator: torch.Generator) -> Iterator[Tensor]:
    """Maps that show the object: all of it, with noise, with a floor, or one part of it."""
    shape = _blurred(cells_of(masks, (grid, grid)).inside.float(), 0.8 * grid / 7)
    shape = shape / shape.amax((1, 2), keepdim=True)
    yield (shape + _noise(masks, grid, 0.15, generator)).relu()
    yield (shape + 0.2 + _noise(masks, grid, 0.10, generator)).relu()
    for width in (1.0, 1.5):
        part = _spot(_place(masks, generator), grid, width)
        yield (part + _noise(masks, grid, 0.08, generator)).relu()


def uninformed(masks: Tensor, grid: int, generator: torch.Generator) -> Iterator[Tensor]:
    """Maps that know nothing of the object: smooth noise, and noise on a floor."""
    smooth = _blurred(_noise(masks, grid, 1.0, generator), grid / 7)
    smooth = smooth / smooth.flatten(1).std(dim=1)[:, None, None]
    yield smooth.relu()
    yield (smooth + 1).relu()


def background_seeing(masks: Tensor, grid: int, generator: torch.Generator) -> Iterator[Tensor]:
    """Maps of the background: all of it, one spot in it, or the object with a hot corner."""
    inside = cells_of(masks, (grid, grid)).inside.float()
    yield (_blurred(1 - inside, 0.8 * grid / 7) + _noise(masks, grid, 0.15, generator)).relu()
    yield (
        _spot(_place(~masks, generator), grid, 1.0) + _noise(masks, grid, 0.08, generator)
    ).relu()
    yield inside + _hot_corner(grid, 4.0)


def flat(masks: Tensor, grid: int, generator: torch.Generator) -> Tensor:
    """Maps that are all but constant."""
    return 1 + _noise(masks, grid, 0.05, generator)


def _hot_corner(grid: int, value: float) -> Tensor:
    corner = torch.zeros(1, grid, grid)
    corner[:, 0, 0] = value
    return corner


def _noise(masks: Tensor, grid: int, size: float, generator: torch.Generator) -> Tensor:
    return torch.randn(len(masks), grid, grid, generator=generator) * size


def _place(masks: Tensor, generator: torch.Generator) -> Tensor:
    """(N, 2) a random pixel of each mask, as shares of the side."""
    flat_index = torch.multinomial(masks.flatten(1).float(), 1, generator=generator)[:, 0]
    return (torch.stack([flat_index // SIDE, flat_index % SIDE], dim=1) + 0.5) / SIDE


def _spot(places: Tensor, grid: int, width: float) -> Tensor:
    """(N, grid, grid) Gaussians, `width` in cells of a 7x7 grid."""
    centres = (torch.arange(grid) + 0.5) / grid
    down = (centres - places[:, :1])[:, :, None] ** 2
    across = (centres - places[:, 1:])[:, None] ** 2
    return torch.exp(-(down + across) / (2 * (width / 7) ** 2))


def _blurred(maps: Tensor, sigma: float) -> Tensor:
    kernel = torch.exp(-0.5 * (torch.arange(-3, 4) / sigma) ** 2)
    kernel = kernel / kernel.sum()
    padded = F.pad(maps[:, None], (3, 3, 3, 3), mode="reflect")
    return F.conv2d(F.conv2d(padded, kernel.view(1, 1, -1, 1)), kernel.view(1, 1, 1, -1))[:, 0]
