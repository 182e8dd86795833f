"""Where an object is taken out, and where an equal hole fits into the background."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from auditor.tensors.batch import Batch

DILATION = 0.04
"""How far a hole reaches beyond the mask, as a share of the shorter side: outlines, halos."""
LEAST_BACKGROUND = 0.05
"""An image with less than this share to fill from has no object-free version."""
SEARCH_SIDE = 56
"""Shifts are searched on a grid of at most this many cells a side."""


@dataclass(frozen=True)
class Cuts:
    """The holes of N images, on one device.

    Attributes:
        masks: (N, H, W) bool, the object.
        holes: (N, H, W) bool, the object dilated.
        sources: (N, H, W) bool, background that a hole may be filled from: neither in the hole
            nor ignored.
        controls: (N, H, W) bool, the hole shifted onto the background: inside the frame and clear
            of the hole; all False where none fits.
        usable: (N,) bool, there is an object and enough background.
        has_control: (N,) bool.
    """

    masks: Tensor
    holes: Tensor
    sources: Tensor
    controls: Tensor
    usable: Tensor
    has_control: Tensor


def cut(subjects: Batch, *, batch_size: int = 32) -> Cuts:
    """The holes of every subject; the choice is made image by image and draws nothing."""
    parts = [
        _cut(subjects.masks[i : i + batch_size], subjects.ignored[i : i + batch_size])
        for i in range(0, len(subjects), batch_size)
    ]
    return Cuts(*(torch.cat(column) for column in zip(*parts, strict=True)))


def _cut(masks: Tensor, ignored: Tensor) -> tuple[Tensor, ...]:
    objects = masks & ~ignored
    holes = dilate(objects)
    sources = ~holes & ~ignored
    usable = objects.flatten(1).any(dim=1) & (share(sources) >= LEAST_BACKGROUND)
    shift, covered = best_shift(holes, sources)
    has_control = usable & covered
    controls = moved(holes, shift) & has_control[:, None, None]
    return objects, holes, sources, controls, usable, has_control


def dilate(masks: Tensor) -> Tensor:
    """(N, H, W) bool masks grown by a square that reaches `DILATION` to every side."""
    reach = dilation_reach(masks.shape[1:])
    grown = masks[:, None].float()
    grown = F.max_pool2d(grown, (2 * reach + 1, 1), stride=1, padding=(reach, 0))
    grown = F.max_pool2d(grown, (1, 2 * reach + 1), stride=1, padding=(0, reach))
    return grown[:, 0] > 0


def dilation_reach(size: torch.Size) -> int:
    """Pixels by which the hole in an image of (H, W) reaches beyond its mask; at least one."""
    return max(1, round(DILATION * min(size)))


def share(pixels: Tensor) -> Tensor:
    """(N,) float32: share of the frame that is True."""
    return pixels.flatten(1).float().mean(dim=1)


def best_shift(holes: Tensor, sources: Tensor) -> tuple[Tensor, Tensor]:
    """For each image the shift that moves its hole best onto pixels to fill from.

    Every shift of a coarse grid is tried at once by cross-correlation. Among the equally good the
    shortest is taken, then the upper, then the left one, so that nothing is left to chance.

    Args:
        holes, sources: (N, H, W) bool.

    Returns:
        (N, 2) int64 rows and columns, and (N,) bool: the shifted hole lies wholly inside the
        frame and on sources.
    """
    height, width = holes.shape[1:]
    step = -(-max(height, width) // SEARCH_SIDE)
    hole = _any_in_cell(holes, step, beyond=False)
    source = ~_any_in_cell(~sources, step, beyond=True)
    rows, columns = hole.shape[1:]
    size = (2 * rows, 2 * columns)
    spectrum = torch.fft.rfft2(hole.float(), s=size).conj() * torch.fft.rfft2(
        source.float(), s=size
    )
    covered = torch.fft.irfft2(spectrum, s=size).round().long().flatten(1)
    shifts, rank = _shifts(rows, columns, holes.device)
    best = (covered * len(shifts) - rank).argmax(dim=1)
    whole = covered.gather(1, best[:, None])[:, 0] == hole.flatten(1).sum(dim=1)
    return shifts[best] * step, whole


def moved(pixels: Tensor, shift: Tensor) -> Tensor:
    """(N, H, W) bool pixels moved by (N, 2) rows and columns; what leaves the frame is lost."""
    index, inside = shifted_index(pixels.shape[1:], -shift)
    return (pixels.flatten(1).gather(1, index) & inside).view_as(pixels)


def shifted_index(size: torch.Size, shift: Tensor) -> tuple[Tensor, Tensor]:
    """Where every pixel finds its source `shift` away.

    Returns:
        (N, H*W) int64 flat positions, clamped to the frame, and (N, H*W) bool inside the frame.
    """
    height, width = size
    rows = torch.arange(height, device=shift.device)[None] + shift[:, :1]
    columns = torch.arange(width, device=shift.device)[None] + shift[:, 1:]
    inside = ((rows >= 0) & (rows < height))[:, :, None] & ((columns >= 0) & (columns < width))[
        :, None
    ]
    flat = rows.clamp(0, height - 1)[:, :, None] * width + columns.clamp(0, width - 1)[:, None]
    return flat.flatten(1), inside.flatten(1)


def _any_in_cell(pixels: Tensor, step: int, *, beyond: bool) -> Tensor:
    """Max over step x step cells; pixels beyond the frame count as `beyond`."""
    height, width = pixels.shape[1:]
    padding = (0, -width % step, 0, -height % step)
    padded = F.pad(pixels.float(), padding, value=float(beyond))
    return F.max_pool2d(padded[:, None], step)[:, 0] > 0


def _shifts(rows: int, columns: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Every shift in the order of the correlation, and its place by length, row and column."""
    down = torch.fft.fftfreq(2 * rows, 1 / (2 * rows), device=device).round().long()
    right = torch.fft.fftfreq(2 * columns, 1 / (2 * columns), device=device).round().long()
    shifts = torch.cartesian_prod(down, right)
    length = (shifts**2).sum(dim=1)
    span = 4 * max(rows, columns) + 1
    order = ((length * span + shifts[:, 0]) * span + shifts[:, 1]).argsort()
    rank = torch.empty_like(order)
    rank[order] = torch.arange(len(order), device=device)
    return shifts, rank
