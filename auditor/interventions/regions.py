"""Parts of a picture that are exchanged by themselves, as masks of pixels."""

from __future__ import annotations

import torch
from torch import Tensor

from auditor.domain.places import Region, RegionKind
from auditor.interventions.holes import grown
from auditor.interventions.properties import PATCH, Places, boxes

WHOLE = Region(RegionKind.BACKGROUND, 1.0)
FIRST: tuple[Region, ...] = (
    WHOLE,
    Region(RegionKind.TOP, 0.3),
    Region(RegionKind.BOTTOM, 0.3),
    Region(RegionKind.LEFT, 0.3),
    Region(RegionKind.RIGHT, 0.3),
    Region(RegionKind.TOP_AND_BOTTOM, 0.25),
    Region(RegionKind.LEFT_AND_RIGHT, 0.25),
    Region(RegionKind.CORNERS, 0.3),
    Region(RegionKind.FRAME, 0.2),
    Region(RegionKind.RING, 0.25),
    Region(RegionKind.PEAK, PATCH),
)
"""Tried of every class that is looked into; the others only where one of these carries enough."""
BARE: tuple[Region, ...] = tuple(
    region
    for region in FIRST
    if region.kind not in (RegionKind.BACKGROUND, RegionKind.RING, RegionKind.PEAK)
)
"""Those that can be told without a mask and that no patch tells already."""
FINER: dict[RegionKind, tuple[Region, ...]] = {
    **{
        kind: (Region(kind, 0.08), Region(kind, 0.15), Region(kind, 0.2))
        for kind in (
            RegionKind.TOP,
            RegionKind.BOTTOM,
            RegionKind.LEFT,
            RegionKind.RIGHT,
            RegionKind.TOP_AND_BOTTOM,
            RegionKind.LEFT_AND_RIGHT,
        )
    },
    RegionKind.CORNERS: tuple(
        Region(kind, 0.3)
        for kind in (
            RegionKind.TOP_LEFT,
            RegionKind.TOP_RIGHT,
            RegionKind.BOTTOM_LEFT,
            RegionKind.BOTTOM_RIGHT,
        )
    ),
    RegionKind.FRAME: (Region(RegionKind.FRAME, 0.05), Region(RegionKind.FRAME, 0.1)),
    RegionKind.RING: (Region(RegionKind.RING, 0.1),),
}
"""What is tried where the largest region of a kind carries enough."""


def region_pixels(region: Region, objects: Tensor, places: Places, anchors: Tensor) -> Tensor:
    """The pixels of a region in pictures of one size.

    Args:
        region: which.
        objects: (N, H, W) bool, of all pictures.
        places: salient patches of all pictures.
        anchors: (B,) positions of the pictures whose object or patch tells where a ring or a peak
            lies.

    Returns:
        (B, H, W) bool; the object is not left out.
    """
    height, width = objects.shape[1:]
    kind, depth = region.kind, region.depth
    match kind:
        case RegionKind.RING:
            reach = max(1, round(depth * min(height, width)))
            own = objects[anchors]
            return grown(own, reach) & ~own
        case RegionKind.PEAK:
            return boxes(places.salient[anchors], places.side, objects.shape[1:])
        case _:
            fixed = fixed_region(region, height, width, objects.device)
            return fixed.expand(len(anchors), -1, -1)


def fixed_region(region: Region, height: int, width: int, device: torch.device) -> Tensor:
    """(H, W) bool of a region that lies where it lies in every picture.

    Raises:
        KeyError: a ring or a peak, which lie elsewhere in each.
    """
    kind, depth = region.kind, region.depth
    rows = torch.arange(height, device=device)[:, None].expand(height, width)
    columns = torch.arange(width, device=device)[None].expand(height, width)
    down, across = max(1, round(depth * height)), max(1, round(depth * width))
    near = max(1, round(depth * min(height, width)))
    top, bottom = rows < down, rows >= height - down
    left, right = columns < across, columns >= width - across
    upper, lower = rows < near, rows >= height - near
    first, last = columns < near, columns >= width - near
    pixels = {
        RegionKind.TOP: top,
        RegionKind.BOTTOM: bottom,
        RegionKind.LEFT: left,
        RegionKind.RIGHT: right,
        RegionKind.TOP_AND_BOTTOM: top | bottom,
        RegionKind.LEFT_AND_RIGHT: left | right,
        RegionKind.TOP_LEFT: upper & first,
        RegionKind.TOP_RIGHT: upper & last,
        RegionKind.BOTTOM_LEFT: lower & first,
        RegionKind.BOTTOM_RIGHT: lower & last,
        RegionKind.CORNERS: (upper | lower) & (first | last),
        RegionKind.FRAME: upper | lower | first | last,
        RegionKind.BACKGROUND: torch.ones_like(top),
    }
    return pixels[kind]
