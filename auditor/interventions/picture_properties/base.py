"""What the computation of a property is: one `PictureProperty` per file beside this one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from auditor.domain.preprocess import Preprocess
from auditor.interventions.fills import to_uint8
from auditor.interventions.properties import Appearance

MOST_GAIN = 4.0
"""Brightness and contrast are made at most this much stronger or weaker."""


@dataclass(frozen=True)
class MeasuredPictures:
    """N pictures and what their properties are measured from.

    Attributes:
        images: (N, 3, H, W) uint8.
        bright: (N, H, W) float32 brightness, 0..255.
        background: (N, H, W) float32 weight of each pixel: 1 on the background, 0 on the object;
            1 everywhere where there is no object.
        sizes: (N, 2) height and width of the upright files.
        appearance: their global properties, measured for other trials already.
        qualities: (N,) JPEG quality that shows in the file; 0 where none does.
    """

    images: Tensor
    bright: Tensor
    background: Tensor
    sizes: Tensor
    appearance: Appearance
    qualities: Tensor


@dataclass(frozen=True)
class PropertySwap:
    """B pictures and the pictures whose property they are given.

    Attributes:
        images, givers: (B, 3, H, W) uint8.
        own, given: (B, ...) the property of the pictures and of their givers, as measured.
        noise: (H, W) standard normal.
        case_ids: of the pictures.
        file_view: the input view of a case's file compressed at a quality, (3, H, W) uint8; None
            where files are out of reach.
    """

    images: Tensor
    givers: Tensor
    own: Tensor
    given: Tensor
    noise: Tensor
    case_ids: tuple[str, ...] = ()
    file_view: Callable[[str, int], Tensor] | None = None


@dataclass(frozen=True)
class FileSwap:
    """A picture and its giver at the size of their files.

    Attributes:
        image, giver: (3, H, W) uint8, of any two sizes.
        mask, giver_mask: (H, W) bool.
    """

    image: Tensor
    mask: Tensor
    giver: Tensor
    giver_mask: Tensor


def always(_values: Tensor, _preprocess: Preprocess) -> bool:
    """Every picture has some of it."""
    return True


@dataclass(frozen=True, slots=True)
class PictureProperty:
    """The computation of one property; its name, meaning and advice stand in `domain.cues`.

    Attributes:
        measure: (N, ...) values of N pictures, on their device.
        give: (B, 3, H, W) uint8 pictures with the property of their givers; a picture whose giver
            has nothing to give is unchanged.
        offered: whether any of the pictures with these values has some to give.
        give_file: (3, H, W) uint8 image and (H, W) bool mask with the giver's property at the
            size of the file; None where `give` does at any size.
    """

    measure: Callable[[MeasuredPictures], Tensor]
    give: Callable[[PropertySwap], Tensor]
    offered: Callable[[Tensor, Preprocess], bool] = always
    give_file: Callable[[FileSwap], tuple[Tensor, Tensor]] | None = None


def moments(values: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    """(N,) weighted means and standard deviations of (N, H, W) values."""
    total = weight.sum(dim=(1, 2)).clamp(min=1.0)
    mean = (values * weight).sum(dim=(1, 2)) / total
    spread = ((values - mean[:, None, None]).square() * weight).sum(dim=(1, 2)) / total
    return mean, spread.sqrt()


def gain_between(own: Tensor, given: Tensor) -> Tensor:
    """(B, 1, 1, 1) factor from one brightness or spread to another, at most `MOST_GAIN`."""
    gain = given.clamp(min=1.0) / own.clamp(min=1.0)
    return gain.clamp(1 / MOST_GAIN, MOST_GAIN)[:, None, None, None]


def clamped(values: Tensor) -> Tensor:
    """As uint8, cut off at 0 and 255."""
    return to_uint8(values.clamp(0.0, 255.0))


def at_size_of(image: Tensor, giver: Tensor) -> Tensor:
    """(2, 3, H, W) uint8: a (3, H, W) picture, and another one resized to it."""
    resized = F.interpolate(
        giver[None].float(), size=image.shape[1:], mode="bilinear", antialias=True
    )
    return torch.stack([image, (resized[0] + 0.5).clamp(0, 255).to(torch.uint8)])


def as_planes(mask: Tensor) -> Tensor:
    """(1, 3, H, W) uint8, 255 on the mask: what moves an image moves its mask alike."""
    return mask[None, None].expand(1, 3, -1, -1).to(torch.uint8) * 255
