"""One property given from one image to another: colour cast, softness, outer frame, salient patch.

Each is a swap like that of the background, and has the same control: the property of an image
of the subject's own class.
"""

from __future__ import annotations

import torch
from torch import Tensor

from auditor.interventions.fills import to_uint8
from auditor.interventions.properties import boxes, frame, pyramid, rebuilt

MOST_GAIN = 4.0
"""A channel is made at most this much stronger or weaker."""


def tinted(images: Tensor, own: Tensor, given: Tensor) -> Tensor:
    """(N, 3, H, W) uint8 images in another colour cast at about the same brightness.

    Args:
        images: (N, 3, H, W) uint8.
        own, given: (N, 3) colour casts, 0..255; a von Kries scaling takes one to the other.
    """
    gains = _chroma(given) / _chroma(own)
    gains = gains.clamp(min=1 / MOST_GAIN, max=MOST_GAIN)
    return to_uint8((images.float() * gains[:, :, None, None]).clamp(max=255.0))


def softened(images: Tensor, own: Tensor, given: Tensor) -> Tensor:
    """(N, 3, H, W) uint8 images whose details are no stronger than the donor's, band by band.

    Nothing is sharpened: that would amplify noise and compression.

    Args:
        images: (N, 3, H, W) uint8.
        own, given: (N, BANDS) sharpness.
    """
    gains = (given / own.clamp(min=1e-6)).clamp(max=1.0).sqrt()
    bands, rest = pyramid(images.float())
    weaker = [band * gains[:, k, None, None, None] for k, band in enumerate(bands)]
    return to_uint8(rebuilt(weaker, rest).clamp(0.0, 255.0))


def framed(images: Tensor, givers: Tensor) -> Tensor:
    """(N, 3, H, W) uint8 images in the outer frame of their givers."""
    return torch.where(frame(images.shape[2:], images.device), givers, images)


def patched(images: Tensor, givers: Tensor, objects: Tensor, corners: Tensor, side: int) -> Tensor:
    """(N, 3, H, W) uint8 images with a patch of their givers at its place, under the object.

    Args:
        images, givers: (N, 3, H, W) uint8.
        objects: (N, H, W) bool, what of the images stays on top.
        corners: (N, 2) top and left of the patch.
        side: of the patch in pixels.
    """
    shown = boxes(corners, side, images.shape[2:]) & ~objects
    return torch.where(shown[:, None], givers, images)


def _chroma(casts: Tensor) -> Tensor:
    kept = casts.clamp(min=1.0)
    return kept / kept.mean(dim=1, keepdim=True)
