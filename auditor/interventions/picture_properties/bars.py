"""Padding bars (letterbox, pillarbox): plain bands along two opposite sides of a picture."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from auditor.domain.preprocess import Preprocess
from auditor.interventions.fills import to_uint8
from auditor.interventions.picture_properties.base import (
    FileSwap,
    MeasuredPictures,
    PictureProperty,
    PropertySwap,
    as_planes,
    at_size_of,
)

PLAIN = 8.0
"""Standard deviation along a row or column up to which it is plain, 0..255."""
ALIKE = 14.0
"""Difference of the means up to which two rows have the same colour, 0..255."""
THINNEST, DEEPEST = 0.03, 0.45
"""Depth of a bar, as a share of the picture's side."""


@dataclass(frozen=True)
class Bars:
    """Padding bars of N pictures: pixels at each side, 0 where there is none.

    Attributes:
        depths: (N, 4) int64: top, bottom, left, right.
    """

    depths: Tensor

    @property
    def found(self) -> Tensor:
        """(N,) bool."""
        return self.depths.sum(dim=1) > 0


def find_bars(images: Tensor) -> Bars:
    """The padding bars of (N, 3, H, W) uint8 pictures.

    Both bars of a pair are plain, of one colour, and at least `THINNEST` deep. A picture that is
    plain along all four sides (a frame, a studio's ground) has none.
    """
    values = images.float()
    top, bottom = _pair(values)
    left, right = _pair(values.transpose(2, 3))
    upright, sideways = torch.minimum(top, bottom) > 0, torch.minimum(left, right) > 0
    only_upright, only_sideways = upright & ~sideways, sideways & ~upright
    depths = torch.stack(
        [top * only_upright, bottom * only_upright, left * only_sideways, right * only_sideways],
        dim=1,
    )
    return Bars(depths)


def with_bars(images: Tensor, own: Tensor, givers: Tensor, given: Tensor) -> Tensor:
    """(B, 3, H, W) uint8 pictures in the bars of their givers, their own bars taken away.

    What lies between a picture's own bars is stretched to fit between the giver's, as it would be
    where the bars were cropped off or put on before the picture is resized.

    Args:
        images, givers: (B, 3, H, W) uint8.
        own, given: (B, 4) depths of their bars.
    """
    height, width = images.shape[2:]
    source, target = _window(own, height, width), _window(given, height, width)
    scale = (source[:, 1] - source[:, 0]) / (target[:, 1] - target[:, 0])
    rows = torch.arange(height, device=images.device) + 0.5
    columns = torch.arange(width, device=images.device) + 0.5
    y = source[:, 0, 0:1] + (rows[None] - target[:, 0, 0:1]) * scale[:, 0:1]
    x = source[:, 0, 1:2] + (columns[None] - target[:, 0, 1:2]) * scale[:, 1:2]
    y = y.clamp(min=source[:, 0, 0:1] + 0.5, max=source[:, 1, 0:1] - 0.5)
    x = x.clamp(min=source[:, 0, 1:2] + 0.5, max=source[:, 1, 1:2] - 0.5)
    grid = torch.stack(
        [
            (2 * x / width - 1)[:, None].expand(-1, height, -1),
            (2 * y / height - 1)[:, :, None].expand(-1, -1, width),
        ],
        dim=3,
    )
    moved = F.grid_sample(images.float(), grid, align_corners=False, padding_mode="border")
    in_bar = _in_bars(given, height, width)
    changed = torch.where(in_bar[:, None], givers, to_uint8(moved.clamp(0.0, 255.0)))
    bare = ((own.sum(dim=1) == 0) & (given.sum(dim=1) == 0))[:, None, None, None]
    return torch.where(bare, images, changed)


def _pair(values: Tensor) -> tuple[Tensor, Tensor]:
    """(N,) depths of the plain bands at top and bottom; 0 where they are no pair."""
    height = values.shape[2]
    spread = values.std(dim=3).amax(dim=1)
    means = values.mean(dim=3)
    plain = spread <= PLAIN

    def run(order: Tensor) -> Tensor:
        same = (means[:, :, order] - means[:, :, order[:1]]).abs().amax(dim=1) <= ALIKE
        return (plain[:, order] & same).long().cumprod(dim=1).sum(dim=1)

    rows = torch.arange(height, device=values.device)
    top, bottom = run(rows), run(rows.flip(0))
    alike = (means[:, :, 0] - means[:, :, -1]).abs().amax(dim=1) <= ALIKE
    least, most = max(1, round(THINNEST * height)), DEEPEST * height
    pair = (torch.minimum(top, bottom) >= least) & (torch.maximum(top, bottom) <= most) & alike
    return top * pair, bottom * pair


def _window(depths: Tensor, height: int, width: int) -> Tensor:
    """(B, 2, 2) float32: first row and column between the bars, and those after the last."""
    top, bottom, left, right = depths.unbind(1)
    return torch.stack(
        [torch.stack([top, left], dim=1), torch.stack([height - bottom, width - right], dim=1)],
        dim=1,
    ).float()


def _in_bars(depths: Tensor, height: int, width: int) -> Tensor:
    """(B, H, W) bool."""
    top, bottom, left, right = (depth[:, None] for depth in depths.unbind(1))
    rows = torch.arange(height, device=depths.device)[None]
    columns = torch.arange(width, device=depths.device)[None]
    down = (rows < top) | (rows >= height - bottom)
    across = (columns < left) | (columns >= width - right)
    return down[:, :, None] | across[:, None]


def _measure(pictures: MeasuredPictures) -> Tensor:
    return find_bars(pictures.images).depths


def _give(swap: PropertySwap) -> Tensor:
    return with_bars(swap.images, swap.own, swap.givers, swap.given)


def _offered(values: Tensor, _preprocess: Preprocess) -> bool:
    return bool(values.any())


def _give_file(swap: FileSwap) -> tuple[Tensor, Tensor]:
    """The mask moves with the bars."""
    images = at_size_of(swap.image, swap.giver)
    depths = find_bars(images).depths
    planes = as_planes(swap.mask)
    moved = with_bars(planes, depths[:1], torch.zeros_like(planes), depths[1:])
    changed = with_bars(images[:1], depths[:1], images[1:], depths[1:])
    return changed[0], moved[0, 0] > 127


PROPERTY = PictureProperty(_measure, _give, _offered, _give_file)
