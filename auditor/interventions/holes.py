"""Where an object is taken out, and where an equal hole fits into the background."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from scipy import ndimage
from torch import Tensor
from torch.nn import functional as F

from auditor.tensors.batch import Batch

DILATION = 0.04
"""How far a hole reaches beyond the mask, as a share of the shorter side: outlines, halos, and thin
parts that a mask misses, which would else go with the background to another class's object. Twice
as far takes away cues beside the object: on the field worlds effects fell by a quarter."""
LEAST_BACKGROUND = 0.05
"""An image with less than this share to fill from has no object-free version."""
SEARCH_SIDE = 56
"""Shifts are searched on a grid of at most this many cells a side."""


@dataclass(frozen=True)
class ObjectMasks:
    """The holes of N images, on one device.

    Attributes:
        masks: (N, H, W) bool, the object.
        holes: (N, H, W) bool, the object dilated.
        sources: (N, H, W) bool, background that a hole may be filled from: neither in the hole
            nor ignored.
        controls: (N, H, W) bool, a hole of the same size in the background, clear of the hole:
            the hole itself shifted within the frame or, where it fits nowhere, shifted around
            the frame's edges; all False where neither fits.
        usable: (N,) bool, there is an object and enough background.
        has_control: (N,) bool.
    """

    masks: Tensor
    holes: Tensor
    sources: Tensor
    controls: Tensor
    usable: Tensor
    has_control: Tensor


def find_objects(subjects: Batch, *, batch_size: int = 32) -> ObjectMasks:
    """The holes of every subject; the choice is made image by image and draws nothing."""
    parts = [
        _cut(subjects.masks[i : i + batch_size], subjects.ignored[i : i + batch_size])
        for i in range(0, len(subjects), batch_size)
    ]
    return ObjectMasks(*(torch.cat(column) for column in zip(*parts, strict=True)))


def _cut(masks: Tensor, ignored: Tensor) -> tuple[Tensor, ...]:
    objects = masks & ~ignored
    holes = dilate(objects)
    sources = ~holes & ~ignored
    usable = objects.flatten(1).any(dim=1) & (area_share(sources) >= LEAST_BACKGROUND)
    within = moved(holes, best_shift(holes, sources))
    around = moved(holes, best_shift(holes, sources, around=True), around=True)
    fits = [_equal_hole(control, holes, sources) & usable for control in (within, around)]
    controls = torch.where(fits[0][:, None, None], within, around)
    has_control = fits[0] | fits[1]
    controls &= has_control[:, None, None]
    return objects, holes, sources, controls, usable, has_control


def _equal_hole(controls: Tensor, holes: Tensor, sources: Tensor) -> Tensor:
    """(N,) bool: as many pixels as the hole, all of them on background."""
    whole = controls.flatten(1).sum(dim=1) == holes.flatten(1).sum(dim=1)
    return whole & ~(controls & ~sources).flatten(1).any(dim=1)


def dilate(masks: Tensor) -> Tensor:
    """(N, H, W) bool masks grown by a square that reaches `DILATION` to every side."""
    return grown(masks, dilation_reach(masks.shape[1:]))


def grown(masks: Tensor, reach: int) -> Tensor:
    """(N, H, W) bool masks grown by a square that reaches so many pixels to every side."""
    wide = F.max_pool2d(masks[:, None].float(), (2 * reach + 1, 1), stride=1, padding=(reach, 0))
    wide = F.max_pool2d(wide, (1, 2 * reach + 1), stride=1, padding=(0, reach))
    return wide[:, 0] > 0


def solid(masks: Tensor) -> Tensor:
    """(N, H, W) bool masks and what they enclose (the gap of a ring): background from which no path
    of horizontal and vertical steps leads to the frame's edge without crossing the object."""
    filled = [ndimage.binary_fill_holes(mask) for mask in masks.cpu().numpy()]
    return torch.from_numpy(np.stack(filled)).to(masks.device) if filled else masks


def dilation_reach(size: torch.Size) -> int:
    """Pixels by which the hole in an image of (H, W) reaches beyond its mask; at least one."""
    return max(1, round(DILATION * min(size)))


def area_share(pixels: Tensor) -> Tensor:
    """(N,) float32: share of the frame that is True."""
    return pixels.flatten(1).float().mean(dim=1)


def best_shift(holes: Tensor, sources: Tensor, *, around: bool = False) -> Tensor:
    """For each image the shift that moves its hole best onto pixels to fill from.

    Every shift of a coarse grid is tried at once by cross-correlation. Among the equally good the
    shortest is taken, then the upper, then the left one, so that nothing is left to chance.

    Args:
        holes, sources: (N, H, W) bool.
        around: what leaves the frame comes in again on the other side, instead of being lost.

    Returns:
        (N, 2) int64 rows and columns.
    """
    step = -(-max(holes.shape[1:]) // SEARCH_SIDE)
    hole = _any_in_cell(holes, step, beyond=False).float()
    source = (~_any_in_cell(~sources, step, beyond=True)).float()
    rows, columns = hole.shape[1:]
    size = (rows, columns) if around else (2 * rows, 2 * columns)
    spectrum = torch.fft.rfft2(hole, s=size).conj() * torch.fft.rfft2(source, s=size)
    covered = torch.fft.irfft2(spectrum, s=size).round().long().flatten(1)
    shifts, rank = _shifts(size, holes.device)
    best = (covered * len(shifts) - rank).argmax(dim=1)
    return shifts[best] * step


def moved(pixels: Tensor, shift: Tensor, *, around: bool = False) -> Tensor:
    """(N, H, W) bool pixels moved by (N, 2) rows and columns, as `best_shift` means it."""
    index, inside = shifted_index(pixels.shape[1:], -shift)
    found = pixels.flatten(1).gather(1, index)
    return (found if around else found & inside).view_as(pixels)


def shifted_index(size: torch.Size, shift: Tensor) -> tuple[Tensor, Tensor]:
    """Where every pixel finds its source `shift` away.

    Returns:
        (N, H*W) int64 flat positions, around the frame's edges, and (N, H*W) bool: the source
        lies inside the frame without going around.
    """
    height, width = size
    rows = torch.arange(height, device=shift.device)[None] + shift[:, :1]
    columns = torch.arange(width, device=shift.device)[None] + shift[:, 1:]
    inside = ((rows >= 0) & (rows < height))[:, :, None] & ((columns >= 0) & (columns < width))[
        :, None
    ]
    flat = (rows % height)[:, :, None] * width + (columns % width)[:, None]
    return flat.flatten(1), inside.flatten(1)


def _any_in_cell(pixels: Tensor, step: int, *, beyond: bool) -> Tensor:
    """Max over step x step cells; pixels beyond the frame count as `beyond`."""
    height, width = pixels.shape[1:]
    padding = (0, -width % step, 0, -height % step)
    padded = F.pad(pixels.float(), padding, value=float(beyond))
    return F.max_pool2d(padded[:, None], step)[:, 0] > 0


def _shifts(size: tuple[int, int], device: torch.device) -> tuple[Tensor, Tensor]:
    """Every shift in the order of the correlation, and its place by length, row and column."""
    down, right = (torch.arange(side, device=device) for side in size)
    down, right = ((axis + len(axis) // 2) % len(axis) - len(axis) // 2 for axis in (down, right))
    shifts = torch.cartesian_prod(down, right)
    length = (shifts**2).sum(dim=1)
    span = 2 * max(size) + 1
    order = ((length * span + shifts[:, 0]) * span + shifts[:, 1]).argsort()
    rank = torch.empty_like(order)
    rank[order] = torch.arange(len(order), device=device)
    return shifts, rank
