"""A property of the whole picture given from one file to another, at the size of the file."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from auditor.domain.places import Property, PropertyKind
from auditor.domain.samples import Sample
from auditor.interventions.picture_properties import FileSwap, property_of
from auditor.interventions.picture_properties.base import at_size_of
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
    give_file = property_of(kind).give_file
    if give_file is not None:
        return give_file(FileSwap(image, mask, donor, donor_mask))
    size = image.shape[1:]
    lent = F.interpolate(donor_mask[None, None].float(), size=size, mode="nearest-exact")[0, 0] > 0
    batch = _batch(at_size_of(image, donor), torch.stack([mask, lent]))
    pictures = prepare(batch, None, Compression())
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
