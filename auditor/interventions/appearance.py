"""Changes of a whole image: cues that no place in the picture shows. docs/science.md section 3.

A change says only something beside the same change on other classes: what it does to all of them
is no cue.
"""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from auditor.domain.interventions import Intervention
from auditor.interventions.fills import to_uint8

BORDER = 0.10
"""Width of the outer frame, as a share of the shorter side; that of `border_mass`."""
BLUR_SIDE = 32
"""A blurred image keeps no detail finer than its longer side over this."""
JPEG_QUALITY = 12
LUMA = (0.299, 0.587, 0.114)
"""ITU-R BT.601."""


def change(images: Tensor, intervention: Intervention) -> Tensor:
    """Images changed as a whole.

    Args:
        images: (N, 3, H, W) uint8.
        intervention: one of `auditor.domain.interventions.APPEARANCES`.

    Returns:
        (N, 3, H, W) uint8.
    """
    return _CHANGES[intervention](images)


def frame_width(size: torch.Size) -> int:
    """Pixels of the outer frame of an image of (H, W); at least one."""
    return max(1, round(BORDER * min(size)))


def luma(images: Tensor) -> Tensor:
    """(N, 1, H, W) float32 brightness, 0..255."""
    weights = torch.tensor(LUMA, device=images.device).view(1, 3, 1, 1)
    return (images.float() * weights).sum(dim=1, keepdim=True)


def _greyscale(images: Tensor) -> Tensor:
    return to_uint8(luma(images).expand(-1, 3, -1, -1))


def _grey_world(images: Tensor) -> Tensor:
    """Channels scaled to the same mean; a black channel stays."""
    means = images.float().mean(dim=(2, 3), keepdim=True)
    gains = means.mean(dim=1, keepdim=True) / means.clamp(min=1.0)
    return to_uint8((images.float() * gains).clamp(max=255.0))


def _hue_turned(images: Tensor) -> Tensor:
    """Chroma mirrored about grey: the opposite hue at the same brightness."""
    bright = luma(images)
    return to_uint8((2 * bright - images.float()).clamp(0.0, 255.0))


def _blurred(images: Tensor) -> Tensor:
    step = -(-max(images.shape[2:]) // BLUR_SIDE)
    small = F.avg_pool2d(images.float(), step, ceil_mode=True)
    return to_uint8(F.interpolate(small, size=images.shape[2:], mode="bilinear"))


def _jpeg(images: Tensor) -> Tensor:
    pixels = images.permute(0, 2, 3, 1).cpu().numpy()
    changed = np.stack([_compressed(image) for image in pixels])
    return torch.from_numpy(changed).permute(0, 3, 1, 2).contiguous().to(images.device)


def _compressed(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=JPEG_QUALITY)
    with Image.open(file) as again:
        return np.asarray(again.convert("RGB"))


def _border_cropped(images: Tensor) -> Tensor:
    width = frame_width(images.shape[2:])
    inner = images[:, :, width:-width, width:-width].float()
    return to_uint8(F.interpolate(inner, size=images.shape[2:], mode="bilinear"))


_CHANGES: dict[Intervention, Callable[[Tensor], Tensor]] = {
    Intervention.GREYSCALE: _greyscale,
    Intervention.GREY_WORLD: _grey_world,
    Intervention.HUE_TURNED: _hue_turned,
    Intervention.BLURRED: _blurred,
    Intervention.JPEG: _jpeg,
    Intervention.BORDER_CROPPED: _border_cropped,
}
