"""The traits of one picture, as numbers and words. Torch-free.

The object's pixels (its mask, a little larger) are taken out of every trait of pixels where there
is a mask: they are replaced by the mean colour of the rest, so that they say nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image
from scipy import ndimage

from auditor.data.checks.phash import SMALL, phash
from auditor.data.masks.reading import read_mask
from auditor.domain.data_traits import TraitKind
from auditor.domain.mask_references import MaskAuto
from auditor.domain.samples import Sample
from auditor.imagery.decode import open_upright

GRID = 32
RING = 4
CORNER = 8
SHARPNESS_SIDE = 128
GROW = 0.02
"""Share of the shorter side by which a mask is enlarged: masks often miss an object's rim."""
BINS = 4
DIRECTIONS = 8

LUMINANCE = np.array([0.299, 0.587, 0.114], np.float32)

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class PictureTraits:
    """Attributes:
    vectors: of families that are numbers, float32, always of the same length in a family.
    words: of families that are categories.
    thumbnail: (GRID, GRID) luminance 0..1, NaN where the object is.
    masked: whether the object was taken out.
    look: perceptual hash of the whole picture, 32 bytes.
    """

    vectors: Mapping[TraitKind, Floats]
    words: Mapping[TraitKind, str]
    thumbnail: Floats
    masked: bool
    look: bytes


def traits_of(sample: Sample) -> PictureTraits:
    """Everything of one picture.

    Raises:
        UnreadableImage: the file is no picture.
        MaskFault: its mask cannot be used.
    """
    image = open_upright(sample.path)
    pixels = np.asarray(image.convert("RGB"), np.uint8)
    objects = _object(sample, pixels.shape[:2])
    bare = pixels if objects is None else _without(pixels, objects)
    small = _thumbnail(bare, GRID)
    grey = _luminance(small)
    detail = _luminance(_thumbnail(bare, SHARPNESS_SIDE))
    vectors: dict[TraitKind, Floats] = {
        TraitKind.BORDER: small[_ring()].ravel(),
        TraitKind.CORNERS: np.concatenate([small[c].ravel() for c in _corners()]),
        TraitKind.TINT: _tint(small),
        TraitKind.BRIGHTNESS: np.quantile(grey, (0.05, 0.25, 0.5, 0.75, 0.95)).astype(np.float32),
        TraitKind.CONTRAST: np.array([grey.std(), np.ptp(grey)], np.float32),
        TraitKind.SHARPNESS: _sharpness(detail),
        TraitKind.SIZE: np.asarray(np.log(pixels.shape[:2]), np.float32),
        TraitKind.ASPECT: np.array([np.log(pixels.shape[1] / pixels.shape[0])], np.float32),
    }
    if objects is not None and not objects.all():
        vectors[TraitKind.BACKGROUND] = _background(pixels, objects)
    numbers, words = _file_traits(sample.path, pixels, objects)
    thumbnail = grey.copy()
    if objects is not None:
        cover = Image.fromarray(objects.astype(np.uint8) * 255).resize((GRID, GRID), _BOX)
        thumbnail[np.asarray(cover) > 0] = np.nan
    look = image.convert("RGB").resize((SMALL, SMALL), Image.Resampling.BILINEAR)
    return PictureTraits(
        vectors | numbers,
        words,
        thumbnail,
        masked=objects is not None,
        look=phash(np.asarray(look)[None])[0],
    )


_BOX = Image.Resampling.BOX


def _object(sample: Sample, size: tuple[int, int]) -> NDArray[np.bool_] | None:
    if sample.mask is None or isinstance(sample.mask, MaskAuto):
        return None
    objects, ignored = read_mask(sample.mask, size)
    both = objects | ignored
    steps = max(1, round(GROW * min(size)))
    return np.asarray(ndimage.binary_dilation(both, iterations=steps), np.bool_)


def _without(pixels: NDArray[np.uint8], objects: NDArray[np.bool_]) -> NDArray[np.uint8]:
    if objects.all():
        return np.full_like(pixels, 128)
    bare = pixels.copy()
    bare[objects] = pixels[~objects].mean(axis=0)
    return bare


def _thumbnail(pixels: NDArray[np.uint8], side: int) -> Floats:
    """(side, side, 3) float32 0..1, stretched to a square."""
    small = Image.fromarray(pixels).resize((side, side), _BOX)
    return np.asarray(np.asarray(small, np.float32) / np.float32(255), np.float32)


def _luminance(picture: Floats) -> Floats:
    return np.asarray(picture @ LUMINANCE, np.float32)


