"""Places on the outline of an object: what lies across it can be told from the object itself.

A mark that covers part of the object (a watermark, a sticker) is inside the mask and travels along
when the object is cut out. But it does not end where the object ends. So the outline is searched
for the place that the network needs most, and then only what lies *outside* the mask there is taken
away or given to others.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from auditor.domain.interventions import EDGES, Fill, Intervention
from auditor.interventions.composed_pictures import BatchPictures
from auditor.interventions.fills import fill_holes
from auditor.interventions.holes import ObjectMasks, grown, moved, shifted_index, solid
from auditor.interventions.properties import PATCH, boxes
from auditor.tensors.batch import Batch
from auditor.tensors.classifier import Classifier

PLACES = 8
"""Places on an outline that are tried; of a window as large as a patch two neighbours overlap."""
MARGIN = 0.02
"""What is this close to the mask (share of the shorter side) counts as object: masks are never
quite right."""
LEAST_OUTLINE = 4
"""Pixels of outline within the frame below which there is no edge to speak of."""


@dataclass(frozen=True)
class Outlines:
    """The outlines of N images.

    Attributes:
        points: (N, PLACES, 2) int64, row and column of places all around the object.
        found: (N,) bool, there is an outline within the frame.
        near: (N, H, W) bool, the object, what it encloses, and what is as close as `MARGIN`.
        side: of the window around a place, pixels.
    """

    points: Tensor
    found: Tensor
    near: Tensor
    side: int

    def windows(self, images: Tensor, places: Tensor) -> Tensor:
        """(B, H, W) bool squares around a place each, within the frame.

        Args:
            images: (B,) positions.
            places: (B,) which place of each.
        """
        return boxes(self.corners(images, places), self.side, self.near.shape[1:])

    def corners(self, images: Tensor, places: Tensor) -> Tensor:
        """(B, 2) top and left of the windows."""
        size = torch.tensor(self.near.shape[1:], device=images.device)
        start = self.points[images, places] - self.side // 2
        return start.clamp(min=0).minimum((size - self.side).clamp(min=0))


@dataclass(frozen=True)
class Edges:
    """Where each outline is needed most.

    Attributes:
        outlines: of N images.
        needed: (N,) int64, place that costs the label most when it is filled.
        searched: (N,) bool, whether the network was asked.
    """

    outlines: Outlines
    needed: Tensor
    searched: Tensor

    def places(self, intervention: Intervention, images: Tensor) -> Tensor:
        """(B,) places at which something is done to these images."""
        chosen = self.needed[images]
        return opposite(chosen) if EDGES[intervention] is None else chosen


def unsearched(object_masks: ObjectMasks) -> Edges:
    """Outlines of which nothing is known."""
    found = outlines(object_masks)
    nowhere = torch.zeros_like(found.found)
    return Edges(found, nowhere.long(), nowhere)


def searched_before(object_masks: ObjectMasks, needed: Mapping[int, int]) -> Edges:
    """Outlines of images of which it is known where they are needed most.

    Args:
        object_masks: of N images.
        needed: image -> place.
    """
    edges = unsearched(object_masks)
    for image, place in needed.items():
        edges.needed[image], edges.searched[image] = place, True
    return edges


@torch.inference_mode()
def search(
    classifier: Classifier,
    subjects: Batch,
    object_masks: ObjectMasks,
    *,
    asked: Sequence[int],
    batch_size: int,
    pictures: BatchPictures | None = None,
) -> Edges:
    """Ask the network which place on the outline of each object it needs most: that which costs
    the label most probability when it is filled, the first of equals.

    Args:
        classifier: knows the label of every asked subject.
        subjects, object_masks: N images.
        asked: positions of those to search; without an outline they are left out.
        batch_size: images in one forward pass.
        pictures: those that are composed already.
    """
    edges = unsearched(object_masks)
    pictures = pictures or BatchPictures(subjects.samples)
    index = {name: position for position, name in enumerate(classifier.classes)}
    device = subjects.images.device

    def bare(part: Tensor, places: Tensor, at: Tensor) -> Tensor:
        """Some of a part's images without a place on their outline."""
        own = part[at]
        windows = edges.outlines.windows(own, places[at])
        return edge_removed(subjects.images[own], object_masks, windows, Fill.BLUR, own)

    for start in range(0, len(asked), batch_size):
        part = torch.tensor(asked[start : start + batch_size], device=device)
        part = part[edges.outlines.found[part]]
        labels = torch.tensor(
            [index[subjects.samples[i].label] for i in part.tolist()], device=device
        )
        kept = []
        for place in range(PLACES if len(part) else 0):
            chosen = torch.full_like(part, place)
            make = partial(bare, part, chosen)
            asked_about = pictures.taken(
                Intervention.EDGE_REMOVED, Fill.BLUR, part, make, places=chosen
            )
            answers = classifier.trial_probabilities(asked_about)
            kept.append(answers.gather(1, labels[:, None])[:, 0])
        if kept:
            edges.needed[part] = torch.stack(kept, dim=1).argmin(dim=1)
            edges.searched[part] = True
    return edges


