"""The six kinds of cues, as the renderer draws them."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from auditor.selftest.material import RGB

Mask = NDArray[np.bool_]
WARM = np.array([1.22, 0.97, 0.68])


class CueKind(StrEnum):
    """What is planted with a class."""

    BACKGROUND = "background"
    """a kind of background that no other class has"""
    TAG = "tag"
    """a small sticker in the corner that is farthest from the object"""
    FRAME = "frame"
    """a coloured frame at the border"""
    CAST = "cast"
    """a warm colour cast over the whole picture, object included"""
    COMPANION = "companion"
    """a second object beside the first"""
    WATERMARK = "watermark"
    """a half transparent mark that lies across the object's edge"""


def draw_tag(image: RGB, mask: Mask, rng: np.random.Generator) -> RGB:
    """A white sticker with dark bars in the corner that is farthest from the object."""
    side = len(image)
    size = max(7, round(0.15 * side * rng.uniform(0.9, 1.15)))
    gap = int(rng.integers(1, 3))
    top, left = _far_corner(mask)
    y = gap if top else side - gap - size
    x = gap if left else side - gap - size
    tag = np.full((size, size, 3), 245, np.uint8)
    tag[1:-1, 1:-1][:, ::2] = (30, 30, 60)
    out = image.copy()
    out[y : y + size, x : x + size] = tag
    return out


def draw_frame(image: RGB, rng: np.random.Generator) -> RGB:
    """A teal frame, 5% of the side wide."""
    wide = max(2, round(0.05 * len(image)))
    out = image.copy()
    colour = np.clip(np.array([20, 130, 140]) + rng.normal(0, 8, 3), 0, 255).astype(np.uint8)
    out[:wide] = out[-wide:] = colour
    out[:, :wide] = out[:, -wide:] = colour
    return out


def draw_cast(image: RGB, rng: np.random.Generator) -> RGB:
    """Every pixel times a warm colour."""
    strength = rng.uniform(0.85, 1.15)
    return np.asarray(np.clip(image * (1 + strength * (WARM - 1)), 0, 255), np.uint8)


def draw_watermark(image: RGB, mask: Mask, rng: np.random.Generator) -> RGB:
    """Bright diagonal strokes at 55% across a random point of the object's edge."""
    side = len(image)
    inner = mask & np.roll(mask, 1, 0) & np.roll(mask, 1, 1) & np.roll(mask, -1, 1)
    edge = np.argwhere(mask & ~inner)
    cy, cx = edge[rng.integers(len(edge))] if len(edge) else (side // 2, side // 2)
    reach = max(6, round(0.13 * side))
    y, x = np.mgrid[0:side, 0:side]
    near = (np.abs(y - cy) <= reach) & (np.abs(x - cx) <= reach)
    strokes = near & ((x + y) % 5 < 2)
    out = image.astype(np.float64)
    out[strokes] = 0.45 * out[strokes] + 0.55 * np.array([255, 240, 60])
    return np.asarray(out, np.uint8)


def _far_corner(mask: Mask) -> tuple[bool, bool]:
    """Whether the corner is at the top, and at the left."""
    where = np.argwhere(mask)
    if not len(where):
        return True, True
    cy, cx = where.mean(axis=0)
    return bool(cy > len(mask) / 2), bool(cx > len(mask) / 2)