def _ring() -> NDArray[np.bool_]:
    ring = np.ones((GRID, GRID), np.bool_)
    ring[RING:-RING, RING:-RING] = False
    return ring


def _corners() -> tuple[tuple[slice, slice], ...]:
    ends = (slice(0, CORNER), slice(GRID - CORNER, GRID))
    return tuple((rows, columns) for rows in ends for columns in ends)


def _tint(small: Floats) -> Floats:
    """Mean and spread of red and blue beside green, as shares of the luminance."""
    total = small.sum(axis=2, keepdims=True) + 1e-3
    shares = small / total
    flat = shares.reshape(-1, 3)[:, [0, 2]]
    return np.concatenate([flat.mean(axis=0), flat.std(axis=0)]).astype(np.float32)


def _sharpness(grey: Floats) -> Floats:
    """Logarithm of the mean square of the Laplacian, and of the gradient."""
    laplacian = ndimage.laplace(grey)
    gradient = np.hypot(ndimage.sobel(grey, 0), ndimage.sobel(grey, 1))
    energy = [float((laplacian**2).mean()), float((gradient**2).mean())]
    return np.asarray(np.log(np.array(energy) + 1e-8), np.float32)


def _background(pixels: NDArray[np.uint8], objects: NDArray[np.bool_]) -> Floats:
    """Colour histogram and edge directions of what is not object, shares."""
    ground = pixels[~objects]
    bins = (ground.astype(np.int64) * BINS) // 256
    codes = (bins[:, 0] * BINS + bins[:, 1]) * BINS + bins[:, 2]
    colours = np.bincount(codes, minlength=BINS**3) / len(codes)
    grey = _luminance(np.asarray(pixels, np.float32) / np.float32(255))
    across, down = ndimage.sobel(grey, 1), ndimage.sobel(grey, 0)
    outside = ~objects
    weight = np.hypot(across, down)[outside]
    angle = np.mod(np.arctan2(down, across)[outside], np.pi)
    place = np.minimum((angle / np.pi * DIRECTIONS).astype(np.int64), DIRECTIONS - 1)
    edges = np.bincount(place, weights=weight, minlength=DIRECTIONS) / max(1, len(weight))
    return np.asarray(np.sqrt(np.concatenate([colours, edges])), np.float32)


def _file_traits(
    path: Path, pixels: NDArray[np.uint8], objects: NDArray[np.bool_] | None
) -> tuple[dict[TraitKind, Floats], dict[TraitKind, str]]:
    """What the file says besides its pixels, and the traces of compression in them."""
    numbers: dict[TraitKind, Floats] = {}
    quantisation, kind, exif = 0.0, path.suffix.lower().lstrip("."), {}
    try:
        with Image.open(path) as image:
            kind = image.format or kind
            tables = getattr(image, "quantization", None) or {}
            quantisation = float(np.mean([np.mean(t) for t in tables.values()])) if tables else 0.0
            exif = dict(image.getexif())
    except Exception:  # noqa: BLE001 - the picture was read by its own decoder: only tags lack
        exif = {}
    numbers[TraitKind.COMPRESSION] = np.array([quantisation], np.float32)
    numbers[TraitKind.BLOCKS] = np.array(_blockiness(pixels, objects), np.float32)
    words = {
        TraitKind.CAMERA: " ".join(
            str(exif.get(tag, "")).strip()
            for tag in (ExifTags.Base.Make, ExifTags.Base.Model, ExifTags.Base.Software)
        ).strip()
        or "none",
        TraitKind.ORIENTATION: str(exif.get(ExifTags.Base.Orientation, "none")),
        TraitKind.FILE: kind,
    }
    return numbers, words


def _blockiness(
    pixels: NDArray[np.uint8], objects: NDArray[np.bool_] | None
) -> tuple[float, float]:
    """Steps across the borders of 8 x 8 blocks over steps elsewhere, as logarithms, of pairs of
    pixels outside the object; 0 without blocks. Across rows and columns."""
    grey = pixels.astype(np.float32) @ LUMINANCE
    outside = np.ones(grey.shape, np.bool_) if objects is None else ~objects
    found = []
    for axis in (0, 1):
        steps = np.abs(np.diff(grey, axis=axis))
        first, second = (np.delete(outside, place, axis=axis) for place in (-1, 0))
        counted = first & second
        at = (np.arange(steps.shape[axis]) % 8 == 7).reshape((-1, 1) if axis == 0 else (1, -1))
        border, inside = steps[counted & at], steps[counted & ~at]
        known = len(border) > 0 and len(inside) > 0
        found.append(float(np.log((border.mean() + 0.1) / (inside.mean() + 0.1))) if known else 0.0)
    return found[0], found[1]
