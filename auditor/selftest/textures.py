"""Procedural backgrounds: noise, stripes and the like, each kind in many colours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from auditor.selftest.material import RGB

Field = NDArray[np.float64]
PLAIN = ("clouds", "grain", "blotches", "slope")
KEPT = ("planks", "tiles", "ripples")


def texture(kind: str, side: int, rng: np.random.Generator) -> RGB:
    """(side, side, 3) uint8 texture of a kind, in two random muted colours."""
    field = _FIELDS[kind](side, rng)[..., None]
    dark, light = rng.uniform(30, 130, 3), rng.uniform(110, 225, 3)
    grain = rng.normal(0, 6, (side, side, 1))
    return np.asarray(np.clip(dark + (light - dark) * field + grain, 0, 255), np.uint8)


def _noise(cells: int, side: int, rng: np.random.Generator) -> Field:
    small = Image.fromarray(np.asarray(rng.random((cells, cells)) * 255, np.uint8))
    return np.asarray(small.resize((side, side), Image.Resampling.BICUBIC), np.float64) / 255


def _clouds(side: int, rng: np.random.Generator) -> Field:
    return 0.6 * _noise(4, side, rng) + 0.3 * _noise(9, side, rng) + 0.1 * _noise(20, side, rng)


def _grain(side: int, rng: np.random.Generator) -> Field:
    return 0.35 + 0.3 * _noise(side // 2, side, rng) + 0.3 * _noise(6, side, rng)


def _blotches(side: int, rng: np.random.Generator) -> Field:
    return np.clip(4 * (_noise(7, side, rng) - 0.5) + 0.5, 0, 1)


def _slope(side: int, rng: np.random.Generator) -> Field:
    return np.clip(_wave(side, rng, 0.5, 0.1) * 0.7 + 0.3 * _noise(5, side, rng), 0, 1)


def _planks(side: int, rng: np.random.Generator) -> Field:
    return (np.sin(_phase(side, rng, 7.0, np.pi / 2, 0.08)) > 0) * 0.7 + 0.3 * _noise(9, side, rng)


def _tiles(side: int, rng: np.random.Generator) -> Field:
    first = np.sin(_phase(side, rng, 5.0, 0.0, 0.1)) > 0
    second = np.sin(_phase(side, rng, 5.0, np.pi / 2, 0.1)) > 0
    return (first ^ second) * 0.7 + 0.3 * _noise(9, side, rng)


def _ripples(side: int, rng: np.random.Generator) -> Field:
    bent = 3.0 * _noise(4, side, rng)
    return 0.5 + 0.5 * np.sin(_phase(side, rng, 9.0, np.pi / 4, 0.2) + bent)


def _wave(side: int, rng: np.random.Generator, cycles: float, offset: float) -> Field:
    return 0.5 + 0.5 * np.sin(_phase(side, rng, cycles, rng.uniform(0, np.pi), offset))


def _phase(
    side: int, rng: np.random.Generator, cycles: float, angle: float, wobble: float
) -> Field:
    turned = angle + rng.normal(0, wobble)
    y, x = np.mgrid[0:side, 0:side] / side
    along = x * np.cos(turned) + y * np.sin(turned)
    return np.asarray(2 * np.pi * (cycles * rng.uniform(0.8, 1.25) * along + rng.random()))


_FIELDS = {
    "clouds": _clouds,
    "grain": _grain,
    "blotches": _blotches,
    "slope": _slope,
    "planks": _planks,
    "tiles": _tiles,
    "ripples": _ripples,
}
