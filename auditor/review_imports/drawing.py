"""Outlines as pixels of the upright image."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from auditor.imagery.decode import MAX_PIXELS
from auditor.review_imports.brush import decode_brush
from auditor.review_imports.records import Brush, Outline


def draw(parts: Sequence[Outline | Brush], size: tuple[int, int]) -> NDArray[np.bool_]:
    """The union of the parts, (height, width) bool.

    Raises:
        ValueError: a part does not fit the image, or no image is that large.
    """
    if min(size) < 1 or size[0] * size[1] > MAX_PIXELS:
        raise ValueError(f"an image of {size[0]} x {size[1]} pixels")
    mask = np.zeros(size, dtype=np.bool_)
    for part in parts:
        match part:
            case Brush():
                if part.size != size:
                    raise ValueError(f"a mask of {part.size} for an image of {size}")
                mask |= decode_brush(part.packed, size)
            case Outline(kind="runs"):
                _add_runs(mask, part)
            case Outline():
                mask |= _outlined(part, size)
    return mask


def _outlined(part: Outline, size: tuple[int, int]) -> NDArray[np.bool_]:
    height, width = size
    scale = (width / 100.0, height / 100.0) if part.share else (1.0, 1.0)
    points = np.asarray(part.values, dtype=np.float64)
    if len(points) % 2 or not np.isfinite(points).all():
        raise ValueError("coordinates are not pairs of numbers")
    pairs = points.reshape(-1, 2) * scale
    canvas = Image.new("1", (width, height))
    pen = ImageDraw.Draw(canvas)
    if part.kind == "box":
        (x0, y0), (x1, y1) = pairs.clip(0, (width, height))
        if x1 <= x0 or y1 <= y0:
            raise ValueError("a box without an inside")
        pen.rectangle((round(x0), round(y0), round(x1) - 1, round(y1) - 1), fill=1)
    else:
        if len(pairs) < 3:
            raise ValueError(f"a polygon of {len(pairs)} points")
        limit = 4.0 * max(size)
        pen.polygon([(float(x), float(y)) for x, y in pairs.clip(-limit, limit)], fill=1)
    return np.asarray(canvas, dtype=np.bool_)


def _add_runs(mask: NDArray[np.bool_], part: Outline) -> None:
    if part.frame is None:
        raise ValueError("runs without their rectangle")
    left, top, width, height = part.frame
    inside_rows = 0 <= top < top + height <= mask.shape[0]
    inside_columns = 0 <= left < left + width <= mask.shape[1]
    if not (inside_rows and inside_columns):
        raise ValueError(f"a rectangle {part.frame} outside the image")
    total = sum(part.values)
    if min(part.values, default=0.0) < 0 or total != width * height:
        raise ValueError(f"runs of {total:.0f} pixels for {width} x {height}")
    runs = np.asarray(part.values, dtype=np.int64)
    inside = np.repeat(np.arange(len(runs)) % 2 == 1, runs).reshape(height, width)
    mask[top : top + height, left : left + width] |= inside
