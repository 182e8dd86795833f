"""Changed images, composed on the device, a batch of one kind at a time."""

from __future__ import annotations

from typing import assert_never

import torch
from torch import Tensor

from auditor.domain.interventions import EDGES, SPEC_OF, Family, Fill, Intervention
from auditor.interventions.appearance import change
from auditor.interventions.edges import beside_given, beside_removed, edge_removed
from auditor.interventions.fills import COLOURS, fill_holes, flat, mean_colour
from auditor.interventions.holes import ObjectMasks
from auditor.interventions.precompute import PrecomputedBatch
from auditor.interventions.properties import boxes
from auditor.interventions.transplants import framed, patched, softened, tinted


@torch.inference_mode()
def compose(
    precomputed: PrecomputedBatch,
    intervention: Intervention,
    fill: Fill,
    subjects: Tensor,
    donors: Tensor,
) -> Tensor:
    """Changed images of one kind.

    Args:
        precomputed: all images.
        intervention, fill: what is done.
        subjects, donors: (B,) int64 positions in the batch; where no donor takes part `donors`
            is not read.

    Returns:
        (B, 3, H, W) uint8.
    """
    places = precomputed.edges.places(intervention, subjects) if intervention in EDGES else None

    def make(at: Tensor) -> Tensor:
        return _composed(precomputed, intervention, fill, subjects[at], donors[at])

    return precomputed.pictures.taken(
        intervention, fill, subjects, make, donors=donors, places=places
    )


def _composed(
    precomputed: PrecomputedBatch,
    intervention: Intervention,
    fill: Fill,
    subjects: Tensor,
    donors: Tensor,
) -> Tensor:
    family = SPEC_OF[intervention].family
    match family:
        case Family.APPEARANCE:
            return change(precomputed.images[subjects], intervention)
        case Family.GIVEN:
            return _given(precomputed, intervention, subjects, donors)
        case Family.EDGE:
            return _at_edge(precomputed, intervention, fill, subjects, donors)
        case Family.PATCH_FILLED:
            return _patch_filled(precomputed, intervention, fill, subjects)
        case Family.CUT_OUT:
            return _cut_out(precomputed, intervention, fill, subjects, donors)
        case Family.ATTRIBUTE_SWAP:
            raise ValueError(
                f"{intervention.value} needs a place: see swap_pictures.swap_attribute"
            )
        case _:
            assert_never(family)


def _cut_out(
    precomputed: PrecomputedBatch,
    intervention: Intervention,
    fill: Fill,
    subjects: Tensor,
    donors: Tensor,
) -> Tensor:
    """Images whose object or background was changed along the mask."""
    images, object_masks = precomputed.images[subjects], precomputed.object_masks
    match intervention:
        case Intervention.ORIGINAL:
            return images
        case Intervention.OBJECT_REMOVED:
            return precomputed.emptied[fill][subjects]
        case Intervention.CONTROL_HOLE:
            controls = object_masks.controls[subjects]
            return fill_holes(images, controls, object_masks.sources[subjects] & ~controls, fill)
        case Intervention.EMPTY_OWN:
            return _emptied(images, object_masks, fill, subjects, donors)
        case Intervention.EMPTY_OTHER:
            return _emptied(precomputed.images[donors], object_masks, fill, donors, subjects)
        case _:
            background = _background(precomputed, intervention, fill, subjects, donors)
            return torch.where(object_masks.masks[subjects][:, None], images, background)


def _background(
    precomputed: PrecomputedBatch,
    intervention: Intervention,
    fill: Fill,
    subjects: Tensor,
    donors: Tensor,
) -> Tensor:
    """What the object is pasted on."""
    if intervention is Intervention.PASTED_BACK:
        return precomputed.emptied[fill][subjects]
    if intervention in (Intervention.BACKGROUND_SAME, Intervention.BACKGROUND_OTHER):
        return precomputed.emptied[fill][donors]
    if intervention not in (Intervention.BACKGROUND_REMOVED, Intervention.NEUTRAL):
        raise _not_composed(intervention)
    images = precomputed.images[subjects]
    if fill is Fill.MEAN:
        colours = mean_colour(images, precomputed.object_masks.sources[subjects])
    else:
        colours = torch.tensor(COLOURS[fill], device=images.device).expand(len(images), 3)
    return flat(colours, images.shape[2:])


