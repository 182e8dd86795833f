"""Training batches in which nothing but the object tells the label."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from auditor.domain.cues import SPEC_OF, Cue, Extent
from auditor.repairs.material import Material

PATCH = (0.12, 0.3)
"""Side of a patch that is moved across outlines, as a share of the picture's."""


@dataclass(frozen=True)
class Breaking:
    """What the confirmed cues call for.

    Attributes:
        picture: some cue lies over the whole picture, object included: vary tint, exposure,
            sharpness and contrast of every picture.
        edge: some cue lies across the object's outline: move patches between outlines.
    """

    picture: bool = False
    edge: bool = False

    @classmethod
    def of(cls, cues: Collection[Cue]) -> Breaking:
        """For the cues of a run."""
        return cls(
            picture=any(SPEC_OF[cue].extent is Extent.PICTURE for cue in cues),
            edge=Cue.EDGE_MARK in cues,
        )


def composed(material: Material, subjects: Tensor, donors: Tensor, rng: torch.Generator) -> Tensor:
    """Objects on other pictures' backgrounds, (B, 3, H, W) float32 0..255.

    Args:
        material: all pictures.
        subjects, donors: (B,) int64 positions.
        rng: unused draws are none; kept so that every maker of batches looks alike.
    """
    del rng
    alpha = material.masks[subjects][:, None].float()
    alpha = F.avg_pool2d(alpha, 3, stride=1, padding=1, count_include_pad=False)
    return torch.lerp(material.emptied[donors].float(), material.images[subjects].float(), alpha)


def draw_subjects(material: Material, count: int, rng: torch.Generator) -> Tensor:
    """Swappable pictures, every class equally often."""
    present = torch.unique(material.labels[material.swappable])
    chosen = present[torch.randint(len(present), (count,), generator=rng)]
    return torch.stack([_one_of(material, int(label), rng) for label in chosen])


def draw_donors(material: Material, count: int, rng: torch.Generator) -> Tensor:
    """Backgrounds, every class equally often, whatever the object's label is."""
    return draw_subjects(material, count, rng)


def draw_within(material: Material, subjects: Tensor, rng: torch.Generator) -> Tensor:
    """Backgrounds of the subjects' own classes, which break no cue."""
    return torch.stack([_one_of(material, int(label), rng) for label in material.labels[subjects]])


def moved_patches(
    images: Tensor, masks: Tensor, others: Tensor, other_masks: Tensor, rng: torch.Generator
) -> Tensor:
    """Pictures with a square from across another object's outline laid across their own.

    Args:
        images, others: (B, 3, H, W) float32.
        masks, other_masks: (B, H, W) bool.
        rng: of places and sizes.
    """
    changed = images.clone()
    side = min(images.shape[2:])
    for i in range(len(images)):
        share = PATCH[0] + (PATCH[1] - PATCH[0]) * float(torch.rand((), generator=rng))
        size = max(3, round(share * side))
        here, there = (_edge_place(m[i], size, rng) for m in (masks, other_masks))
        if here is None or there is None:
            continue
        (y, x), (v, u) = here, there
        changed[i, :, y : y + size, x : x + size] = others[i, :, v : v + size, u : u + size]
    return changed


def varied(images: Tensor, rng: torch.Generator, *, strong: bool) -> Tensor:
    """Pictures mirrored, shifted and scaled a little; with `strong` also tinted, exposed, blurred
    and shaded at random, so that no property of the whole picture tells a label. 0..255."""
    count = len(images)

    def uniform(low: float, high: float, *shape: int) -> Tensor:
        return low + (high - low) * torch.rand(count, *shape, generator=rng)

    grid = torch.zeros(count, 2, 3)
    scale = uniform(0.9, 1.15)
    mirror = torch.where(torch.rand(count, generator=rng) < 0.5, 1.0, -1.0)
    grid[:, 0, 0], grid[:, 1, 1] = mirror * scale, scale
    grid[:, :, 2] = uniform(-0.08, 0.08, 2)
    places = F.affine_grid(grid, list(images.shape), align_corners=False)
    moved = F.grid_sample(images, places, padding_mode="reflection", align_corners=False)
    spread = 0.35 if strong else 0.08
    tint = uniform(1 - spread, 1 + spread, 3, 1, 1)
    gain = uniform(1 - spread, 1 + 1.4 * spread, 1, 1, 1)
    moved = moved * tint * gain
    if strong:
        moved = _softened(moved, rng)
        moved = moved * _shade(moved.shape[2:], uniform(0.0, 0.8, 1, 1, 1))
    return moved.clamp(0, 255)


def _softened(images: Tensor, rng: torch.Generator) -> Tensor:
    """Some pictures blurred, some reduced and enlarged again: softness and block noise vary."""
    kind = torch.rand(len(images), generator=rng)
    soft = F.avg_pool2d(images, 3, stride=1, padding=1, count_include_pad=False)
    small = F.avg_pool2d(images, 2)
    coarse = F.interpolate(small, size=images.shape[2:], mode="nearest")
    pick = kind[:, None, None, None]
    return torch.where(pick < 0.25, soft, torch.where(pick < 0.4, coarse, images))


def _shade(size: torch.Size, strength: Tensor) -> Tensor:
    """(B, 1, H, W) darker corners."""
    y, x = (torch.linspace(-1, 1, int(n)) for n in size)
    radius = torch.hypot(y[:, None], x[None, :]) / 2**0.5
    return 1 - strength * (radius - 0.45).clamp(min=0) / 0.55


def _one_of(material: Material, label: int, rng: torch.Generator) -> Tensor:
    own = (material.swappable & (material.labels == label)).nonzero()[:, 0]
    return own[torch.randint(len(own), (), generator=rng)]


def _edge_place(mask: Tensor, size: int, rng: torch.Generator) -> tuple[int, int] | None:
    """Top and left of a square around a random point of the outline, inside the picture."""
    inner = -F.max_pool2d(-mask[None, None].float(), 3, stride=1, padding=1)[0, 0] > 0
    edge = (mask & ~inner).nonzero()
    if not len(edge):
        return None
    y, x = edge[int(torch.randint(len(edge), (), generator=rng))].tolist()
    height, width = mask.shape
    return (
        min(max(0, y - size // 2), height - size),
        min(max(0, x - size // 2), width - size),
    )
