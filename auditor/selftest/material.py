"""What planted pictures are made of: objects with alpha and backgrounds of several kinds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

RGB = NDArray[np.uint8]
Alpha = NDArray[np.float32]


@dataclass(frozen=True)
class Sprite:
    """One object, cropped to its alpha.

    Attributes:
        pixels: (h, w, 3) uint8.
        alpha: (h, w) float32, 0..1.
    """

    pixels: RGB
    alpha: Alpha


class SceneMaterial(Protocol):
    """Objects and backgrounds. The same generator state gives the same picture."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the objects' classes."""
        ...

    @property
    def plain_kinds(self) -> tuple[str, ...]:
        """Kinds of backgrounds that come with every class."""
        ...

    @property
    def cue_kinds(self) -> tuple[str, ...]:
        """Kinds of backgrounds that are kept for cues."""
        ...

    def sprite(self, label: str, rng: np.random.Generator) -> Sprite:
        """An object of a class."""
        ...

    def companion(self, rng: np.random.Generator) -> Sprite:
        """A thing that belongs to no class: the co-occurring object."""
        ...

    def backdrop(self, kind: str, side: int, rng: np.random.Generator) -> RGB:
        """(side, side, 3) background."""
        ...


def unit_alpha(alpha: RGB) -> Alpha:
    """0..255 as float32 0..1."""
    return np.asarray(alpha / np.float32(255), np.float32)


def trimmed(pixels: RGB, alpha: Alpha) -> Sprite:
    """A sprite without its empty margins."""
    rows, columns = (np.flatnonzero((alpha > 0.5).any(axis=axis)) for axis in (1, 0))
    box = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
    return Sprite(np.ascontiguousarray(pixels[box]), np.ascontiguousarray(alpha[box]))
