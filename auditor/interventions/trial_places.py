"""Where in the picture something was done, as a trial tells it, and read again from that."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from auditor.domain.interventions import EDGES, Intervention
from auditor.interventions.compose import Scene
from auditor.interventions.plan import Block, Positions


def places_told(block: Block, scene: Scene) -> list[str | None]:
    """Of each trial of a block the patch: top, left and side as shares of height, width and shorter
    side, at an object's edge followed by the number of the place on its outline that is needed
    most; of a cast that is taken away the colours that object and background had; None where
    nothing has a place."""
    if block.intervention in EDGES:
        return _edges(block, scene)
    if block.intervention is Intervention.GREY_WORLD:
        return _colours(scene, block.subjects)
    places, size = scene.looks.places, scene.images.shape[2:]
    corners = {
        Intervention.SALIENT_REMOVED: (places.salient, block.subjects),
        Intervention.SALIENT_CONTROL: (places.mirrored, block.subjects),
        Intervention.PATCH_SAME: (places.salient, block.donors),
        Intervention.PATCH_OTHER: (places.salient, block.donors),
    }.get(block.intervention)
    if corners is None:
        return [None] * len(block)
    return list(_squares(corners[0].cpu().numpy()[corners[1]], places.side, size))


def needed_place(told: str) -> int:
    """Which place on the outline is needed most, from the `place` of a trial at an object's edge.

    Raises:
        ValueError: a text that tells none.
    """
    *_, number = told.split()
    return int(number)


def _edges(block: Block, scene: Scene) -> list[str | None]:
    edges = scene.edges
    subjects = torch.from_numpy(block.subjects).to(scene.images.device)
    places = edges.places(block.intervention, subjects)
    corners = edges.outlines.corners(subjects, places).cpu().numpy()
    squares = _squares(corners, edges.outlines.side, scene.images.shape[2:])
    numbers = edges.needed[subjects].tolist()
    return [f"{square} {number}" for square, number in zip(squares, numbers, strict=True)]


def _colours(scene: Scene, subjects: Positions) -> list[str | None]:
    colours = torch.cat([scene.looks.object_tints, scene.looks.tints], dim=1).cpu().numpy()
    able = scene.cuts.usable.cpu().numpy()
    return [" ".join(f"{value:.0f}" for value in colours[i]) if able[i] else None for i in subjects]


def _squares(corners: Positions, side: int, size: torch.Size) -> Sequence[str]:
    return [
        f"{top:.3f} {left:.3f} {side / min(size):.3f}"
        for top, left in (corners / np.array(size)).tolist()
    ]
