"""COCO segmentations (polygons, runs plain or compressed) as mask references."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from auditor.domain.mask_references import MaskBox, MaskPolygons, MaskReference, MaskRle, Size
from auditor.domain.messages import Message, coded
from auditor.imagery.decode import MAX_PIXELS
from auditor.imagery.rle import encode_runs, object_columns


def mask_of(segmentation: Any, size: Size | None) -> MaskReference:
    """One instance's segmentation. Nothing is drawn: that waits for the image's own size.

    Args:
        segmentation: list of polygons [x0, y0, x1, y1, ...], {"size", "counts"} with counts as
            numbers (crowds) or compressed, or a list of these.
        size: height and width that the annotation file gives the image; None where it gives none.

    Raises:
        ValueError: with the reason in words.
    """
    if isinstance(segmentation, Mapping):
        return _of_runs([segmentation], size)
    if not isinstance(segmentation, list):
        raise ValueError(
            coded("skip.segmentation_kind", "segmentation is neither polygons nor runs")
        )
    if segmentation and all(isinstance(part, Mapping) for part in segmentation):
        return _of_runs(segmentation, size)
    outlines = [_checked(polygon, size) for polygon in segmentation if polygon != []]
    if not outlines:
        raise ValueError(coded("skip.no_polygon", "segmentation without a polygon"))
    return MaskPolygons.of(outlines, size)


def refuse_apart(mask: MaskReference, box: MaskBox) -> None:
    """Raise `ValueError` where runs lie in none of the columns of their own annotation's box."""
    if not isinstance(mask, MaskRle):
        return
    for counts in mask.counts:
        columns = object_columns(counts, mask.size[0])
        if columns is not None and (columns[1] < box.x0 - 1 or columns[0] > box.x1):
            raise ValueError(
                coded("skip.runs_outside", "the runs of a segmentation lie outside its own bbox")
            )


def _of_runs(parts: Sequence[Mapping[str, Any]], size: Size | None) -> MaskRle:
    claimed = {_runs_size(part) for part in parts}
    if len(claimed) > 1 or (size is not None and size not in claimed):
        said = " and ".join(f"{width}x{height}" for height, width in sorted(claimed))
        raise ValueError(
            coded(
                "skip.segmentation_size",
                "segmentation of {size} pixels in an image of another size",
                size=said,
            )
        )
    (own,) = claimed
    return MaskRle(own, tuple(_counts(part, own) for part in parts))


def _runs_size(part: Mapping[str, Any]) -> Size:
    size = part.get("size")
    if not isinstance(size, list) or len(size) != 2:
        raise ValueError(_no_size())
    found = size_of({"height": size[0], "width": size[1]})
    if found is None:
        raise ValueError(_no_size())
    return found


def _counts(part: Mapping[str, Any], size: Size) -> str:
    counts = part.get("counts")
    if isinstance(counts, str):
        return counts
    if not isinstance(counts, list) or not all(type(n) is int and n >= 0 for n in counts):
        raise ValueError(coded("skip.no_counts", "segmentation without counts"))
    if sum(counts) != size[0] * size[1]:
        raise ValueError(
            coded("skip.counts_do_not_fill", "the counts of a segmentation do not fill its image")
        )
    return encode_runs(counts)


def _checked(polygon: Any, size: Size | None) -> list[float]:
    """A polygon's numbers, all of them near the image."""
    if not isinstance(polygon, list) or len(polygon) < 6 or len(polygon) % 2:
        raise ValueError(
            coded(
                "skip.polygon_points",
                "a polygon needs three points or more: x0, y0, x1, y1, x2, y2",
            )
        )
    if not all(type(n) in (int, float) and not math.isnan(n) for n in polygon):
        raise ValueError(coded("skip.polygon_numbers", "a polygon has something else than numbers"))
    height, width = size or (MAX_PIXELS, MAX_PIXELS)
    xs, ys, reach = polygon[::2], polygon[1::2], max(height, width)
    if min(*xs, *ys) < -reach or max(xs) > width + reach or max(ys) > height + reach:
        raise ValueError(coded("skip.polygon_outside", "a polygon lies far outside its image"))
    return [float(n) for n in polygon]


def size_of(image: Mapping[str, Any]) -> Size | None:
    """Height and width of an image entry; None where it gives none.

    Raises:
        ValueError: if what it gives are no sizes.
    """
    height, width = image.get("height"), image.get("width")
    if height is None and width is None:
        return None
    numbers = [int(n) for n in (height, width) if isinstance(n, int | float) and math.isfinite(n)]
    if len(numbers) == 2 and min(numbers) > 0 and numbers[0] * numbers[1] <= MAX_PIXELS:
        return numbers[0], numbers[1]
    raise ValueError(
        coded("skip.annotated_size", "the height and width of the annotation file are no image's")
    )


def _no_size() -> Message:
    return coded("skip.no_size", "segmentation without a size (height and width)")
