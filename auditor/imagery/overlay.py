"""Heat maps and mask outlines on pictures, drawn when they are looked at. Display only."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from auditor.domain.bounds import MOST_CELLS
from auditor.imagery.colormap import inferno

LINE_LIGHT = (255, 255, 255)
LINE_DARK = (16, 16, 16)


def cam_grid(cam: bytes, height: int, width: int) -> NDArray[np.uint8]:
    """Columns `cam`, `cam_height`, `cam_width` as a (height, width) uint8 grid.

    Raises:
        ValueError: the bytes are not those of the size, or more than `MOST_CELLS`.
    """
    if min(height, width) < 1 or len(cam) != height * width or len(cam) > MOST_CELLS:
        raise ValueError(f"a heat map of {width}x{height} cells in {len(cam)} bytes")
    return np.frombuffer(cam, dtype=np.uint8).reshape(height, width)


def heat(grid: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.float32]:
    """A raw map stretched over a picture: bilinear, min-max to 0..1 for the eye.

    Args:
        grid: (h, w) uint8.
        size: width and height of the picture, as PIL has it.

    Returns:
        (height, width) float32 in 0..1; all 0 where the map is the same everywhere.
    """
    field = Image.fromarray(grid.astype(np.float32))
    stretched = np.asarray(field.resize(size, Image.Resampling.BILINEAR), dtype=np.float32)
    low, high = float(stretched.min()), float(stretched.max())
    if high <= low:
        return np.zeros_like(stretched)
    return (stretched - low) / (high - low)


def heat_overlay(
    picture: Image.Image, grid: NDArray[np.uint8], *, opacity: float = 0.6
) -> Image.Image:
    """A picture with its heat map on it.

    The hotter, the more opaque: cold parts stay as they are, so that the object can still be seen.

    Args:
        picture: any mode; taken as RGB.
        grid: (h, w) uint8 raw map.
        opacity: of the hottest place, 0..1.
    """
    base = np.asarray(picture.convert("RGB"), dtype=np.float32)
    warmth = heat(grid, picture.size)
    alpha = (np.clip(opacity, 0.0, 1.0) * _presence(warmth))[..., None]
    mixed = base * (1.0 - alpha) + inferno(warmth).astype(np.float32) * alpha
    return Image.fromarray(mixed.round().astype(np.uint8))


def outline(picture: Image.Image, mask: NDArray[np.bool_]) -> Image.Image:
    """A picture with the mask's outline: a light line inside, a dark one outside.

    One of the two shows on any background.

    Args:
        picture: any mode; taken as RGB.
        mask: (H, W) bool, stretched to the picture where it is of another size.
    """
    pixels = np.array(picture.convert("RGB"))
    inner, outer = _edges(_fitted(mask, picture.size))
    pixels[outer] = LINE_DARK
    pixels[inner] = LINE_LIGHT
    return Image.fromarray(pixels)


def outline_layer(mask: NDArray[np.bool_], size: tuple[int, int]) -> Image.Image:
    """The outline alone as RGBA on nothing."""
    inner, outer = _edges(_fitted(mask, size))
    pixels = np.zeros((*inner.shape, 4), dtype=np.uint8)
    pixels[outer] = (*LINE_DARK, 255)
    pixels[inner] = (*LINE_LIGHT, 255)
    return Image.fromarray(pixels)


def _presence(warmth: NDArray[np.float32]) -> NDArray[np.float32]:
    """How much of the heat map is seen, 0..1: noise near the floor leaves the picture alone."""
    presence: NDArray[np.float32] = np.minimum(1.6 * warmth, 1.0)
    return presence


def _fitted(mask: NDArray[np.bool_], size: tuple[int, int]) -> NDArray[np.bool_]:
    if mask.shape == (size[1], size[0]):
        return mask.astype(bool)
    stretched = Image.fromarray(mask.astype(np.uint8) * 255).resize(size, Image.Resampling.NEAREST)
    return np.asarray(stretched) > 0


def _edges(mask: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Object pixels beside the background, and background pixels beside the object."""
    return mask & _beside(~mask), ~mask & _beside(mask)


def _beside(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Pixels with a neighbour above, below, left or right in the mask."""
    padded = np.pad(mask, 1)
    return padded[:-2, 1:-1] | padded[2:, 1:-1] | padded[1:-1, :-2] | padded[1:-1, 2:]
