"""DICOM as 8-bit RGB the way a viewer first shows it. Needs pydicom (extra `medical`)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from auditor.files import read_bytes, source
from auditor.imagery.decoding.codestream import codestream_size
from auditor.imagery.decoding.dicom_header import (
    DEFLATED,
    padded_pixels,
    refuse_inflated,
    transfer_syntax,
    without_empty_values,
)
from auditor.imagery.regular import is_endless

if TYPE_CHECKING:
    from pydicom import Dataset

DICOM_SUFFIXES: Final = frozenset((".dcm", ".dicom", ".ima"))

HEAD: Final = 132
"""Preamble and magic word."""

EXTREME: Final = 1e9
MOST_ENTRIES: Final = 65536
"""Of a table whose header counts 0: two bytes cannot hold the number."""
"""Beyond every stored value: what a window maps it to is the window's end."""


def is_dicom(path: Path) -> bool:
    """Whether a file is DICOM by its suffix or, without one or named after a UID, by its content.

    Scanners name files `IM0001` or `1.2.840.113619.2.55`, where `.55` is no suffix.
    """
    suffix = path.suffix.lower()
    if suffix in DICOM_SUFFIXES:
        return True
    if suffix and not suffix[1:].isdigit():
        return False
    if is_endless(path):
        return False
    try:
        head = read_bytes(path, HEAD)
    except (OSError, ValueError):  # no file can have such a name
        return False
    return head[128:] == b"DICM" or _is_bare(head)


def dicom_size(path: Path) -> tuple[int, int, int]:
    """Height, width and number of frames from the header."""
    header = without_empty_values(read_dicom(path, stop_before_pixels=True))
    return int(header.Rows), int(header.Columns), int(header.get("NumberOfFrames", None) or 1)


def dicom_rgb(path: Path, *, most_pixels: int) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 of the first frame.

    Grey: modality LUT, then the first window or VOI LUT (DICOM PS3.3 C.11.2) to 0..255, without one
    the image's own lowest to highest value, padding (PixelPaddingValue) left out; MONOCHROME1 is
    inverted. An attribute without a value counts as absent. Colour: as RGB, higher bit depths
    scaled down.

    Raises:
        ValueError: too large, no image, or compressed in a way that no installed plug-in reads.
            pydicom raises much else on damaged files.
    """
    from pydicom.pixels.processing import apply_color_lut, apply_modality_lut
    from pydicom.pixels.utils import pixel_array

    header = without_empty_values(read_dicom(path))
    refuse_unreadable(header, most_pixels)
    stored = pixel_array(header, index=0)
    kind = str(header.PhotometricInterpretation)
    if kind.startswith("MONOCHROME"):
        padding = padded_pixels(stored, header)
        shown = windowed(apply_modality_lut(stored, header), header, padding)
        grey = 255 - shown if kind == "MONOCHROME1" else shown
        return np.repeat(grey[..., None], 3, axis=2)
    if kind == "PALETTE COLOR":
        colours = apply_color_lut(stored, header)
        return _scaled(colours, 0.0, float(np.iinfo(colours.dtype).max))
    return _scaled(stored, 0.0, float(2 ** int(header.BitsStored) - 1))


def read_dicom(path: Path, *, stop_before_pixels: bool = False) -> Dataset:
    """The header, a file without a preamble too. Raises `ValueError` for one without an image."""
    from pydicom import dcmread

    head = read_bytes(path, HEAD + 1024)
    if DEFLATED in head:
        refuse_inflated(read_bytes(path))
    force = _is_bare(head[:HEAD])
    header = dcmread(source(path), stop_before_pixels=stop_before_pixels, force=force)
    if "Rows" not in header or "Columns" not in header:
        raise ValueError("a DICOM file without an image, such as a report or a plan")
    header.file_meta = transfer_syntax(header)
    return header


def _is_bare(head: bytes) -> bool:
    """Whether a file begins with a data element of group 2 or 8 instead of a preamble."""
    if len(head) < 8 or head[128:] == b"DICM" or head[:2] not in (b"\x02\x00", b"\x08\x00"):
        return False
    explicit = head[4:6].isalpha() and head[4:6].isupper()
    return head[3] == 0 and (explicit or (head[6:8] == b"\x00\x00" and head[4] % 2 == 0))


def refuse_unreadable(header: Dataset, most_pixels: int) -> None:
    """Before decoding, raise `ValueError` for too many pixels, a missing plug-in, or a compressed
    picture of another size than the header says."""
    from pydicom.encaps import get_frame
    from pydicom.pixels.decoders.base import get_decoder

    if int(header.Rows) * int(header.Columns) > most_pixels:
        raise ValueError(f"{header.Columns}x{header.Rows} pixels are too many")
    syntax = header.file_meta.TransferSyntaxUID
    if not syntax.is_compressed or syntax.is_deflated:
        return
    if not get_decoder(syntax).is_available:
        raise ValueError(f"{syntax.name} needs pylibjpeg: pip install 'shortcut-auditor[medical]'")
    frames = int(header.get("NumberOfFrames", None) or 1)
    size = codestream_size(get_frame(header.PixelData, 0, number_of_frames=frames))
    if size not in (None, (int(header.Rows), int(header.Columns))):
        raise ValueError(
            f"its compressed picture claims {size[1]}x{size[0]} pixels, its header "
            f"{header.Columns}x{header.Rows}"
        )


def windowed(
    values: NDArray[Any], header: Dataset, padding: NDArray[np.bool_]
) -> NDArray[np.uint8]:
    """(H, W) uint8 of a grey picture's values after the modality LUT, before MONOCHROME1 is
    inverted: by the file's VOI LUT, else its first window, else from lowest to highest."""
    from pydicom.pixels.processing import apply_windowing

    if "VOILUTSequence" in header:
        return _by_table(values, header)
    if "WindowWidth" not in header:
        counted = values if padding.all() else values[~padding]
        return _scaled(values, float(counted.min()), float(counted.max()))
    ends = np.append(values.astype(np.float64).ravel(), [-EXTREME, EXTREME])
    shown = apply_windowing(ends, header)
    low, high = sorted((float(shown[-2]), float(shown[-1])))
    return _scaled(shown[:-2].reshape(values.shape), low, high)


def _by_table(values: NDArray[Any], header: Dataset) -> NDArray[np.uint8]:
    """By the file's first VOI LUT (PS3.3 C.11.2.1.1), its least entry black, its greatest white.

    pydicom's own function holds a place in the table in the type of its entries, so that a table of
    over 256 entries of eight bits is read at other places.
    """
    item = next(each for each in header.VOILUTSequence if each.get("LUTData"))
    count, first, _bits = (int(value) for value in item.LUTDescriptor)
    found = item.LUTData
    if isinstance(found, bytes):
        order = "<" if header.file_meta.TransferSyntaxUID.is_little_endian else ">"
        wide = len(found) >= 2 * (count or MOST_ENTRIES)
        table = np.frombuffer(found, dtype=f"{order}u2" if wide else np.uint8)
    else:
        table = np.atleast_1d(np.asarray(found, dtype=np.int64))
    table = table[: count or MOST_ENTRIES].astype(np.float64)
    places = np.clip(np.round(values).astype(np.int64) - first, 0, len(table) - 1)
    return _scaled(table[places], float(table.min()), float(table.max()))


def _scaled(values: NDArray[Any], low: float, high: float) -> NDArray[np.uint8]:
    if high <= low:
        return np.zeros(values.shape, dtype=np.uint8)
    share = np.clip((values.astype(np.float64) - low) / (high - low), 0.0, 1.0)
    return np.asarray((share * 255.0).round().astype(np.uint8))
