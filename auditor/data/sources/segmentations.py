"""COCO segmentations (polygons, runs plain or compressed) as compressed runs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from pycocotools import mask as coco_masks

from auditor.imagery.decode import MAX_PIXELS
from auditor.imagery.rle import encode_runs


def runs_of(segmentation: Any, size: tuple[int, int]) -> tuple[str, ...]:
    """The compressed runs of one instance's segmentation, drawn as pycocotools draws it.

    Args:
        segmentation: list of polygons [x0, y0, x1, y1, ...], or {"size", "counts"} with counts as
            numbers (crowds) or compressed.
        size: height and width that the annotation file gives the image.

    Raises:
        ValueError: with the reason in words.
    """
    if isinstance(segmentation, Mapping):
        return (_of_counts(segmentation, size),)
    if not isinstance(segmentation, Sequence) or isinstance(segmentation, str):
        raise ValueError("segmentation is neither polygons nor runs")
    polygons = [_checked(polygon, size) for polygon in segmentation]
    height, width = size
    drawn = coco_masks.frPyObjects(polygons, height, width) if polygons else []
    return tuple(str(part["counts"], "ascii") for part in drawn)


def _of_counts(segmentation: Mapping[str, Any], size: tuple[int, int]) -> str:
    if list(segmentation.get("size") or ()) != list(size):
        raise ValueError(
            f"segmentation of size {segmentation.get('size')} in an image of {list(size)}"
        )
    counts = segmentation.get("counts")
    if isinstance(counts, str):
        return counts
    if not isinstance(counts, list) or not all(type(n) is int and n >= 0 for n in counts):
        raise ValueError("segmentation without counts")
    if sum(counts) != size[0] * size[1]:
        raise ValueError("the counts of a segmentation do not fill its image")
    return encode_runs(counts)


def _checked(polygon: Any, size: tuple[int, int]) -> list[float]:
    """Points near the image: drawing costs memory by the length of the outline."""
    height, width = size
    if not isinstance(polygon, list) or len(polygon) < 6 or len(polygon) % 2:
        raise ValueError("a polygon needs three points or more: x0, y0, x1, y1, x2, y2")
    if not all(type(n) in (int, float) and math.isfinite(n) for n in polygon):
        raise ValueError("a polygon has something else than numbers")
    xs, ys = polygon[::2], polygon[1::2]
    reach = max(height, width)
    if min(*xs, *ys) < -reach or max(xs) > width + reach or max(ys) > height + reach:
        raise ValueError("a polygon lies far outside its image")
    return [float(n) for n in polygon]


def checked_size(image: Mapping[str, Any]) -> tuple[int, int]:
    """Height and width of an image entry. Raises `ValueError` if they are no sizes."""
    height, width = image.get("height"), image.get("width")
    if type(height) is int and type(width) is int and 0 < height * width <= MAX_PIXELS:
        return height, width
    raise ValueError(f"height {height} and width {width} are no image's")
