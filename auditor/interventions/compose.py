"""Changed images, composed on the device, a batch of one kind at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

import torch
from torch import Tensor

from auditor.domain.interventions import HOLE_FILLS, SPEC_OF, Family, Fill, Intervention
from auditor.interventions.appearance import change
from auditor.interventions.edges import (
    Edges,
    beside_given,
    beside_removed,
    edge_removed,
    unsearched,
)
from auditor.interventions.fills import COLOURS, fill_holes, flat, mean_colour
from auditor.interventions.holes import Cuts, cut
from auditor.interventions.properties import Looks, Places, boxes, find_places, look
from auditor.interventions.transplants import framed, patched, softened, tinted
from auditor.tensors.batch import Batch


@dataclass(frozen=True)
class Scene:
    """N images and what is cut from and kept of them.

    Attributes:
        images: (N, 3, H, W) uint8.
        cuts: their objects and holes.
        emptied: for each fill the N images without their object, (N, 3, H, W) uint8.
        looks: how they look as a whole.
        edges: where each outline is needed most.
    """

    images: Tensor
    cuts: Cuts
    emptied: dict[Fill, Tensor]
    looks: Looks
    edges: Edges


@torch.inference_mode()
def stage(
    subjects: Batch,
    cuts: Cuts | None = None,
    places: Places | None = None,
    edges: Edges | None = None,
    *,
    batch_size: int = 32,
) -> Scene:
    """Empty every image once under every fill: donors are met again and again."""
    cuts = cuts or cut(subjects, batch_size=batch_size)
    places = places or find_places(cuts, None)
    edges = edges or unsearched(cuts)
    emptied = _emptied_all(subjects.images, cuts.holes, cuts.sources, batch_size)
    looks = look(subjects, cuts, places, batch_size=batch_size)
    return Scene(subjects.images, cuts, emptied, looks, edges)


def _emptied_all(
    images: Tensor, holes: Tensor, sources: Tensor, batch_size: int
) -> dict[Fill, Tensor]:
    """All images with their holes filled, under every fill."""
    parts = [slice(i, i + batch_size) for i in range(0, len(images), batch_size)]
    return {
        fill: torch.cat([fill_holes(images[p], holes[p], sources[p], fill) for p in parts])
        for fill in HOLE_FILLS
    }


@torch.inference_mode()
def compose(
    scene: Scene, intervention: Intervention, fill: Fill, subjects: Tensor, donors: Tensor
) -> Tensor:
    """Changed images of one kind.

    Args:
        scene: all images.
        intervention, fill: what is done.
        subjects, donors: (B,) int64 positions in the scene; where no donor takes part `donors`
            is not read.

    Returns:
        (B, 3, H, W) uint8.
    """
    family = SPEC_OF[intervention].family
    match family:
        case Family.APPEARANCE:
            return change(scene.images[subjects], intervention)
        case Family.GIVEN:
            return _given(scene, intervention, subjects, donors)
        case Family.EDGE:
            return _at_edge(scene, intervention, fill, subjects, donors)
        case Family.PATCH_FILLED:
            return _patch_filled(scene, intervention, fill, subjects)
        case Family.CUT_OUT:
            return _cut_out(scene, intervention, fill, subjects, donors)
        case Family.EXCHANGE:
            raise ValueError(f"{intervention.value} needs a place: see exchanges.exchanged")
        case _:
            assert_never(family)


def _cut_out(
    scene: Scene, intervention: Intervention, fill: Fill, subjects: Tensor, donors: Tensor
) -> Tensor:
    """Images whose object or background was changed along the mask."""
    images, cuts = scene.images[subjects], scene.cuts
    match intervention:
        case Intervention.ORIGINAL:
            return images
        case Intervention.OBJECT_REMOVED:
            return scene.emptied[fill][subjects]
        case Intervention.CONTROL_HOLE:
            controls = cuts.controls[subjects]
            return fill_holes(images, controls, cuts.sources[subjects] & ~controls, fill)
        case Intervention.EMPTY_OWN:
            return _emptied(images, cuts, fill, subjects, donors)
        case Intervention.EMPTY_OTHER:
            return _emptied(scene.images[donors], cuts, fill, donors, subjects)
        case _:
            background = _background(scene, intervention, fill, subjects, donors)
            return torch.where(cuts.masks[subjects][:, None], images, background)


def _background(
    scene: Scene, intervention: Intervention, fill: Fill, subjects: Tensor, donors: Tensor
) -> Tensor:
    """What the object is pasted on."""
    if intervention is Intervention.PASTED_BACK:
        return scene.emptied[fill][subjects]
    if intervention in (Intervention.BACKGROUND_SAME, Intervention.BACKGROUND_OTHER):
        return scene.emptied[fill][donors]
    images = scene.images[subjects]
    if fill is Fill.MEAN:
        colours = mean_colour(images, scene.cuts.sources[subjects])
    else:
        colours = torch.tensor(COLOURS[fill], device=images.device).expand(len(images), 3)
    return flat(colours, images.shape[2:])


def _emptied(images: Tensor, cuts: Cuts, fill: Fill, own: Tensor, other: Tensor) -> Tensor:
    """Images without their object, under the union of their hole and another image's."""
    holes = cuts.holes[own] | cuts.holes[other]
    return fill_holes(images, holes, cuts.sources[own] & ~holes, fill)


