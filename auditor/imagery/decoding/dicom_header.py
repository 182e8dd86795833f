"""What a DICOM header means where writers leave a value out or empty, and what it may claim."""

from __future__ import annotations

import math
import zlib
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pydicom import Dataset
    from pydicom.dataset import FileMetaDataset

FUNCTIONS: Final = ("LINEAR", "LINEAR_EXACT", "SIGMOID")
DEFLATED: Final = b"1.2.840.10008.1.2.1.99"
META: Final = 144
"""Bytes of preamble, magic word and the element that says how long the file meta group is."""
MOST_INFLATED: Final = 2**30
"""Bytes of a deflated file once it is inflated: a few can claim any number."""
STEP: Final = 2**20
MOST_WINDOWS: Final = 12
LONGEST_NAME: Final = 40


def refuse_inflated(content: bytes) -> None:
    """Raise `ValueError` where a deflated file's content would take more than `MOST_INFLATED`."""
    if DEFLATED not in content[META : META + 1024]:
        return
    start = META + int.from_bytes(content[META - 4 : META], "little")
    if content[132:136] != b"\x02\x00\x00\x00" or DEFLATED not in content[META:start]:
        raise ValueError("a deflated file without the length of its file meta group")
    stream, rest, length = zlib.decompressobj(-zlib.MAX_WBITS), content[start:], 0
    while rest and not stream.eof:
        length += len(stream.decompress(rest, STEP))
        rest = stream.unconsumed_tail
        if length > MOST_INFLATED:
            raise ValueError(f"deflated: more than {MOST_INFLATED:,} bytes are refused as a bomb")


def transfer_syntax(header: Dataset) -> FileMetaDataset:
    """The file meta information; without one, the syntax that pydicom met when it read the file."""
    from pydicom.dataset import FileMetaDataset
    from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

    meta: FileMetaDataset = getattr(header, "file_meta", None) or FileMetaDataset()
    if not meta.get("TransferSyntaxUID"):
        implicit, little = header.original_encoding
        explicit = ExplicitVRLittleEndian if little else ExplicitVRBigEndian
        meta.TransferSyntaxUID = ImplicitVRLittleEndian if implicit else explicit
    return meta


def without_empty_values(header: Dataset) -> Dataset:
    """The header with attributes that have no usable value left out, as if they were absent.

    A window needs a centre and a width, of several the first complete pair is taken; a slope of 0
    would make every picture flat; an unknown VOI LUT function is LINEAR, the standard's default.
    """
    _keep_window(header)
    for name in ("VOILUTSequence", "ModalityLUTSequence"):
        if name in header and not any(item.get("LUTData") for item in header[name].value or ()):
            del header[name]
    slope, intercept = (_number(header.get(n)) for n in ("RescaleSlope", "RescaleIntercept"))
    if slope is None and intercept is None:
        _drop(header, "RescaleSlope", "RescaleIntercept")
    else:
        header.RescaleSlope = slope or 1.0
        header.RescaleIntercept = intercept or 0.0
    return header


def named_windows(header: Dataset) -> list[tuple[str, float, float]]:
    """Name ("" without), centre and width of every usable window that a file gives.

    To be asked before `without_empty_values`, which leaves one of them.
    """
    said = header.get("WindowCenterWidthExplanation")
    names = [said] if isinstance(said, str) else list(said or ())
    pairs = zip(_numbers(header, "WindowCenter"), _numbers(header, "WindowWidth"), strict=False)
    found = []
    for place, (centre, width) in enumerate(pairs):
        if centre is not None and width is not None and width > 0:
            name = str(names[place]) if place < len(names) else ""
            found.append((name.strip()[:LONGEST_NAME], centre, width))
    return found[:MOST_WINDOWS]


def padded_pixels(stored: NDArray[Any], header: Dataset) -> NDArray[np.bool_]:
    """Where stored values are padding (PS3.3 C.7.5.1.1.2): outside the scanner's circle."""
    ends = [
        _as_stored(value, header)
        for name in ("PixelPaddingValue", "PixelPaddingRangeLimit")
        if (value := _number(header.get(name))) is not None
    ]
    if not ends:
        return np.zeros(stored.shape, dtype=bool)
    return np.asarray((stored >= min(ends)) & (stored <= max(ends)))


def _keep_window(header: Dataset) -> None:
    function = str(header.get("VOILUTFunction") or "").strip().upper()
    pairs = zip(_numbers(header, "WindowCenter"), _numbers(header, "WindowWidth"), strict=False)
    usable = [(c, w) for c, w in pairs if c is not None and w is not None and w > 0]
    _drop(header, "WindowCenter", "WindowWidth", "VOILUTFunction")
    if not usable:
        return
    header.WindowCenter, header.WindowWidth = usable[0]
    if usable[0][1] < 1 and function not in FUNCTIONS[1:]:
        function = "LINEAR_EXACT"  # LINEAR has no window narrower than 1
    header.VOILUTFunction = function if function in FUNCTIONS else "LINEAR"


def _numbers(header: Dataset, name: str) -> list[float | None]:
    value = header.get(name)
    several = not isinstance(value, str) and hasattr(value, "__iter__")
    return [_number(each) for each in (value if several else [value])]


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _as_stored(value: float, header: Dataset) -> float:
    """A padding value of signed pixels that was written as an unsigned number."""
    bits = int(header.BitsAllocated)
    signed = int(header.get("PixelRepresentation", 0) or 0) == 1
    return value - 2**bits if signed and value >= 2 ** (bits - 1) else value


def _drop(header: Dataset, *names: str) -> None:
    for name in names:
        if name in header:
            del header[name]
