"""Swaps one part or property of a picture with another picture's.

Each swap has two directions. A class's own pictures get the part of another class (what they
lose is its necessity), and pictures of other classes get the class's part (what they gain is its
sufficiency). Each is held against the same part of a picture of the receiver's own class, so that
what pasting does cancels out. docs/science.md section 3, "Where".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from auditor.domain.interventions import Fill
from auditor.domain.places import Place, Property, Region
from auditor.interventions.appearance import luma
from auditor.interventions.composed_pictures import BatchPictures, ComposedPictures
from auditor.interventions.holes import find_objects
from auditor.interventions.picture_properties import (
    MeasuredPictures,
    Properties,
    PropertySwap,
    give_property,
    measure_properties,
)
from auditor.interventions.precompute import PrecomputedBatch, precompute
from auditor.interventions.properties import find_places
from auditor.interventions.regions import region_pixels
from auditor.tensors.batch import Batch

NOISE_SEED = 0


@dataclass(frozen=True, slots=True)
class AttributeSwap:
    """Who gives to whom: case_ids.

    Attributes:
        subject: whose picture is changed.
        donor: of another class.
        control: of the subject's class.
        given: the donor is of the class that is looked into; otherwise the subject is.
    """

    subject: str
    donor: str
    control: str
    given: bool


@dataclass(frozen=True)
class Compression:
    """What is known of the files' compression.

    Attributes:
        qualities: case_id -> JPEG quality that shows; absent where none does.
        view: the input view of a case's file compressed at a quality, (3, H, W) uint8.
    """

    qualities: Mapping[str, int] = field(default_factory=dict)
    view: Callable[[str, int], Tensor] | None = None


@dataclass(frozen=True)
class Pictures:
    """N pictures ready for attribute swaps."""

    subjects: Batch
    precomputed: PrecomputedBatch
    properties: Properties
    compression: Compression
    noise: Tensor


@torch.inference_mode()
def prepare(
    subjects: Batch,
    maps: Tensor | None,
    compression: Compression,
    *,
    batch_size: int = 32,
    store: ComposedPictures | None = None,
) -> Pictures:
    """Measure and empty N pictures on their device.

    Args:
        subjects: the pictures.
        maps: (N, h, w) saliency maps, or None where no map is known.
        compression: of their files.
        batch_size: pictures at a time.
        store: what was composed for other networks.
    """
    object_masks = find_objects(subjects, batch_size=batch_size)
    precomputed = precompute(
        subjects,
        object_masks,
        find_places(object_masks, maps),
        batch_size=batch_size,
        pictures=BatchPictures(subjects.samples, store),
    )
    return pictures_of(subjects, precomputed, compression)


@torch.inference_mode()
def pictures_of(
    subjects: Batch, precomputed: PrecomputedBatch, compression: Compression | None = None
) -> Pictures:
    """N pictures that are emptied already, measured."""
    images, device = subjects.images, subjects.images.device
    drawn = np.random.default_rng(NOISE_SEED).standard_normal(tuple(images.shape[2:]))
    noise = torch.from_numpy(drawn.astype(np.float32)).to(device)
    known = compression or Compression()
    qualities = [known.qualities.get(sample.case_id, 0) for sample in subjects.samples]
    masks = precomputed.object_masks
    background = torch.where(masks.usable[:, None, None], masks.sources, True).float()
    properties = measure_properties(
        MeasuredPictures(
            images,
            luma(images)[:, 0],
            background,
            subjects.original_sizes.to(device),
            precomputed.appearance,
            torch.tensor(qualities, device=device),
        )
    )
    return Pictures(subjects, precomputed, properties, known, noise)


def swap_attribute(
    pictures: Pictures, place: Place, subjects: Tensor, donors: Tensor, anchors: Tensor
) -> Tensor:
    """Pictures with one part or property of their donors.

    Args:
        pictures: all.
        place: a region or a property.
        subjects, donors: (B,) positions.
        anchors: (B,) positions of the pictures that tell where a ring or a peak lies.

    Returns:
        (B, 3, H, W) uint8; the object of the subject stays where a region is swapped.

    Raises:
        ValueError: a place of another kind.
    """
    precomputed, samples = pictures.precomputed, pictures.subjects.samples
    match place:
        case Region():
            pixels = region_pixels(
                place, precomputed.object_masks.masks, precomputed.appearance.places, anchors
            )
            shown = (pixels & ~precomputed.object_masks.masks[subjects])[:, None]
            return torch.where(
                shown, precomputed.emptied[Fill.BLUR][donors], precomputed.images[subjects]
            )
        case Property(kind):
            values = pictures.properties[kind]
            swap = PropertySwap(
                images=precomputed.images[subjects],
                givers=precomputed.images[donors],
                own=values[subjects],
                given=values[donors],
                noise=pictures.noise,
                case_ids=tuple(samples[i].case_id for i in subjects.tolist()),
                file_view=pictures.compression.view,
            )
            return give_property(kind, swap)
        case _:
            raise ValueError(f"expected a region or a property, got {place}")
