"""How an image becomes the network's input; one geometry for image and mask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)

Interpolation = Literal["nearest", "bilinear", "bicubic"]


@dataclass(frozen=True, slots=True)
class Preprocess:
    """Resize, centre crop, then (x / 255 - mean) / std.

    Attributes:
        resize: an int resizes the shorter side, (height, width) exactly, None not at all.
        crop: side of the centre crop, or None for no crop.
        mean, std: for values in 0..1, of red, green and blue; one number each for a network that
            takes grey images.
        interpolation: of the image; masks are always resized by nearest neighbour.
    """

    resize: int | tuple[int, int] | None = 224
    crop: int | None = 224
    mean: tuple[float, ...] = IMAGENET_MEAN
    std: tuple[float, ...] = IMAGENET_STD
    interpolation: Interpolation = "bilinear"
