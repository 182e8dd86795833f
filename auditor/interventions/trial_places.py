"""Where in the picture the trials of a block did something, as their `place`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from auditor.domain.interventions import EDGES, Intervention
from auditor.domain.places import Colours, EdgePatch, Patch, write_place
from auditor.interventions.plan import Block, Positions
from auditor.interventions.precompute import PrecomputedBatch


def places_told(block: Block, precomputed: PrecomputedBatch) -> list[str | None]:
    """The stored place of each trial of a block (`auditor.domain.places`); None where nothing has
    one."""
    if block.intervention in EDGES:
        return [write_place(place) for place in _edges(block, precomputed)]
    if block.intervention is Intervention.GREY_WORLD:
        told = _colours(precomputed, block.subjects)
        return [None if place is None else write_place(place) for place in told]
    places, size = precomputed.appearance.places, precomputed.images.shape[2:]
    corners = {
        Intervention.SALIENT_REMOVED: (places.salient, block.subjects),
        Intervention.SALIENT_CONTROL: (places.mirrored, block.subjects),
        Intervention.PATCH_SAME: (places.salient, block.donors),
        Intervention.PATCH_OTHER: (places.salient, block.donors),
    }.get(block.intervention)
    if corners is None:
        return [None] * len(block)
    squares = _squares(corners[0].cpu().numpy()[corners[1]], places.side, size)
    return [write_place(square) for square in squares]


def _edges(block: Block, precomputed: PrecomputedBatch) -> list[EdgePatch]:
    edges = precomputed.edges
    subjects = torch.from_numpy(block.subjects).to(precomputed.images.device)
    places = edges.places(block.intervention, subjects)
    corners = edges.outlines.corners(subjects, places).cpu().numpy()
    squares = _squares(corners, edges.outlines.side, precomputed.images.shape[2:])
    numbers = edges.needed[subjects].tolist()
    return [EdgePatch(square, number) for square, number in zip(squares, numbers, strict=True)]


def _colours(precomputed: PrecomputedBatch, subjects: Positions) -> list[Colours | None]:
    colours = torch.stack(
        [precomputed.appearance.object_colours, precomputed.appearance.colour_casts], dim=1
    )
    rounded = colours.round().long().cpu().tolist()
    able = precomputed.object_masks.usable.cpu().numpy()
    return [
        Colours(*(tuple(colour) for colour in rounded[i])) if able[i] else None for i in subjects
    ]


def _squares(corners: Positions, side: int, size: torch.Size) -> Sequence[Patch]:
    return [Patch(top, left, side / min(size)) for top, left in (corners / np.array(size)).tolist()]
