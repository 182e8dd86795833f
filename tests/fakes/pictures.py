"""Little pictures with a known object and a known cue: a shape on a ground, a tag in a corner."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from auditor.domain.interventions import Intervention

SIDE = 128
PALETTE = (
    (196, 78, 62),
    (58, 124, 165),
    (226, 168, 58),
    (92, 148, 92),
    (142, 98, 160),
    (88, 88, 96),
)
GROUNDS = (
    (86, 122, 74),
    (120, 150, 180),
    (170, 140, 100),
    (60, 90, 120),
    (150, 110, 120),
    (110, 110, 90),
)


@dataclass(frozen=True)
class PrecomputedBatch:
    """What is drawn: an object of a class on a ground of its class, with a tag in the corner."""

    class_index: int
    seed: int
    size: float

    @property
    def centre(self) -> tuple[float, float]:
        """Of the object: x and y as shares of the side."""
        x, y = np.random.default_rng(self.seed).uniform(0.42, 0.62, size=2)
        return float(x), float(y)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Around the object, in pixels."""
        x, y = self.centre
        half = self.size / 2
        return tuple(SIDE * v for v in (x - half, y - half, x + half, y + half))  # type: ignore[return-value]

    def mask(self) -> np.ndarray:
        """(SIDE, SIDE) bool, True on the object."""
        return np.asarray(self._stencil()) > 127

    def _stencil(self) -> Image.Image:
        stencil = Image.new("L", (SIDE, SIDE), 0)
        pen = ImageDraw.Draw(stencil)
        if self.class_index % 3 == 0:
            pen.ellipse(self.box, fill=255)
        elif self.class_index % 3 == 1:
            pen.rounded_rectangle(self.box, radius=SIDE // 12, fill=255)
        else:
            left, top, right, bottom = self.box
            pen.polygon([((left + right) / 2, top), (right, bottom), (left, bottom)], fill=255)
        return stencil


def draw_scene(
    scene: PrecomputedBatch, what: Intervention = Intervention.ORIGINAL, *, donor_seed: int = 0
) -> Image.Image:
    """The scene as it is, or after an intervention."""
    ground = _ground(scene.class_index, scene.seed)
    if what is Intervention.OBJECT_REMOVED:
        return ground
    if what is Intervention.BACKGROUND_REMOVED:
        ground = Image.new("RGB", (SIDE, SIDE), (128, 128, 128))
    elif what is Intervention.BACKGROUND_SAME:
        ground = _ground(scene.class_index, donor_seed)
    elif what is Intervention.BACKGROUND_OTHER:
        ground = _ground(scene.class_index + 1, donor_seed)
    picture = ground.copy()
    picture.paste(_skin(scene), mask=scene._stencil())
    return picture


def jpeg(picture: Image.Image) -> bytes:
    """As the file of a camera."""
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def _ground(index: int, seed: int) -> Image.Image:
    rng = np.random.default_rng(seed)
    coarse = rng.normal(0, 26, size=(12, 12, 3)).mean(axis=2, keepdims=True).repeat(3, axis=2)
    texture = np.clip(np.array(GROUNDS[index % len(GROUNDS)]) + coarse, 0, 255).astype(np.uint8)
    ground = Image.fromarray(texture).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    pen = ImageDraw.Draw(ground)
    tag = PALETTE[(index + 3) % len(PALETTE)]
    pen.rectangle((4, SIDE - 18, 20, SIDE - 6), fill=tag, outline=(250, 250, 250))
    return ground


def _skin(scene: PrecomputedBatch) -> Image.Image:
    colour = np.array(PALETTE[scene.class_index % len(PALETTE)], dtype=float)
    light = np.linspace(1.25, 0.7, SIDE)[:, None, None]
    skin = np.clip(colour * light.repeat(SIDE, axis=1), 0, 255).astype(np.uint8)
    return Image.fromarray(skin).filter(ImageFilter.SMOOTH)
