"""Procedural objects: flat shapes of many colours, told apart by their outline alone."""

from __future__ import annotations

import colorsys
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from auditor.selftest.material import Sprite, trimmed, unit_alpha

CANVAS = 80
OVERSAMPLED = 2
STRIPES = 5
HUE_SPREAD = 0.06

Points = list[tuple[float, float]]


def _star(points: int, inner: float) -> Points:
    angles = np.arange(2 * points) * np.pi / points - np.pi / 2
    radii = np.where(np.arange(2 * points) % 2 == 0, 1.0, inner)
    return [(r * np.cos(a), r * np.sin(a)) for r, a in zip(radii, angles, strict=True)]


def _arrow() -> Points:
    return [(-1, -0.3), (0.1, -0.3), (0.1, -0.9), (1, 0), (0.1, 0.9), (0.1, 0.3), (-1, 0.3)]


def _cross() -> Points:
    arm = 0.34
    quarter = [(arm, -1.0), (arm, -arm), (1.0, -arm)]
    turned: Points = []
    for _ in range(4):
        turned += quarter
        quarter = [(-y, x) for x, y in quarter]
    return turned


OUTLINES: dict[str, Callable[[], Points]] = {
    "disk": lambda: _star(24, 1.0),
    "triangle": lambda: _star(3, 0.5),
    "square": lambda: _star(2, 1.0),
    "star": lambda: _star(5, 0.42),
    "cross": _cross,
    "arrow": _arrow,
    "ring": lambda: _star(24, 1.0),
    "crescent": lambda: _star(24, 1.0),
    "bars": lambda: [(-1, -1), (1, -1), (1, 1), (-1, 1)],
    "burst": lambda: _star(9, 0.62),
}
COMPANION = "hourglass"
_HOURGLASS: Points = [(-0.8, -1), (0.8, -1), (-0.8, 1), (0.8, 1)]


def draw_shape(name: str, rng: np.random.Generator) -> Sprite:
    """A shape in a random colour with fainter stripes of another."""
    mask = Image.new("L", (CANVAS * OVERSAMPLED, CANVAS * OVERSAMPLED))
    pen = ImageDraw.Draw(mask)
    outline = _HOURGLASS if name == COMPANION else OUTLINES[name]()
    pen.polygon(_placed(outline), fill=255)
    for hole in _holes(name):
        pen.polygon(_placed(hole), fill=0)
    small = mask.resize((CANVAS, CANVAS), Image.Resampling.BOX)
    alpha = unit_alpha(np.asarray(small, np.uint8))
    return trimmed(_coloured(name, rng), alpha)


def _holes(name: str) -> list[Points]:
    if name == "ring":
        return [[(0.55 * x, 0.55 * y) for x, y in _star(24, 1.0)]]
    if name == "crescent":
        return [[(0.85 * x + 0.45, 0.85 * y) for x, y in _star(24, 1.0)]]
    if name == "bars":
        return [[(x, -1.1), (x + 0.4, -1.1), (x + 0.4, 1.1), (x, 1.1)] for x in (-0.6, 0.2)]
    return []


def _placed(outline: Points) -> Points:
    half = CANVAS * OVERSAMPLED / 2
    return [(half + 0.96 * half * x, half + 0.96 * half * y) for x, y in outline]


def _coloured(name: str, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Every shape has a hue that it keeps to more or less; the companion is always violet."""
    spread = 0.0 if name == COMPANION else HUE_SPREAD
    usual = 0.83 if name == COMPANION else list(OUTLINES).index(name) / len(OUTLINES)
    hue = (usual + rng.normal(0, spread)) % 1.0
    colours = [
        np.array(colorsys.hsv_to_rgb(hue, rng.uniform(0.45, 1.0), rng.uniform(0.45, 1.0)))
        for _ in range(2)
    ]
    wave = np.arange(CANVAS) * STRIPES // CANVAS % 2
    share = rng.uniform(0.0, 0.5) * wave
    row = colours[0] * (1 - share[:, None]) + colours[1] * share[:, None]
    tile = np.broadcast_to(row, (CANVAS, CANVAS, 3))
    return np.asarray(tile * 255, np.uint8)
