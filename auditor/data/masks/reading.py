"""A sample's mask as pixels of its upright image, or the reason why it does not fit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import assert_never

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from auditor.data.masks.boxes import draw_box
from auditor.data.masks.polygons import draw_polygons
from auditor.domain.mask_references import (
    MaskAuto,
    MaskBox,
    MaskFile,
    MaskPolygons,
    MaskReference,
    MaskRle,
    MaskUnion,
    Size,
)
from auditor.domain.messages import coded, error_text
from auditor.imagery.decode import MAX_PIXELS, UnreadableImage
from auditor.imagery.mask_image import MaskImage, read_mask_image
from auditor.imagery.rle import decode_counts

Planes = tuple[NDArray[np.bool_], NDArray[np.bool_]]
"""Object and ignored pixels, (H, W) bool each."""


class MaskFault(Exception):  # noqa: N818 - it is the mask that is at fault
    """A mask that cannot be used; `reason` is one line for skipped.csv."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_mask(reference: MaskReference, size: Size, *, fit: bool = False) -> Planes:
    """Object and ignored pixels of `mask_pixels`."""
    found = mask_pixels(reference, size, fit=fit)
    return found.chosen, found.ignored


def mask_pixels(reference: MaskReference, size: Size, *, fit: bool = False) -> MaskImage:
    """A mask in the frame of its upright image.

    Args:
        size: height and width of the upright image.
        fit: resize a mask of another size whose aspect ratio is the image's within a pixel.

    Raises:
        MaskFault: unreadable, or of another size.
    """
    found = _read(reference, size, fit=fit)
    _refuse_misfit(found.chosen.shape, size, fit=fit)
    if found.chosen.shape == size:
        return found
    return MaskImage(_resized(found.chosen, size), _resized(found.ignored, size), found.soft)


def _read(reference: MaskReference, size: Size, *, fit: bool) -> MaskImage:
    match reference:
        case MaskFile():
            return _of_file(reference)
        case MaskRle():
            # Before decoding: what a file claims must not cost its memory.
            _refuse_misfit(reference.size, size, fit=fit)
            return _of_runs(reference)
        case MaskPolygons():
            if reference.size is not None:
                _refuse_misfit(reference.size, size, fit=fit)
            return _of_outlines(reference, size)
        case MaskBox():
            return _of_box(reference, size)
        case MaskAuto(file=Path() as file):
            return _of_file(MaskFile(file))
        case MaskAuto():
            raise MaskFault(coded("skip.auto_mask", "an automatic mask is made from its image"))
        case MaskUnion(parts=parts):
            return _of_parts(parts, size, fit=fit)
    assert_never(reference)


def _of_parts(parts: Sequence[MaskReference], size: Size, *, fit: bool) -> MaskImage:
    """A pixel of any part is object; one that a part ignores and none has as object is ignored."""
    united, ignored = np.zeros((2, *size), dtype=bool)
    soft = False
    for part in parts:
        found = mask_pixels(part, size, fit=fit)
        united |= found.chosen
        ignored |= found.ignored
        soft = soft or found.soft
    return MaskImage(united, ignored & ~united, soft)


def _of_outlines(mask: MaskPolygons, size: Size) -> MaskImage:
    """Drawn in the image's own size: outlines of an annotation of another size are scaled."""
    height, width = mask.size or size
    scale = np.array([size[1] / width, size[0] / height])
    scaled = ((np.reshape(points, (-1, 2)) * scale).ravel() for points in mask.points())
    try:
        return _without_ignored(draw_polygons(scaled, size))
    except ValueError as error:
        raise MaskFault(_of_mask(error)) from error


def _of_box(box: MaskBox, size: Size) -> MaskImage:
    try:
        return _without_ignored(draw_box(box, size))
    except ValueError as error:
        raise MaskFault(error_text(error)) from error


def _of_file(mask: MaskFile) -> MaskImage:
    try:
        return read_mask_image(
            mask.path,
            ignore_value=mask.ignore_value,
            object_values=mask.object_values,
            object_colours=mask.object_colours,
        )
    except UnreadableImage as error:
        told = coded("skip.mask_file", "mask {name}: {why}", name=mask.path.name, why=error.reason)
        raise MaskFault(told) from error


def _of_runs(mask: MaskRle) -> MaskImage:
    united = np.zeros(mask.size, dtype=bool)
    try:
        for counts in mask.counts:
            united |= decode_counts(counts, mask.size)
    except ValueError as error:
        raise MaskFault(_of_mask(error)) from error
    return _without_ignored(united)


def _without_ignored(chosen: NDArray[np.bool_]) -> MaskImage:
    return MaskImage(chosen, np.zeros_like(chosen))


def _same_shape(found: Size, size: Size) -> bool:
    """Whether the smaller of the two, enlarged, meets the larger within a pixel of the smaller."""
    (h, w), (height, width) = found, size
    if not min(h, w, height, width):
        return False
    small, large = (found, size) if h * w <= height * width else (size, found)
    scale = max(large) / max(small)
    return all(abs(s - b / scale) <= 1.0 for s, b in zip(small, large, strict=True))


def _resized(plane: NDArray[np.bool_], size: Size) -> NDArray[np.bool_]:
    picture = Image.fromarray(plane.astype(np.uint8))
    return np.asarray(picture.resize((size[1], size[0]), Image.Resampling.NEAREST)) > 0


def _refuse_misfit(found: tuple[int, ...], size: Size, *, fit: bool) -> None:
    (h, w), (height, width) = found, size
    alike = _same_shape((h, w), size) and h * w <= MAX_PIXELS
    if found == size or (fit and alike):
        return
    sizes = {"mask": f"{w}x{h}", "image": f"{width}x{height}"}
    if (w, h) == (height, width):
        told = coded(
            "skip.mask_turned",
            "mask of {mask} pixels does not fit the image of {image}: its sides are swapped, as"
            " where a photo's EXIF rotation was not applied",
            **sizes,
        )
    elif alike:
        told = coded(
            "skip.mask_scaled",
            "mask of {mask} pixels does not fit the image of {image}: the aspect ratio is the"
            " same, --mask-fit would resize it",
            **sizes,
        )
    else:
        told = coded(
            "skip.mask_size", "mask of {mask} pixels does not fit the image of {image}", **sizes
        )
    raise MaskFault(told)


def _of_mask(error: ValueError) -> str:
    return coded("skip.mask", "mask: {why}", why=error_text(error))
