"""Any mask file as object and ignored pixels, upright; torch-free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from auditor.domain.messages import coded
from auditor.imagery.decode import UnreadableImage, opened, turned

VOC_VOID: Final = (224, 224, 192)
"""Colour of palette index 255 in Pascal VOC's masks: the ignored contour."""

LOSSY: Final = frozenset(("JPEG", "MPO", "WEBP", "AVIF", "JPEG2000"))
"""Formats in which a black pixel may come back as 1 or 2."""

HIGHEST_LABEL: Final = 15
"""Values up to here are numbers of classes or instances: a mask that is seen is brighter."""

FLAT: Final = 0.1
"""Share of a label's pixels that lie among their like; edges of a soft mask have none."""

UNSURE: Final = 0.02
"""Share of the pixels above zero that labels without flat areas may have together."""


@dataclass(frozen=True)
class MaskImage:
    """A mask file's pixels.

    Attributes:
        chosen: (H, W) bool, the object.
        ignored: (H, W) bool, counted on neither side; no pixel is in both.
        soft: it has grey edges, so the object is what lies above half of its highest value.
    """

    chosen: NDArray[np.bool_]
    ignored: NDArray[np.bool_]
    soft: bool = False


def decode_mask(
    path: Path,
    *,
    ignore_value: int | None = None,
    object_values: Sequence[int] | None = None,
    object_colours: Sequence[int] | None = None,
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Object and ignored pixels of `read_mask_image`."""
    found = read_mask_image(
        path,
        ignore_value=ignore_value,
        object_values=object_values,
        object_colours=object_colours,
    )
    return found.chosen, found.ignored


def read_mask_image(
    path: Path,
    *,
    ignore_value: int | None = None,
    object_values: Sequence[int] | None = None,
    object_colours: Sequence[int] | None = None,
) -> MaskImage:
    """Object and ignored pixels of a mask file, upright.

    Every pixel that is not zero is object: raw indices of a palette, any channel of a colour
    image, pixels that are not transparent. Where the values have soft edges (a smoothed, resampled
    or lossy mask) it is what lies above half of the highest value. A palette whose index 255 has
    Pascal VOC's void colour marks ignored pixels with it as soon as another index is the object.

    Args:
        ignore_value: this value is ignored; in a mask of colours VOC's void colour is.
        object_values: only these values are the object.
        object_colours: the same for a mask saved in colours, 0xRRGGBB each.

    Raises:
        UnreadableImage: as `decode_image`, or a value is asked of a mask that has colours.
    """
    with opened(path) as image:
        lossy = image.format in LOSSY
        upright = turned(image)
        values = np.array(upright)
        palette = upright.getpalette() if upright.mode == "P" else None
    if object_colours is not None:
        if values.ndim == 3:
            return _by_colour(values, object_colours, void=ignore_value is not None)
        if object_values is None:
            object_values = _indices(palette or [], object_colours)
        if not object_values:
            raise UnreadableImage(
                coded(
                    "skip.mask_no_colours", "the mask has no colours, which the label map asks for"
                )
            )
    if object_values is not None or ignore_value is not None:
        values = _single(values)
    if ignore_value is None and _has_void(palette, values):
        ignore_value = 255
    ignored = values == ignore_value if ignore_value is not None else np.zeros(1, dtype=bool)
    soft = False
    if object_values is not None:
        chosen = np.isin(values, object_values)
    elif ignore_value is not None or _has_indices(palette):
        chosen = values > 0
    else:
        chosen, soft = _present(_levels(values, upright.mode), lossy=lossy)
    ignored = np.broadcast_to(ignored, chosen.shape).copy()
    return MaskImage(chosen & ~ignored, ignored, soft)


def _by_colour(values: NDArray[Any], colours: Sequence[int], *, void: bool) -> MaskImage:
    channels = values[..., :3].astype(np.int64)
    codes = channels[..., 0] << 16 | channels[..., 1] << 8 | channels[..., 2]
    red, green, blue = VOC_VOID
    ignored = codes == (red << 16 | green << 8 | blue) if void else np.zeros(codes.shape, bool)
    return MaskImage(np.isin(codes, colours) & ~ignored, ignored)


def _indices(palette: Sequence[int], colours: Sequence[int]) -> list[int]:
    """Palette indices of some colours."""
    entries = zip(palette[::3], palette[1::3], palette[2::3], strict=False)
    return [i for i, (r, g, b) in enumerate(entries) if r << 16 | g << 8 | b in set(colours)]


def _single(values: NDArray[Any]) -> NDArray[Any]:
    """(H, W) of a mask that is grey, however many channels it was saved with."""
    if values.ndim == 2:
        return values
    first = values[..., 0]
    if values.shape[2] >= 3 and not (values[..., 1:3] == first[..., None]).all():
        raise UnreadableImage(
            coded("skip.mask_colours", "the mask has colours where pixel values are needed")
        )
    return first


def _levels(values: NDArray[Any], mode: str) -> NDArray[Any]:
    """(H, W): the value, the highest channel, or the alpha where that says what is object."""
    if values.ndim == 2:
        return values
    if mode not in ("LA", "RGBA", "PA", "La", "RGBa"):
        return np.asarray(values.max(axis=2))
    colour, alpha = values[..., :-1].max(axis=2), values[..., -1]
    return np.where(colour > 0, alpha, 0) if np.ptp(alpha) else colour * (alpha > 0)


def _present(values: NDArray[Any], *, lossy: bool) -> tuple[NDArray[np.bool_], bool]:
    """What is object, and whether a threshold at half of the maximum had to say so."""
    present = values > 0
    if (present == (values == values.max(initial=0))).all():
        return present, False  # two levels, as nearly all masks have: without sorting anything
    levels = np.unique(values)
    above = levels[levels > 0]
    few = len(above) < 3 or above[-1] <= HIGHEST_LABEL
    if len(above) < 2 or (not lossy and (few or _has_labels(values, above))):
        return present, False
    return values > above[-1] / 2, True


def _has_labels(values: NDArray[Any], above: NDArray[Any]) -> bool:
    """Whether the values are labels of areas (instances, classes) and not shades of an edge."""
    inner = values[1:-1, 1:-1]
    flat = np.ones(inner.shape, dtype=bool)
    for neighbour in (values[:-2, 1:-1], values[2:, 1:-1], values[1:-1, :-2], values[1:-1, 2:]):
        flat &= neighbour == inner
    index = np.searchsorted(above, values[values > 0])
    every = np.bincount(index, minlength=len(above))
    among = inner[flat & (inner > 0)]
    areas = np.bincount(np.searchsorted(above, among), minlength=len(above))
    shades = every[areas < FLAT * every].sum()
    return bool(shades <= UNSURE * every.sum())


def _has_indices(palette: Sequence[int] | None) -> bool:
    """Whether values are entries of a palette; one that runs from black to white is grey itself."""
    if palette is None:
        return False
    return any(value != at // 3 for at, value in enumerate(palette))


def _has_void(palette: Sequence[int] | None, values: NDArray[Any]) -> bool:
    if palette is None or tuple(palette[765:768]) != VOC_VOID:
        return False
    return bool(np.any((values > 0) & (values < 255)))


def voc_colour(index: int) -> int:
    """Pascal VOC's colour of a class index, 0xRRGGBB (`VOCcolormap` of its development kit)."""
    code = 0
    for bit in range(8):
        for channel, shift in enumerate((16, 8, 0)):
            code |= (index >> (3 * bit + channel) & 1) << (7 - bit) << shift
    return code