def _given(scene: Scene, intervention: Intervention, subjects: Tensor, donors: Tensor) -> Tensor:
    """Images with one attribute of their donors, taken from the donors without their object."""
    images, looks = scene.images[subjects], scene.looks
    match intervention:
        case Intervention.CAST_SAME | Intervention.CAST_OTHER:
            return tinted(images, looks.tints[subjects], looks.tints[donors])
        case Intervention.BLUR_SAME | Intervention.BLUR_OTHER:
            return softened(images, looks.sharpness[subjects], looks.sharpness[donors])
        case Intervention.FRAME_SAME | Intervention.FRAME_OTHER:
            return framed(images, scene.emptied[Fill.BLUR][donors])
        case _:
            places, givers = looks.places, scene.emptied[Fill.BLUR][donors]
            objects = scene.cuts.masks[subjects]
            return patched(images, givers, objects, places.salient[donors], places.side)


def _patch_filled(scene: Scene, intervention: Intervention, fill: Fill, subjects: Tensor) -> Tensor:
    """Images without their salient patch, or without its mirror image; the object stays."""
    places, cuts = scene.looks.places, scene.cuts
    removed = intervention is Intervention.SALIENT_REMOVED
    corners = (places.salient if removed else places.mirrored)[subjects]
    images = scene.images[subjects]
    holes = boxes(corners, places.side, images.shape[2:]) & ~cuts.masks[subjects]
    return fill_holes(images, holes, cuts.sources[subjects] & ~holes, fill)


def _at_edge(
    scene: Scene, intervention: Intervention, fill: Fill, subjects: Tensor, donors: Tensor
) -> Tensor:
    """Images changed at a place on the subject's outline, or on the other side of it."""
    edges, cuts, images = scene.edges, scene.cuts, scene.images
    places = edges.places(intervention, subjects)
    windows = edges.outlines.windows(subjects, places)
    beside = windows & ~edges.outlines.near[subjects]
    match intervention:
        case Intervention.EDGE_REMOVED | Intervention.EDGE_CONTROL:
            return edge_removed(images[subjects], cuts, windows, fill, subjects)
        case Intervention.BESIDE_REMOVED | Intervention.BESIDE_CONTROL:
            return beside_removed(images[subjects], cuts, beside, fill, subjects)
        case _:
            points = edges.outlines.points
            start, end = points[subjects, places], points[donors, places]
            return beside_given(images[subjects], images[donors], beside, start, end)