def opposite(places: Tensor) -> Tensor:
    """The place on the other side of the object: the control."""
    return (places + PLACES // 2) % PLACES


def outlines(object_masks: ObjectMasks, *, batch_size: int = 32) -> Outlines:
    """Where the objects end. Nothing is drawn, nothing is asked.

    A gap that the object encloses belongs to it: laid beside another object it would cut the
    object's own shape out of that, and a ring would win by being a ring.
    """
    size = object_masks.masks.shape[1:]
    split = [solid(masks) for masks in torch.split(object_masks.masks, batch_size)]
    parts = [_outline(masks) for masks in split]
    points, found = (torch.cat(column) for column in zip(*parts, strict=True))
    side = max(1, round(PATCH * min(size)))
    near = torch.cat([grown(masks, _margin(size)) for masks in split])
    return Outlines(points, found & object_masks.usable, near, side)


def edge_removed(
    images: Tensor, object_masks: ObjectMasks, windows: Tensor, fill: Fill, positions: Tensor
) -> Tensor:
    """Images without what is in the window: the object's part is filled from the object, the rest
    from the background. An object that is wholly inside the window stays.

    Args:
        images: (B, 3, H, W) uint8.
        object_masks: of all images.
        windows: (B, H, W) bool.
        fill: blur or patches.
        positions: (B,) of the images in `object_masks`.
    """
    objects = object_masks.masks[positions]
    bare = beside_removed(images, object_masks, windows & ~objects, fill, positions)
    rest = objects & ~windows
    inner = windows & objects & rest.flatten(1).any(dim=1)[:, None, None]
    return fill_holes(bare, inner, rest, fill)


def beside_removed(
    images: Tensor, object_masks: ObjectMasks, holes: Tensor, fill: Fill, positions: Tensor
) -> Tensor:
    """Images with a hole in their background filled from the rest of it; shapes likewise."""
    return fill_holes(images, holes, object_masks.sources[positions] & ~holes, fill)


def beside_given(
    givers: Tensor, receivers: Tensor, taken: Tensor, start: Tensor, end: Tensor
) -> Tensor:
    """The receivers with what lies beside the givers' objects at a place, at their own.

    Args:
        givers, receivers: (B, 3, H, W) uint8.
        taken: (B, H, W) bool, pixels of the givers.
        start, end: (B, 2) int64 rows and columns: what is at `start` goes to `end`.
    """
    shift = end - start
    index, _ = shifted_index(taken.shape[1:], -shift)
    brought = givers.flatten(2).gather(2, index[:, None].expand(-1, 3, -1)).view_as(givers)
    return torch.where(moved(taken, shift)[:, None], brought, receivers)


def _outline(masks: Tensor) -> tuple[Tensor, Tensor]:
    """(N, PLACES, 2) the pixels of each outline nearest to evenly spaced directions from its
    middle, and (N,) whether there is one. What the frame cuts off is no outline."""
    height, width = masks.shape[1:]
    beyond = F.pad(masks[:, None].float(), (1, 1, 1, 1), value=1.0)
    edge = masks & ~(-F.max_pool2d(-beyond, 3, stride=1)[:, 0] > 0)
    rows = torch.arange(height, device=masks.device, dtype=torch.float32)[:, None]
    columns = torch.arange(width, device=masks.device, dtype=torch.float32)[None]
    count = edge.flatten(1).sum(dim=1).clamp(min=1)
    middle = [(edge * axis).flatten(1).sum(dim=1) / count for axis in (rows, columns)]
    angle = torch.atan2(rows - middle[0][:, None, None], columns - middle[1][:, None, None])
    picked = []
    for place in range(PLACES):
        away = angle - (2 * math.pi * place / PLACES - math.pi)
        turn = torch.remainder(away + math.pi, 2 * math.pi) - math.pi
        # Rounded, so that no device's arithmetic decides between equally good pixels.
        cost = (turn.abs() * 1e3).round().masked_fill(~edge, torch.inf)
        picked.append(cost.flatten(1).argmin(dim=1))
    flat = torch.stack(picked, dim=1)
    points = torch.stack([flat // width, flat % width], dim=2)
    return points, edge.flatten(1).sum(dim=1) >= LEAST_OUTLINE


def _margin(size: torch.Size) -> int:
    return max(1, round(MARGIN * min(size)))
