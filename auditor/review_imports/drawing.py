"""Outlines as pixels of the upright image."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from io import BytesIO
from typing import Final, assert_never

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from auditor.imagery.brush import decode_brush
from auditor.imagery.decode import MAX_PIXELS
from auditor.imagery.rle import decode_counts
from auditor.review_imports.records import Brush, ColumnRuns, Outline, PackedArray, Part

MOST_ITEM: Final = 8
"""Bytes of the widest number that a mask is stored in."""
MOST_HEAD: Final = 1 << 16
"""Bytes of the longest head of NumPy's format."""


def draw(parts: Sequence[Part], size: tuple[int, int]) -> NDArray[np.bool_]:
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
                _refuse_size(part.size, size)
                mask |= decode_brush(part.packed, size)
            case ColumnRuns():
                _refuse_size(part.size, size)
                mask |= decode_counts(part.counts, size)
            case PackedArray():
                mask |= _unpacked(part.packed, size)
            case Outline(kind="runs"):
                _add_runs(mask, part)
            case Outline():
                mask |= _outlined(part, size)
            case _:
                assert_never(part)
    return mask


def _refuse_size(claimed: tuple[int, ...], size: tuple[int, int]) -> None:
    if claimed != size:
        raise ValueError(f"a mask of {claimed} for an image of {size}")


def _unpacked(packed: bytes, size: tuple[int, int]) -> NDArray[np.bool_]:
    """No more is unpacked than an image of that size takes, and the head is held against it."""
    try:
        stored = zlib.decompressobj().decompress(packed, size[0] * size[1] * MOST_ITEM + MOST_HEAD)
    except zlib.error as error:
        raise ValueError(str(error)) from None
    stream = BytesIO(stored)
    version = np.lib.format.read_magic(stream)
    if version != (1, 0):
        raise ValueError(f"NumPy's format {version}")
    shape, by_columns, kind = np.lib.format.read_array_header_1_0(stream)
    _refuse_size(shape, size)
    if kind.hasobject or kind.kind not in "biuf" or kind.itemsize > MOST_ITEM:
        raise ValueError(f"values of {kind}")
    values = np.frombuffer(stream.read(), dtype=kind)
    if values.size != size[0] * size[1]:
        raise ValueError(f"{values.size} values for an image of {size}")
    return np.asarray(values.reshape(size, order="F" if by_columns else "C") != 0)


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
