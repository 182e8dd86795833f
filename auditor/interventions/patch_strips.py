"""The most salient patches of a few images side by side: what a hypothesis is about."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from auditor.interventions.evidence import jpeg
from auditor.interventions.fills import to_uint8
from auditor.interventions.holes import cut
from auditor.interventions.properties import boxes, find_places
from auditor.tensors.batch import Batch

SIDE = 128
"""Pixels of one picture in the strip."""
GAP = 4
DIMMED = 0.35


@torch.inference_mode()
def patch_strip(subjects: Batch, maps: Tensor) -> bytes:
    """Whole images above, dimmed but for their patch; the patches enlarged below. JPEG.

    Args:
        subjects: N images, N >= 1.
        maps: (N, h, w) saliency maps of them.
    """
    places = find_places(cut(subjects), maps)
    images = subjects.images.float()
    shown = boxes(places.salient, places.side, images.shape[2:])[:, None]
    whole = _scaled(torch.where(shown, images, images * DIMMED))
    corners = places.salient.tolist()
    patches = torch.cat(
        [
            _scaled(image[None, :, top : top + places.side, left : left + places.side])
            for image, (top, left) in zip(images, corners, strict=True)
        ]
    )
    pairs = torch.cat([whole, patches], dim=2)
    strip = torch.cat([F.pad(pair, (0, GAP), value=255.0) for pair in pairs], dim=2)
    return jpeg(to_uint8(strip[:, :, :-GAP]))


def _scaled(images: Tensor) -> Tensor:
    scaled = F.interpolate(images, size=(SIDE, SIDE), mode="bilinear", antialias=True)
    return scaled.clamp(0.0, 255.0)
