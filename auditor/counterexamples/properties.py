"""A property of the whole picture given from one file to another, at the size of the file."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from auditor.domain.places import Property, PropertyKind
from auditor.domain.samples import Sample
from auditor.interventions.bars import find_bars, with_bars
from auditor.interventions.compression import compressed, quality_of
from auditor.interventions.file_shapes import coarsened, of_files, stretched
from auditor.interventions.swap_pictures import Compression, prepare, swap_attribute
from auditor.tensors.batch import Batch


def with_property(
    image: Tensor, mask: Tensor, donor: Tensor, donor_mask: Tensor, kind: PropertyKind
) -> tuple[Tensor, Tensor]:
    """The image with a property of the donor, and its mask, which moves with padding bars.

    Args:
        image, donor: (3, H, W) uint8, of any two sizes.
        mask, donor_mask: (H, W) bool.
        kind: which property.

    Returns:
        (3, H, W) uint8 and (H, W) bool of the image's size. Unchanged where the donor has nothing
        to give: no compression, no bars on either.
    """
    if kind is PropertyKind.COMPRESSION:
        quality = quality_of(donor.permute(1, 2, 0).contiguous().numpy())
        if quality is None:
            return image, mask
        again = compressed(image.permute(1, 2, 0).contiguous().numpy(), quality)
        return torch.from_numpy(again.copy()).permute(2, 0, 1).contiguous(), mask
    if kind is PropertyKind.RESOLUTION:
        sizes = torch.tensor([list(each.shape[1:]) for each in (image, donor)])
        coarse, _ = of_files(sizes, image.shape[1:])
        return coarsened(image[None], coarse[:1], coarse[1:])[0], mask
    if kind is PropertyKind.ASPECT:
        (height, width), (rows, columns) = image.shape[1:], donor.shape[1:]
        ratio = torch.tensor([(columns / rows) / (width / height)])
        planes = mask[None, None].expand(1, 3, -1, -1).to(torch.uint8) * 255
        return stretched(image[None], ratio)[0], stretched(planes, ratio)[0, 0] > 127
    size = image.shape[1:]
    lender = F.interpolate(donor[None].float(), size=size, mode="bilinear", antialias=True)
    images = torch.stack([image, (lender[0] + 0.5).clamp(0, 255).to(torch.uint8)])
    lent = F.interpolate(donor_mask[None, None].float(), size=size, mode="nearest-exact")[0, 0] > 0
    if kind is PropertyKind.BARS:
        depths = find_bars(images).depths
        planes = mask[None, None].expand(1, 3, -1, -1).to(torch.uint8) * 255
        moved = with_bars(planes, depths[:1], torch.zeros_like(planes), depths[1:])
        changed = with_bars(images[:1], depths[:1], images[1:], depths[1:])
        return changed[0], moved[0, 0] > 127
    pictures = prepare(_batch(images, torch.stack([mask, lent])), None, Compression())
    own, giver = torch.tensor([0]), torch.tensor([1])
    return swap_attribute(pictures, Property(kind), own, giver, own)[0], mask


def _batch(images: Tensor, masks: Tensor) -> Batch:
    count = len(images)
    return Batch(
        samples=tuple(Sample(str(i), "", "", Path()) for i in range(count)),
        images=images,
        masks=masks,
        ignored=torch.zeros_like(masks),
        has_mask=masks.flatten(1).any(dim=1),
        object_cropped=torch.zeros(count),
        original_sizes=torch.tensor([list(images.shape[2:])] * count),
    )
