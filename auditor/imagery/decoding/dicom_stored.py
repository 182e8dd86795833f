"""The values of a grey DICOM picture before any window. Needs pydicom (extra `medical`)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from auditor.imagery.decoding.dicom import read_dicom, refuse_unreadable, windowed
from auditor.imagery.decoding.dicom_header import (
    LONGEST_NAME,
    named_windows,
    padded_pixels,
    without_empty_values,
)

if TYPE_CHECKING:
    from pydicom import Dataset

GREY = "MONOCHROME"


@dataclass(frozen=True, slots=True, eq=False)
class DicomValues:
    """A frame as it is stored.

    Attributes:
        values: (H, W), of whatever type the file has.
        counted: (H, W), False where padding stands.
        slope, intercept: `value * slope + intercept` is in `unit`; the slope is not 0.
        unit: as "HU"; "" where the file does not say.
        inverted: the highest value is black (MONOCHROME1).
        windows: name, centre and width in `unit`, the file's own.
        shown: (H, W) what the audit shows of it, before it is inverted, where the file has a table
            (VOI LUT) or a curve (SIGMOID) of its own; None where its first window, or without one
            the lowest and highest value, say it.
    """

    values: NDArray[Any]
    counted: NDArray[np.bool_]
    slope: float
    intercept: float
    unit: str
    inverted: bool
    windows: tuple[tuple[str, float, float], ...]
    shown: NDArray[np.uint8] | None


def is_grey_dicom(path: Path) -> bool:
    """Whether a DICOM file's header names a grey picture. Raises whatever pydicom does."""
    header = read_dicom(path, stop_before_pixels=True)
    return str(header.get("PhotometricInterpretation", "")).startswith(GREY)


def dicom_values(path: Path, *, most_pixels: int) -> DicomValues:
    """The first frame of a grey picture.

    Raises:
        ValueError: colour, too large, no image, or compressed in a way that no installed plug-in
            reads. pydicom raises much else on damaged files.
    """
    from pydicom.pixels.processing import apply_modality_lut
    from pydicom.pixels.utils import pixel_array

    header = read_dicom(path)
    windows = named_windows(header)
    header = without_empty_values(header)
    kind = str(header.get("PhotometricInterpretation", ""))
    if not kind.startswith(GREY):
        raise ValueError("a picture in colour has no window")
    refuse_unreadable(header, most_pixels)
    stored = pixel_array(header, index=0)
    counted = ~padded_pixels(stored, header)
    slope, intercept = 1.0, 0.0
    if "ModalityLUTSequence" in header:
        values = np.asarray(apply_modality_lut(stored, header))
    else:
        values = np.asarray(stored)
        slope = float(header.get("RescaleSlope", 1.0))
        intercept = float(header.get("RescaleIntercept", 0.0))
    own = "VOILUTSequence" in header or header.get("VOILUTFunction") == "SIGMOID"
    shown = windowed(apply_modality_lut(stored, header), header, ~counted) if own else None
    return DicomValues(
        values,
        counted,
        slope,
        intercept,
        _unit(header),
        kind == "MONOCHROME1",
        tuple(windows),
        shown,
    )


def _unit(header: Dataset) -> str:
    said = str(header.get("RescaleType") or "").strip()
    if said and said != "US":  # PS3.3 C.11.1.1.2: US is "unspecified"
        return said[:LONGEST_NAME]
    return "HU" if str(header.get("Modality") or "") == "CT" and not said else ""
