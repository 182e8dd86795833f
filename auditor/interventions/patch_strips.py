"""Salient patches, or a region, of a few images side by side: what a hypothesis is about."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from auditor.domain.places import Region
from auditor.interventions.evidence import jpeg
from auditor.interventions.fills import to_uint8
from auditor.interventions.holes import find_objects
from auditor.interventions.properties import boxes, find_places
from auditor.interventions.regions import fixed_region
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
    places = find_places(find_objects(subjects), maps)
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
    return _joined(torch.cat([whole, patches], dim=2))


@torch.inference_mode()
def region_strip(subjects: Batch, region: Region) -> bytes:
    """Whole images side by side, dimmed but for a region. JPEG.

    Args:
        subjects: N images, N >= 1.
        region: one that lies where it lies in every picture.
    """
    images = subjects.images.float()
    height, width = images.shape[2:]
    shown = fixed_region(region, height, width, images.device)
    whole = _scaled(torch.where(shown, images, images * DIMMED))
    return _joined(whole)


def _joined(pictures: Tensor) -> bytes:
    strip = torch.cat([F.pad(each, (0, GAP), value=255.0) for each in pictures], dim=2)
    return jpeg(to_uint8(strip[:, :, :-GAP]))


def _scaled(images: Tensor) -> Tensor:
    scaled = F.interpolate(images, size=(SIDE, SIDE), mode="bilinear", antialias=True)
    return scaled.clamp(0.0, 255.0)
