"""What is put into a hole. No pixel of the hole ever contributes to what fills it."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from auditor.domain.interventions import Fill
from auditor.interventions.holes import best_shift, dilation_reach, shifted_index

GREY = 127.5
"""Mid-grey of 0..255."""
STRONG, WEAK = 190.0, 80.0
"""Channels of a flat colour that is clearly one hue and neither bright nor dark."""
COLOURS: dict[Fill, tuple[float, float, float]] = {
    Fill.GREY: (GREY, GREY, GREY),
    Fill.RED: (STRONG, WEAK, WEAK),
    Fill.YELLOW: (STRONG, STRONG, WEAK),
    Fill.GREEN: (WEAK, STRONG, WEAK),
    Fill.CYAN: (WEAK, STRONG, STRONG),
    Fill.BLUE: (WEAK, WEAK, STRONG),
    Fill.MAGENTA: (STRONG, WEAK, STRONG),
}
"""Red, green and blue of the flat fills, 0..255."""
FINEST_CELLS = 56
"""The blur keeps no detail finer than the side over this."""


def fill_holes(images: Tensor, holes: Tensor, sources: Tensor, fill: Fill) -> Tensor:
    """Images with their holes filled from their own background.

    Args:
        images: (N, 3, H, W) uint8.
        holes: (N, H, W) bool, pixels to replace.
        sources: (N, H, W) bool, pixels to fill from; none of them in a hole.
        fill: blur (the surroundings, heavily blurred) or patches (background from elsewhere in
            the same image, blur where there is none to be had).

    Returns:
        (N, 3, H, W) uint8, unchanged outside the holes. Grey where an image has no source.
    """
    filled = _surroundings(images, sources)
    if fill is Fill.PATCHES:
        patch, found = _shifted(images, sources, best_shift(holes, sources))
        filled = to_uint8(torch.lerp(filled.float(), patch.float(), _feathered(found & holes)))
    return torch.where(holes[:, None], filled, images)


def flat(colours: Tensor, size: torch.Size) -> Tensor:
    """(N, 3) colours in 0..255 as (N, 3, H, W) uint8 images."""
    return to_uint8(colours)[:, :, None, None].expand(-1, -1, *size)


def mean_colour(images: Tensor, pixels: Tensor) -> Tensor:
    """(N, 3) float32 mean of the (N, H, W) bool pixels; grey where there are none."""
    chosen = pixels.flatten(1).float()
    summed = (images.flatten(2).float() @ chosen[:, :, None])[:, :, 0]
    count = chosen.sum(dim=1, keepdim=True)
    return torch.where(count > 0, summed / count, GREY)


def _surroundings(images: Tensor, sources: Tensor) -> Tensor:
    """(N, 3, H, W) uint8: the sources blurred and carried on over everything else.

    Push-pull (Gortler et al., The Lumigraph, 1996): sums and weights go up a pyramid until they
    are known everywhere, and come down again where the finer level knows less.
    """
    weight = sources[:, None].float()
    level = torch.cat([images * weight, weight], dim=1)
    level = F.avg_pool2d(level, _finest_step(images.shape[2:]), ceil_mode=True)
    pyramid = [level]
    while max(level.shape[2:]) > 1:
        level = F.avg_pool2d(level, 2, ceil_mode=True)
        pyramid.append(level)
    filled = torch.where(level[:, 3:] > 0, level[:, :3] / level[:, 3:], GREY)
    for level in reversed(pyramid):
        filled = F.interpolate(filled, size=level.shape[2:], mode="bilinear")
        summed, weight = level[:, :3], level[:, 3:]
        filled = summed + (1 - weight) * filled
    return to_uint8(F.interpolate(filled, size=images.shape[2:], mode="bilinear"))


def _shifted(images: Tensor, sources: Tensor, shift: Tensor) -> tuple[Tensor, Tensor]:
    """What lies `shift` away from every pixel, and whether it is a source."""
    index, inside = shifted_index(images.shape[2:], shift)
    taken = images.flatten(2).gather(2, index[:, None].expand(-1, 3, -1))
    found = sources.flatten(1).gather(1, index) & inside
    return taken.view_as(images), found.view_as(sources)


def _feathered(pixels: Tensor) -> Tensor:
    """(N, 1, H, W) weight 0..1 that rises from the border of the pixels inwards.

    Without it the patch's sharp edge would draw the outline of what was taken out.
    """
    step = _finest_step(pixels.shape[1:])
    reach = max(1, round(dilation_reach(pixels.shape[1:]) / step))
    known = pixels[:, None].float()
    soft = F.avg_pool2d(known, step, ceil_mode=True)
    soft = F.avg_pool2d(soft, 2 * reach + 1, stride=1, padding=reach, count_include_pad=False)
    soft = (2 * soft - 1).clamp(min=0)
    return F.interpolate(soft, size=pixels.shape[1:], mode="bilinear").mul_(known)


def _finest_step(size: torch.Size) -> int:
    return -(-max(size) // FINEST_CELLS)


def to_uint8(values: Tensor) -> Tensor:
    """Rounded; every value is a weighted mean of values in 0..255."""
    return (values + 0.5).to(torch.uint8)
