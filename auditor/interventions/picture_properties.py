"""Properties of whole pictures: measured on each, and given from one to another.

Exposure, contrast, tint and vignette can be given in either direction. Sharpness, noise and
compression only add up: what a soft, a clean or a finely compressed picture gives changes nothing.
So does resolution; an aspect ratio is given by stretching about the middle.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

import torch
from torch import Tensor
from torch.nn import functional as F

from auditor.domain.places import PropertyKind
from auditor.interventions.appearance import luma
from auditor.interventions.bars import find_bars, with_bars
from auditor.interventions.file_shapes import coarsened, of_files, stretched
from auditor.interventions.fills import to_uint8
from auditor.interventions.holes import ObjectMasks
from auditor.interventions.properties import Appearance
from auditor.interventions.transplants import softened, tinted

MOST_GAIN = 4.0
"""Brightness and contrast are made at most this much stronger or weaker."""
OFFSET = 8.0
"""Added to brightness before its logarithm, so that black counts finitely."""
IMMERKAER = ((1.0, -2.0, 1.0), (-2.0, 4.0, -2.0), (1.0, -2.0, 1.0))
"""Difference of two Laplacians, blind to edges (Immerkaer 1996, "Fast noise variance
estimation")."""


@dataclass(frozen=True)
class PictureProperties:
    """Properties of N pictures, of their background where there is an object.

    Attributes:
        exposure, contrast: (N,) mean and standard deviation of the brightness, 0..255.
        vignette: (N,) slope of the logarithm of brightness over the squared distance from the
            middle, which is 1 at a corner; negative where the picture falls off.
        noise: (N,) standard deviation of the noise, 0..255.
        bars: (N, 4) depths of the padding bars.
        resolution: (N,) pixels of the file along a side of the input, over the input's; 1 where it
            has as many or more.
        aspect: (N,) width over height of the file, over that of the input.
    """

    exposure: Tensor
    contrast: Tensor
    vignette: Tensor
    noise: Tensor
    bars: Tensor
    resolution: Tensor
    aspect: Tensor


def measure(images: Tensor, object_masks: ObjectMasks, sizes: Tensor) -> PictureProperties:
    """Properties of (N, 3, H, W) uint8 pictures of (N, 2) upright files, height and width."""
    bright = luma(images)[:, 0]
    weight = torch.where(object_masks.usable[:, None, None], object_masks.sources, True).float()
    exposure, contrast = _moments(bright, weight)
    distance = squared_distance(images)
    logs = (bright + OFFSET).log()
    kernel = torch.tensor(IMMERKAER, device=images.device)[None, None]
    rough = F.conv2d(bright[:, None], kernel)[:, 0].abs() / 6.0
    inner = weight[:, 1:-1, 1:-1]
    # A median: texture is rough at some places, noise everywhere.
    known = torch.where(inner > 0, rough, torch.nan).flatten(1)
    noise = known.nanmedian(dim=1).values / 0.6745
    return PictureProperties(
        exposure,
        contrast,
        _slope(distance.expand_as(logs), logs, weight),
        noise.nan_to_num(0.0),
        find_bars(images).depths,
        *of_files(sizes.to(images.device), images.shape[2:]),
    )


def give(  # noqa: PLR0911, one return for each property
    kind: PropertyKind,
    images: Tensor,
    found: PictureProperties,
    appearance: Appearance,
    *,
    subjects: Tensor,
    donors: Tensor,
    noise: Tensor,
) -> Tensor:
    """Pictures with one property of their donors.

    Args:
        kind: any but compression, which belongs to the file (`auditor.interventions.compression`).
        images: (N, 3, H, W) uint8 of all pictures.
        found, appearance: of all pictures.
        subjects, donors: (B,) positions.
        noise: (H, W) standard normal.

    Returns:
        (B, 3, H, W) uint8.
    """
    own = images[subjects]
    values = own.float()
    match kind:
        case PropertyKind.EXPOSURE:
            gain = _gain(found.exposure, subjects, donors)
            return _clamped(values * gain[:, None, None, None])
        case PropertyKind.CONTRAST:
            gain = _gain(found.contrast, subjects, donors)[:, None, None, None]
            middle = found.exposure[subjects][:, None, None, None]
            return _clamped((values - middle) * gain + middle)
        case PropertyKind.TINT:
            return tinted(own, appearance.colour_casts[subjects], appearance.colour_casts[donors])
        case PropertyKind.VIGNETTE:
            slope = found.vignette[donors] - found.vignette[subjects]
            distance = squared_distance(images)
            # Middles stay as they are: a lens takes light from the edge, it adds none.
            gain = (slope[:, None, None] * distance).exp()
            return _clamped(values * gain[:, None].clamp(1 / MOST_GAIN, MOST_GAIN))
        case PropertyKind.SHARPNESS:
            return softened(own, appearance.sharpness[subjects], appearance.sharpness[donors])
        case PropertyKind.NOISE:
            missing = found.noise[donors].square() - found.noise[subjects].square()
            added = missing.clamp(min=0.0).sqrt()[:, None, None, None]
            return torch.where(added > 0, _clamped(values + added * noise), own)
        case PropertyKind.BARS:
            return with_bars(own, found.bars[subjects], images[donors], found.bars[donors])
        case PropertyKind.RESOLUTION:
            return coarsened(own, found.resolution[subjects], found.resolution[donors])
        case PropertyKind.ASPECT:
            return stretched(own, found.aspect[donors] / found.aspect[subjects])
        case PropertyKind.COMPRESSION:
            raise ValueError("compression is given to files, not to pictures of the input's size")
        case _:
            assert_never(kind)


def squared_distance(images: Tensor) -> Tensor:
    """(H, W) float32 squared distance from the middle, 1 at the corners."""
    height, width = images.shape[2:]
    down, across = (
        ((torch.arange(side, device=images.device) + 0.5) / side - 0.5) for side in (height, width)
    )
    return (down[:, None].square() + across[None].square()) / 0.5


def _moments(values: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    total = weight.sum(dim=(1, 2)).clamp(min=1.0)
    mean = (values * weight).sum(dim=(1, 2)) / total
    spread = ((values - mean[:, None, None]).square() * weight).sum(dim=(1, 2)) / total
    return mean, spread.sqrt()


def _slope(x: Tensor, y: Tensor, weight: Tensor) -> Tensor:
    """(N,) weighted least squares."""
    total = weight.sum(dim=(1, 2)).clamp(min=1.0)
    middle_x, middle_y = ((v * weight).sum(dim=(1, 2)) / total for v in (x, y))
    dx, dy = x - middle_x[:, None, None], y - middle_y[:, None, None]
    varies = (dx.square() * weight).sum(dim=(1, 2)).clamp(min=1e-6)
    return (dx * dy * weight).sum(dim=(1, 2)) / varies


def _gain(values: Tensor, subjects: Tensor, donors: Tensor) -> Tensor:
    gain = values[donors].clamp(min=1.0) / values[subjects].clamp(min=1.0)
    return gain.clamp(1 / MOST_GAIN, MOST_GAIN)


def _clamped(values: Tensor) -> Tensor:
    return to_uint8(values.clamp(0.0, 255.0))
