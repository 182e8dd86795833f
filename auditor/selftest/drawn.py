"""The material that needs no file: procedural shapes on procedural textures."""

from __future__ import annotations

import numpy as np

from auditor.selftest.material import RGB, Sprite
from auditor.selftest.shapes import COMPANION, OUTLINES, draw_shape
from auditor.selftest.textures import KEPT, PLAIN, texture


class Drawn:
    """A `Material` of shapes and textures."""

    classes = tuple(OUTLINES)
    plain_kinds = PLAIN
    cue_kinds = KEPT

    def sprite(self, label: str, rng: np.random.Generator) -> Sprite:
        """A shape."""
        return draw_shape(label, rng)

    def companion(self, rng: np.random.Generator) -> Sprite:
        """A shape that is no class, always violet."""
        return draw_shape(COMPANION, rng)

    def backdrop(self, kind: str, side: int, rng: np.random.Generator) -> RGB:
        """A texture."""
        return texture(kind, side, rng)
