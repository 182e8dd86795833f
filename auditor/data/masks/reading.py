"""A sample's mask as pixels of its upright image, or the reason why it does not fit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from auditor.data.masks.boxes import draw_box
from auditor.domain.samples import MaskAuto, MaskBox, MaskFile, MaskReference, MaskRle
from auditor.imagery.decode import MAX_PIXELS, UnreadableImage, decode_mask
from auditor.imagery.rle import decode_counts

Planes = tuple[NDArray[np.bool_], NDArray[np.bool_]]
"""Object and ignored pixels, (H, W) bool each."""


class MaskFault(Exception):  # noqa: N818 - it is the mask that is at fault
    """A mask that cannot be used; `reason` is one line for skipped.csv."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_mask(reference: MaskReference, size: tuple[int, int], *, fit: bool = False) -> Planes:
    """Object and ignored pixels of a mask in the frame of its upright image.

    Args:
        size: height and width of the upright image.
        fit: resize a mask of another size whose aspect ratio is the image's within a pixel.

    Raises:
        MaskFault: unreadable, or of another size.
    """
    match reference:
        case MaskFile():
            planes = _of_file(reference)
        case MaskRle():
            # Before decoding: a damaged size must not cost its memory.
            _refuse_misfit(reference.size, size, fit=fit)
            planes = _of_runs(reference)
        case MaskBox():
            planes = _of_box(reference, size)
        case MaskAuto():
            raise MaskFault("an automatic mask is made from its image")
    _refuse_misfit(planes[0].shape, size, fit=fit)
    return (
        planes
        if planes[0].shape == size
        else (_resized(planes[0], size), _resized(planes[1], size))
    )


def _of_box(box: MaskBox, size: tuple[int, int]) -> Planes:
    try:
        return draw_box(box, size), np.zeros(size, dtype=bool)
    except ValueError as error:
        raise MaskFault(str(error)) from error


def _of_file(mask: MaskFile) -> Planes:
    try:
        return decode_mask(
            mask.path, ignore_value=mask.ignore_value, object_value=mask.object_value
        )
    except UnreadableImage as error:
        raise MaskFault(f"mask {mask.path.name}: {error.reason}") from error


def _of_runs(mask: MaskRle) -> Planes:
    united = np.zeros(mask.size, dtype=bool)
    try:
        for counts in mask.counts:
            united |= decode_counts(counts, mask.size)
    except ValueError as error:
        raise MaskFault(f"mask: {error}") from error
    return united, np.zeros_like(united)


def _same_shape(found: tuple[int, int], size: tuple[int, int]) -> bool:
    """Whether the smaller of the two, enlarged, meets the larger within a pixel of the smaller."""
    (h, w), (height, width) = found, size
    if not min(h, w, height, width):
        return False
    small, large = (found, size) if h * w <= height * width else (size, found)
    scale = max(large) / max(small)
    return all(abs(s - b / scale) <= 1.0 for s, b in zip(small, large, strict=True))


def _resized(plane: NDArray[np.bool_], size: tuple[int, int]) -> NDArray[np.bool_]:
    picture = Image.fromarray(plane.astype(np.uint8))
    return np.asarray(picture.resize((size[1], size[0]), Image.Resampling.NEAREST)) > 0


def _refuse_misfit(found: tuple[int, ...], size: tuple[int, int], *, fit: bool) -> None:
    (h, w), (height, width) = found, size
    alike = _same_shape((h, w), size) and h * w <= MAX_PIXELS
    if found == size or (fit and alike):
        return
    hint = ""
    if (w, h) == (height, width):
        hint = ": its sides are swapped, as where a photo's EXIF rotation was not applied"
    elif alike:
        hint = ": the aspect ratio is the same, --mask-fit would resize it"
    said = f"mask of {w}x{h} pixels does not fit the image of {width}x{height}"
    raise MaskFault(said + hint)
