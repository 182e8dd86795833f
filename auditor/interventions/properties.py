"""Global properties of images: colour cast, sharpness, most salient background patch."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from auditor.interventions.appearance import frame_width, luma
from auditor.interventions.fills import mean_colour
from auditor.interventions.holes import ObjectMasks
from auditor.tensors.batch import Batch

PATCH = 0.30
"""Side of a salient patch, as a share of the shorter side of the image."""
SEARCH_SIDE = 56
"""Patches are searched on a grid of at most this many cells a side."""
BANDS = 3
"""Sharpness is measured in details of about 1, 2 and 4 pixels."""


@dataclass(frozen=True)
class Places:
    """The most salient patch of every image that shows no object, and its mirror image.

    Attributes:
        salient: (N, 2) int64, top and left.
        mirrored: (N, 2) int64, the same patch mirrored at one or both middle lines; in an image
            without a mask whose mirrored patches overlap it, the corner that the map sees least of.
        found: (N,) bool, the map has a salient patch.
        has_mirror: (N,) bool, the mirrored patch lies apart from it.
        side: pixels.
    """

    salient: Tensor
    mirrored: Tensor
    found: Tensor
    has_mirror: Tensor
    side: int


@dataclass(frozen=True)
class Appearance:
    """Appearance (global properties) of N images.

    Attributes:
        colour_casts: (N, 3) float32 colour of the background, 0..255.
        object_colours: (N, 3) float32 colour of the object; grey where there is none.
        sharpness: (N, BANDS) float32 energy of the background's details, finest first.
        places: salient patches.
    """

    colour_casts: Tensor
    object_colours: Tensor
    sharpness: Tensor
    places: Places


def measure_appearance(
    subjects: Batch, object_masks: ObjectMasks, places: Places, *, batch_size: int
) -> Appearance:
    """Appearance of every subject, measured on its background; without a mask the colour cast is
    that of the outer frame and the sharpness that of the whole image."""
    parts = [slice(i, i + batch_size) for i in range(0, len(subjects), batch_size)]
    sources = object_masks.sources
    return Appearance(
        torch.cat(
            [_colour_casts(subjects.images[p], sources[p], subjects.has_mask[p]) for p in parts]
        ),
        torch.cat([mean_colour(subjects.images[p], object_masks.masks[p]) for p in parts]),
        torch.cat([_sharpness(subjects.images[p], sources[p]) for p in parts]),
        places,
    )


def find_places(object_masks: ObjectMasks, maps: Tensor | None) -> Places:
    """Where each saliency map sees most of the background at once.

    Args:
        object_masks: of N images.
        maps: (N, h, w) float32 on any device, or None where no map is known.
    """
    count, height, width = object_masks.masks.shape
    device = object_masks.masks.device
    side = max(1, round(PATCH * min(height, width)))
    if maps is None:
        nowhere = torch.zeros(count, 2, dtype=torch.long, device=device)
        never = torch.zeros(count, dtype=torch.bool, device=device)
        return Places(nowhere, nowhere, never, never, side)
    step = -(-max(height, width) // SEARCH_SIDE)
    object_ = F.avg_pool2d(object_masks.holes[:, None].float(), step, ceil_mode=True)
    relevance = F.interpolate(maps[:, None].to(device), size=object_.shape[2:], mode="bilinear")
    window = max(1, min(side // step, *object_.shape[2:]))
    seen = F.avg_pool2d(relevance * (1 - object_), window, stride=1)[:, 0]
    salient = _cells(seen.flatten(1).argmax(dim=1), seen.shape[2]) * step
    room = torch.tensor([height - side, width - side], device=device)
    salient = salient.minimum(room)
    covered = F.avg_pool2d(object_, window, stride=1)[:, 0]
    mirrored, apart = _mirrored(salient, room, side, covered, step)
    cornered, clear = _least(salient, _corners(salient, room), side, seen, step)
    bare = ~object_masks.masks.flatten(1).any(dim=1) & ~apart
    mirrored = torch.where((bare & clear)[:, None], cornered, mirrored)
    apart |= bare & clear
    return Places(salient, mirrored, seen.flatten(1).amax(dim=1) > 0, apart, side)


def boxes(corners: Tensor, side: int, size: torch.Size) -> Tensor:
    """(N, 2) tops and lefts as (N, H, W) bool squares."""
    rows = torch.arange(size[0], device=corners.device)[None] - corners[:, :1]
    columns = torch.arange(size[1], device=corners.device)[None] - corners[:, 1:]
    down, right = ((axis >= 0) & (axis < side) for axis in (rows, columns))
    return down[:, :, None] & right[:, None]


def frame(size: torch.Size, device: torch.device) -> Tensor:
    """(H, W) bool, the outer frame."""
    width = frame_width(size)
    ring = torch.ones(*size, dtype=torch.bool, device=device)
    ring[width:-width, width:-width] = False
    return ring


def pyramid(images: Tensor) -> tuple[list[Tensor], Tensor]:
    """Details of (N, C, H, W) float images, finest first, and what is left (Burt, Adelson 1983).

    `rebuilt` makes the same image from them.
    """
    bands = []
    for _ in range(BANDS):
        coarse = F.avg_pool2d(images, 2, ceil_mode=True, count_include_pad=False)
        bands.append(images - F.interpolate(coarse, size=images.shape[2:], mode="bilinear"))
        images = coarse
    return bands, images


def rebuilt(bands: list[Tensor], rest: Tensor) -> Tensor:
    """The image of a pyramid."""
    for band in reversed(bands):
        rest = F.interpolate(rest, size=band.shape[2:], mode="bilinear") + band
    return rest


def _colour_casts(images: Tensor, sources: Tensor, has_mask: Tensor) -> Tensor:
    ring = frame(images.shape[2:], images.device)
    # The median of the frame: an object that reaches into it does not count as the colour cast.
    edge = images[:, :, ring].float().median(dim=2).values
    return torch.where(has_mask[:, None], mean_colour(images, sources), edge)


def _sharpness(images: Tensor, sources: Tensor) -> Tensor:
    weight = sources[:, None].float()
    energies = []
    for band in pyramid(luma(images))[0]:
        known = weight.sum(dim=(1, 2, 3)).clamp(min=1e-6)
        energies.append((band.square() * weight).sum(dim=(1, 2, 3)) / known)
        weight = F.avg_pool2d(weight, 2, ceil_mode=True, count_include_pad=False)
    return torch.stack(energies, dim=1)


def _mirrored(
    salient: Tensor, room: Tensor, side: int, covered: Tensor, step: int
) -> tuple[Tensor, Tensor]:
    """The mirror place that lies apart and shows least of the object."""
    opposite = room - salient
    candidates = torch.stack(
        [
            torch.stack([salient[:, 0], opposite[:, 1]], dim=1),
            torch.stack([opposite[:, 0], salient[:, 1]], dim=1),
            opposite,
        ],
        dim=1,
    )
    return _least(salient, candidates, side, covered, step)


def _corners(salient: Tensor, room: Tensor) -> Tensor:
    """(N, 4, 2) patches in the corners of the picture."""
    ends = torch.stack([torch.zeros_like(room), room])
    corners = torch.cartesian_prod(ends[:, 0], ends[:, 1])
    return corners[None].expand(len(salient), -1, -1)


def _least(
    salient: Tensor, candidates: Tensor, side: int, covered: Tensor, step: int
) -> tuple[Tensor, Tensor]:
    """Of the (N, K, 2) candidates that lie apart from the patch the one with the least cover, and
    whether there is one."""
    distance = (candidates - salient[:, None]).abs().amax(dim=2)
    rows, columns = covered.shape[1:]
    cells = candidates // step
    index = cells[..., 0].clamp(max=rows - 1) * columns + cells[..., 1].clamp(max=columns - 1)
    shown = covered.flatten(1).gather(1, index)
    cost = torch.where(distance >= side, shown, torch.inf)
    best = cost.argmin(dim=1)
    chosen = candidates[torch.arange(len(salient), device=salient.device), best]
    return chosen, cost.amin(dim=1).isfinite()


def _cells(flat: Tensor, columns: int) -> Tensor:
    return torch.stack([flat // columns, flat % columns], dim=1)
