"""What all changed versions of some images share, computed once."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from auditor.domain.interventions import HOLE_FILLS, Fill, Intervention
from auditor.interventions.composed_pictures import BatchPictures
from auditor.interventions.edges import Edges, unsearched
from auditor.interventions.fills import fill_holes
from auditor.interventions.holes import ObjectMasks, find_objects
from auditor.interventions.properties import Appearance, Places, find_places, measure_appearance
from auditor.tensors.batch import Batch


@dataclass(frozen=True)
class PrecomputedBatch:
    """N images with everything that trials on them share, computed once.

    Attributes:
        images: (N, 3, H, W) uint8.
        object_masks: their objects and holes.
        emptied: for each fill the N images without their object, (N, 3, H, W) uint8.
        appearance: their global properties.
        edges: where each outline is needed most.
        pictures: those of them that are composed already.
    """

    images: Tensor
    object_masks: ObjectMasks
    emptied: dict[Fill, Tensor]
    appearance: Appearance
    edges: Edges
    pictures: BatchPictures


@torch.inference_mode()
def precompute(
    subjects: Batch,
    object_masks: ObjectMasks | None = None,
    places: Places | None = None,
    edges: Edges | None = None,
    *,
    batch_size: int = 32,
    pictures: BatchPictures | None = None,
) -> PrecomputedBatch:
    """Empty every image once under every fill: a donor serves many subjects."""
    object_masks = object_masks or find_objects(subjects, batch_size=batch_size)
    places = places or find_places(object_masks, None)
    edges = edges or unsearched(object_masks)
    pictures = pictures or BatchPictures(subjects.samples)
    emptied = {
        fill: _emptied_all(subjects.images, object_masks, fill, pictures, batch_size)
        for fill in HOLE_FILLS
    }
    appearance = measure_appearance(subjects, object_masks, places, batch_size=batch_size)
    return PrecomputedBatch(subjects.images, object_masks, emptied, appearance, edges, pictures)


def _emptied_all(
    images: Tensor, object_masks: ObjectMasks, fill: Fill, pictures: BatchPictures, batch_size: int
) -> Tensor:
    """All images with their holes filled."""

    def emptied(part: Tensor) -> Tensor:
        def make(at: Tensor) -> Tensor:
            own = part[at]
            return fill_holes(images[own], object_masks.holes[own], object_masks.sources[own], fill)

        return pictures.taken(Intervention.OBJECT_REMOVED, fill, part, make)

    every = torch.arange(len(images), device=images.device)
    return torch.cat([emptied(part) for part in torch.split(every, batch_size)])
