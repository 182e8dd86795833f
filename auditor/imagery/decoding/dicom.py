"""DICOM as 8-bit RGB the way a viewer first shows it. Needs pydicom (extra `medical`)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from auditor.files import read_bytes, source
from auditor.imagery.regular import is_endless

if TYPE_CHECKING:
    from pydicom import Dataset

DICOM_SUFFIXES: Final = frozenset((".dcm", ".dicom"))

EXTREME: Final = 1e9
"""Beyond every stored value: what a window maps it to is the window's end."""


def is_dicom(path: Path) -> bool:
    """Whether a file is DICOM by its suffix or, without any suffix, by its preamble."""
    if path.suffix:
        return path.suffix.lower() in DICOM_SUFFIXES
    if is_endless(path):
        return False
    try:
        return read_bytes(path, 132)[128:] == b"DICM"
    except OSError:
        return False


def dicom_size(path: Path) -> tuple[int, int, int]:
    """Height, width and number of frames from the header."""
    from pydicom import dcmread

    header = dcmread(source(path), stop_before_pixels=True)
    _refuse_imageless(header)
    return int(header.Rows), int(header.Columns), int(header.get("NumberOfFrames", None) or 1)


def dicom_rgb(path: Path, *, most_pixels: int) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 of the first frame.

    Grey: modality LUT, then the first window or VOI LUT (DICOM PS3.3 C.11.2) to 0..255, without one
    the image's own lowest to highest value; MONOCHROME1 is inverted. Colour: as RGB, higher bit
    depths scaled down.

    Raises:
        ValueError: too large. pydicom raises much else on damaged files.
    """
    from pydicom import dcmread
    from pydicom.pixels.processing import apply_color_lut, apply_modality_lut
    from pydicom.pixels.utils import pixel_array

    header = dcmread(source(path))
    _refuse_imageless(header)
    if int(header.Rows) * int(header.Columns) > most_pixels:
        raise ValueError(f"{header.Columns}x{header.Rows} pixels are too many")
    stored = pixel_array(header, index=0)
    kind = str(header.PhotometricInterpretation)
    if kind.startswith("MONOCHROME"):
        shown = _windowed(apply_modality_lut(stored, header), header)
        grey = 255 - shown if kind == "MONOCHROME1" else shown
        return np.repeat(grey[..., None], 3, axis=2)
    if kind == "PALETTE COLOR":
        colours = apply_color_lut(stored, header)
        return _scaled(colours, 0.0, float(np.iinfo(colours.dtype).max))
    return _scaled(stored, 0.0, float(2 ** int(header.BitsStored) - 1))


def _windowed(values: NDArray[Any], header: Dataset) -> NDArray[np.uint8]:
    from pydicom.pixels.processing import apply_voi_lut

    if "WindowWidth" not in header and "VOILUTSequence" not in header:
        return _scaled(values, float(values.min()), float(values.max()))
    ends = np.append(values.astype(np.float64).ravel(), [-EXTREME, EXTREME])
    shown = apply_voi_lut(ends, header)
    return _scaled(shown[:-2].reshape(values.shape), float(shown[-2]), float(shown[-1]))


def _scaled(values: NDArray[Any], low: float, high: float) -> NDArray[np.uint8]:
    if high <= low:
        return np.zeros(values.shape, dtype=np.uint8)
    share = np.clip((values.astype(np.float64) - low) / (high - low), 0.0, 1.0)
    return np.asarray((share * 255.0).round().astype(np.uint8))


def _refuse_imageless(header: Dataset) -> None:
    if "Rows" not in header or "Columns" not in header:
        raise ValueError("a DICOM file without an image, such as a report or a plan")
