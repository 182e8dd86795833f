"""The kinds of cues, as the renderer draws them."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from auditor.domain.messages import N_
from auditor.selftest.material import RGB

Mask = NDArray[np.bool_]
WARM = np.array([1.22, 0.97, 0.68])


class CueKind(StrEnum):
    """What is planted with a class."""

    BACKGROUND = N_("background")
    """a kind of background that no other class has"""
    TAG = N_("tag")
    """a small sticker in the corner that is farthest from the object"""
    FRAME = N_("frame")
    """a coloured frame at the border"""
    CAST = N_("cast")
    """a warm colour cast over the whole picture, object included"""
    COMPANION = N_("companion")
    """a second object beside the first"""
    WATERMARK = N_("watermark")
    """a half transparent mark that lies across the object's edge"""
    STICKER = N_("sticker")
    """a small round opaque mark that lies across the object's edge"""
    DATE = N_("date")
    """a printed date at the bottom right"""
    RULER = N_("ruler")
    """a strip with tick marks along the left border"""
    EXPOSURE = N_("exposure")
    """the whole picture brighter"""
    VIGNETTE = N_("vignette")
    """dark corners"""
    LETTERBOX = N_("letterbox")
    """black bars at the top and the bottom"""
    COMPRESSION = N_("compression")
    """the traces of a strong JPEG compression"""


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
    cy, cx = _edge_point(mask, rng)
    reach = max(6, round(0.13 * side))
    y, x = np.mgrid[0:side, 0:side]
    near = (np.abs(y - cy) <= reach) & (np.abs(x - cx) <= reach)
    strokes = near & ((x + y) % 5 < 2)
    out = image.astype(np.float64)
    out[strokes] = 0.45 * out[strokes] + 0.55 * np.array([255, 240, 60])
    return np.asarray(out, np.uint8)


def draw_sticker(image: RGB, mask: Mask, rng: np.random.Generator) -> RGB:
    """A blue disc with a white rim, an eighth to a sixth of the side across, at a random point of
    the object's edge."""
    side = len(image)
    cy, cx = _edge_point(mask, rng)
    radius = max(3.5, side * rng.uniform(0.0625, 0.083))
    y, x = np.mgrid[0:side, 0:side]
    away = np.hypot(y - cy, x - cx)
    out = image.copy()
    out[away <= radius] = (245, 245, 250)
    out[away <= 0.7 * radius] = (30, 60, 210)
    return out


def _edge_point(mask: Mask, rng: np.random.Generator) -> tuple[int, int]:
    inner = mask & np.roll(mask, 1, 0) & np.roll(mask, 1, 1) & np.roll(mask, -1, 1)
    edge = np.argwhere(mask & ~inner)
    if not len(edge):
        return len(mask) // 2, len(mask) // 2
    cy, cx = edge[rng.integers(len(edge))]
    return int(cy), int(cx)


def _far_corner(mask: Mask) -> tuple[bool, bool]:
    """Whether the corner is at the top, and at the left."""
    where = np.argwhere(mask)
    if not len(where):
        return True, True
    cy, cx = where.mean(axis=0)
    return bool(cy > len(mask) / 2), bool(cx > len(mask) / 2)
