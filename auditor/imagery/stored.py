"""The values that a picture's file stores, before they become eight bits for the eye.

For window and level: two tissues that differ by forty of 65,536 values are one grey at full range.
Torch-free. What `imagery.decode` makes of the same file is one of the windows, `audited`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from auditor.domain.bounds import MOST_PIXELS
from auditor.files import read_bytes
from auditor.imagery.decode import UnreadableImage, opened, read_header, translated, turned
from auditor.imagery.decoding.deep_colour import is_deep_colour, take_other_bytes
from auditor.imagery.decoding.dicom import is_dicom
from auditor.imagery.decoding.dicom_stored import dicom_values, is_grey_dicom
from auditor.imagery.decoding.tiff import MAGIC, deep_grey, scale_of

LEVELS: Final = 65535
COLOURS: Final = ("RGB", "RGBA")
DEEP_COLOURS: Final = ("PNG", "TIFF")
"""Formats whose colours may have sixteen bits."""


@dataclass(frozen=True, slots=True)
class Window:
    """Black below `centre - width / 2`, white above `centre + width / 2`, linear between.

    Attributes:
        name: the file's own, or "".
        centre, width: in the picture's unit.
    """

    name: str
    centre: float
    width: float


@dataclass(frozen=True, slots=True, eq=False)
class StoredPicture:
    """One picture, upright.

    Attributes:
        values: (H, W) uint16, or (H, W, 3) in colours, for which one window stands.
        slope, intercept: `values * slope + intercept` is in the file's unit; the slope is over 0.
        unit: as "HU"; "" where the file does not say.
        lowest, highest: in the unit, of what is no padding.
        inverted: the highest value is black.
        audited: the window by which the audit showed the picture to the network; where a table did
            it, the one to begin with.
        windows: the file's own.
        table: (65536,) uint8, the grey that the audit showed for each value that occurs, before it
            is inverted, where the file has a table or curve of its own; else None.
    """

    values: NDArray[np.uint16]
    slope: float
    intercept: float
    unit: str
    lowest: float
    highest: float
    inverted: bool
    audited: Window
    windows: tuple[Window, ...] = ()
    table: NDArray[np.uint8] | None = None


def has_depth(path: Path) -> bool:
    """Whether `stored_picture` has something to give: over eight bits, or a grey DICOM.

    Raises:
        UnreadableImage: the header cannot be read.
    """
    if is_dicom(path):
        with translated(path):
            return is_grey_dicom(path)
    header = read_header(path)
    if header.mode in COLOURS and header.format in DEEP_COLOURS:
        with opened(path) as image:
            return is_deep_colour(image)
    return header.mode.startswith("I") or (header.mode == "L" and _deep_tiff(path) is not None)


def stored_picture(path: Path, *, most_pixels: int = MOST_PIXELS) -> StoredPicture:
    """The picture's values, at most `most_pixels`, which the header is asked for first.

    Raises:
        UnreadableImage: missing, damaged, too large, or without depth (eight bits, DICOM in
            colours).
    """
    if is_dicom(path):
        with translated(path):
            return _of_dicom(path, most_pixels)
    header = read_header(path)
    channels = 3 if header.mode in COLOURS else 1
    if header.height * header.width * channels > most_pixels:
        raise UnreadableImage(f"{header.width}x{header.height} pixels are too many to window")
    deep = _deep_tiff(path) if header.mode == "L" else None
    if deep is not None:
        values, scale, orientation = deep
        upright = _turned(values.astype(np.uint16), orientation)
        return _grey(upright, scale.highest, inverted=scale.inverted)
    if header.mode in COLOURS and has_depth(path):
        return _grey(_deep_colours(path), LEVELS, inverted=False)
    if not header.mode.startswith("I"):
        raise UnreadableImage("eight bits: there is nothing to window")
    with opened(path) as image:
        scale = scale_of(image)
        values = np.asarray(turned(image)).astype(np.int64)
    if values.size and not 0 <= values.min() <= values.max() <= scale.highest:
        raise UnreadableImage("32-bit or negative pixels have no fixed range")
    return _grey(values.astype(np.uint16), scale.highest, inverted=scale.inverted)


def _grey(values: NDArray[np.uint16], highest: int, *, inverted: bool) -> StoredPicture:
    return StoredPicture(
        values,
        slope=1.0,
        intercept=0.0,
        unit="",
        lowest=float(values.min()),
        highest=float(values.max()),
        inverted=inverted,
        audited=Window("", highest / 2, float(highest)),
    )


def _deep_colours(path: Path) -> NDArray[np.uint16]:
    """(H, W, 3) of a picture with colours of sixteen bits; what is transparent is shown as well."""
    with opened(path) as image:
        high = np.asarray(turned(image))[..., :3].astype(np.uint16)
    with opened(path) as image:
        take_other_bytes(image)
        low = np.asarray(turned(image))[..., :3].astype(np.uint16)
    return np.asarray(high * 256 + low, dtype=np.uint16)


def _of_dicom(path: Path, most_pixels: int) -> StoredPicture:
    found = dicom_values(path, most_pixels=most_pixels)
    values, slope, intercept = _levels(found.values, found.slope, found.intercept)
    counted = values[found.counted] if found.counted.any() else values
    lowest, highest = (float(end) * slope + intercept for end in (counted.min(), counted.max()))
    windows = tuple(Window(*window) for window in found.windows)
    own = Window("", (lowest + highest) / 2, highest - lowest)
    audited = windows[0] if windows else own
    table = None if found.shown is None else _table(values, found.shown)
    return StoredPicture(
        *(values, slope, intercept, found.unit, lowest, highest, found.inverted, audited, windows),
        table=table,
    )


def _table(values: NDArray[np.uint16], shown: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What was shown for every value that occurs. The highest, which fills what an inverted picture
    lacks, is white unless it occurs."""
    table = np.zeros(LEVELS + 1, dtype=np.uint8)
    table[LEVELS] = 255
    table[values.ravel()] = shown.ravel()
    return table


def _levels(
    values: NDArray[Any], slope: float, intercept: float
) -> tuple[NDArray[np.uint16], float, float]:
    """Values from 0 on with a slope over 0: as they are where 65,536 levels hold them."""
    low, high = values.min(), values.max()
    whole = np.issubdtype(values.dtype, np.integer)
    span = float(high) - float(low)
    step = 1.0 if whole and span <= LEVELS else max(span / LEVELS, np.finfo(np.float64).tiny)
    if slope < 0:
        shifted, first = float(high) - values.astype(np.float64), float(high)
    else:
        shifted, first = values.astype(np.float64) - float(low), float(low)
    levels = np.round(shifted / step).astype(np.uint16)
    return levels, abs(slope) * step, intercept + slope * first


def _deep_tiff(path: Path) -> Any:
    """What `deep_grey` finds in a file that PIL shows as eight bits."""
    with translated(path):
        if read_bytes(path, len(MAGIC[0])) not in MAGIC:
            return None
        return deep_grey(read_bytes(path), MOST_PIXELS)


def _turned(values: NDArray[np.uint16], orientation: int) -> NDArray[np.uint16]:
    """Upright by EXIF's orientation."""
    image = Image.fromarray(values)
    image.getexif()[0x0112] = orientation
    return np.asarray(ImageOps.exif_transpose(image)).astype(np.uint16)
