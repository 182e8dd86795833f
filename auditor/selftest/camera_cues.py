"""Cues that a camera, a scanner or an archive leaves in its pictures, as drawn by the renderer."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from auditor.selftest.material import RGB

DIGITS = ("111101101101111", "010110010010111", "111001111100111", "111001111001111")
"""0 to 3 on a grid of 3 x 5."""
JPEG_QUALITY = 14
BAR = 0.11
BRIGHTER = 1.45


def draw_date(image: RGB, rng: np.random.Generator) -> RGB:
    """An orange date of six digits at the bottom right, as film cameras print it."""
    side = len(image)
    dot = max(1, side // 64)
    out = image.copy()
    top = side - 8 * dot - int(rng.integers(0, 2))
    left = side - 26 * dot
    for place, digit in enumerate(rng.integers(0, len(DIGITS), 6)):
        cells = np.array([c == "1" for c in DIGITS[digit]]).reshape(5, 3)
        glyph = np.kron(cells, np.ones((dot, dot), dtype=bool)).astype(bool)
        x = left + place * 4 * dot
        patch = out[top : top + glyph.shape[0], x : x + glyph.shape[1]]
        patch[glyph[: patch.shape[0], : patch.shape[1]]] = (255, 140, 20)
    return out


def draw_letterbox(image: RGB, rng: np.random.Generator) -> RGB:
    """Black bars at the top and the bottom."""
    wide = max(2, round(len(image) * BAR * rng.uniform(0.85, 1.15)))
    out = image.copy()
    out[:wide] = out[-wide:] = 4
    return out


def draw_exposure(image: RGB, rng: np.random.Generator) -> RGB:
    """The whole picture brighter, as after a longer exposure."""
    gain = BRIGHTER * rng.uniform(0.93, 1.07)
    return np.asarray(np.clip(image * gain, 0, 255), np.uint8)


def draw_compression(image: RGB) -> RGB:
    """The picture after a strong JPEG compression."""
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "JPEG", quality=JPEG_QUALITY)
    return np.asarray(Image.open(buffer).convert("RGB"), np.uint8)


def draw_vignette(image: RGB, rng: np.random.Generator) -> RGB:
    """Corners darker than the middle, as through a small lens or a dermatoscope."""
    strength = rng.uniform(0.6, 0.8)
    shade = 1.0 - strength * np.clip(_radius(len(image)) - 0.45, 0.0, None) / 0.55
    return np.asarray(np.clip(image * shade.clip(0.1, 1.0)[..., None], 0, 255), np.uint8)


def draw_ruler(image: RGB, rng: np.random.Generator) -> RGB:
    """A strip with tick marks along the left border, as beside a wound or a specimen."""
    side = len(image)
    wide, step = max(4, round(0.08 * side)), max(3, round(0.06 * side))
    out = image.copy()
    out[:, :wide] = (236, 232, 214)
    first = int(rng.integers(0, step))
    for number, y in enumerate(range(first, side, step)):
        out[y, : wide if number % 5 == 0 else wide // 2] = (25, 25, 25)
    return out


def _radius(side: int) -> NDArray[np.float64]:
    """Distance from the middle; 1 in the corners."""
    axis = (np.arange(side) + 0.5) / side * 2 - 1
    return np.asarray(np.hypot(axis[:, None], axis[None, :]) / np.sqrt(2))