def _emptied(
    images: Tensor, object_masks: ObjectMasks, fill: Fill, own: Tensor, other: Tensor
) -> Tensor:
    """Images without their object, under the union of their hole and another image's."""
    holes = object_masks.holes[own] | object_masks.holes[other]
    return fill_holes(images, holes, object_masks.sources[own] & ~holes, fill)


def _not_composed(intervention: Intervention) -> LookupError:
    """The error for an intervention that its family has no pictures for."""
    family = SPEC_OF[intervention].family.value
    return LookupError(f"{intervention.value} of the family {family} is not composed here")


def _given(
    precomputed: PrecomputedBatch, intervention: Intervention, subjects: Tensor, donors: Tensor
) -> Tensor:
    """Images with one attribute of their donors, taken from the donors without their object."""
    images, appearance = precomputed.images[subjects], precomputed.appearance
    match intervention:
        case Intervention.CAST_SAME | Intervention.CAST_OTHER:
            return tinted(
                images, appearance.colour_casts[subjects], appearance.colour_casts[donors]
            )
        case Intervention.BLUR_SAME | Intervention.BLUR_OTHER:
            return softened(images, appearance.sharpness[subjects], appearance.sharpness[donors])
        case Intervention.FRAME_SAME | Intervention.FRAME_OTHER:
            return framed(images, precomputed.emptied[Fill.BLUR][donors])
        case Intervention.PATCH_SAME | Intervention.PATCH_OTHER:
            places, givers = appearance.places, precomputed.emptied[Fill.BLUR][donors]
            objects = precomputed.object_masks.masks[subjects]
            return patched(images, givers, objects, places.salient[donors], places.side)
        case _:
            raise _not_composed(intervention)


def _patch_filled(
    precomputed: PrecomputedBatch, intervention: Intervention, fill: Fill, subjects: Tensor
) -> Tensor:
    """Images without their salient patch, or without its mirror image; the object stays."""
    places, object_masks = precomputed.appearance.places, precomputed.object_masks
    match intervention:
        case Intervention.SALIENT_REMOVED:
            corners = places.salient[subjects]
        case Intervention.SALIENT_CONTROL:
            corners = places.mirrored[subjects]
        case _:
            raise _not_composed(intervention)
    images = precomputed.images[subjects]
    holes = boxes(corners, places.side, images.shape[2:]) & ~object_masks.masks[subjects]
    return fill_holes(images, holes, object_masks.sources[subjects] & ~holes, fill)


def _at_edge(
    precomputed: PrecomputedBatch,
    intervention: Intervention,
    fill: Fill,
    subjects: Tensor,
    donors: Tensor,
) -> Tensor:
    """Images changed at a place on the subject's outline, or on the other side of it."""
    edges, object_masks, images = precomputed.edges, precomputed.object_masks, precomputed.images
    if intervention not in EDGES:
        raise _not_composed(intervention)
    places = edges.places(intervention, subjects)
    windows = edges.outlines.windows(subjects, places)
    beside = windows & ~edges.outlines.near[subjects]
    match intervention:
        case Intervention.EDGE_REMOVED | Intervention.EDGE_CONTROL:
            return edge_removed(images[subjects], object_masks, windows, fill, subjects)
        case Intervention.BESIDE_REMOVED | Intervention.BESIDE_CONTROL:
            return beside_removed(images[subjects], object_masks, beside, fill, subjects)
        case Intervention.BESIDE_GIVEN | Intervention.BESIDE_GIVEN_CONTROL:
            points = edges.outlines.points
            start, end = points[subjects, places], points[donors, places]
            return beside_given(images[subjects], images[donors], beside, start, end)
        case _:
            raise _not_composed(intervention)
