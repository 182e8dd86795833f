"""Any image file as upright 8-bit RGB; torch-free. Mask files are `imagery.mask_image`'s.

Colours follow PIL's `convert("RGB")`, which is what torchvision's datasets hand to a network in
training: alpha is dropped and the colour under it kept, palettes are looked up, CMYK is inverted as
its Adobe marker says. It departs from PIL only where PIL clips: deep grey is scaled from the range
of its bits to 0..255, and inverted where a TIFF says that zero is white. Floating-point and 32-bit
pixels have no fixed range and are refused, not guessed at. Of an animation the first frame counts.
"""

from __future__ import annotations

import errno
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from auditor.domain.errors import AuditorError
from auditor.domain.messages import coded
from auditor.files import read_bytes, size, source
from auditor.imagery.decoding.dicom import DICOM_SUFFIXES, dicom_rgb, dicom_size, is_dicom
from auditor.imagery.decoding.tiff import GreyScale, eight_bits, open_grey, scale_of
from auditor.imagery.regular import is_endless

IMAGE_SUFFIXES: Final = frozenset(
    (
        *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".tif", ".tiff"),
        *(".bmp", ".gif", ".pgm", ".ppm", ".pnm", ".jp2", ".avif"),
        *DICOM_SUFFIXES,
    )
)
"""Suffixes, in lower case, of files that are taken for images."""

FORMATS: Final = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "PPM", "JPEG2000", "AVIF")
"""What PIL may try. Formats that call other programs (EPS) or that nobody trains on stay shut."""

MAX_PIXELS: Final = 89_478_485
"""PIL's own line for a decompression bomb: 256 MiB of RGB."""

LONGEST_REASON: Final = 240
"""Letters of what a decoder says."""

PANIC: Final = "PanicException"

SIDEWAYS: Final = (5, 6, 7, 8)
"""EXIF orientations that exchange height and width."""


def is_image_file(path: Path) -> bool:
    """Whether a file is taken for an image: by its suffix, or as DICOM by its content.

    The content is looked at only where a name has no suffix or ends as a UID does.
    """
    return path.suffix.lower() in IMAGE_SUFFIXES or is_dicom(path)


class UnreadableImage(Exception):  # noqa: N818 - it is the image that is at fault
    """A file that cannot be decoded; `reason` is one line for skipped.csv."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Header:
    """A file's header.

    Attributes:
        height, width: of the upright image.
        orientation: EXIF's, 1..8; 1 is upright already.
        animated: it has several frames or pages.
        format, mode: as PIL names them.
    """

    height: int
    width: int
    orientation: int = 1
    animated: bool = False
    format: str = "DICOM"
    mode: str = ""


def decode_image(path: Path) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB, upright by its EXIF orientation.

    Raises:
        UnreadableImage: missing, empty, truncated, not an image, a decompression bomb, or without
            a fixed range of values.
    """
    return np.array(open_upright(path))


def open_upright(path: Path) -> Image.Image:
    """The same as a loaded PIL image of mode RGB. Raises `UnreadableImage`."""
    if is_dicom(path):
        with translated(path):
            return Image.fromarray(dicom_rgb(path, most_pixels=MAX_PIXELS))
    with opened(path) as image:
        scale = scale_of(image)
        return _rgb(turned(image), scale)


def read_header(path: Path) -> Header:
    """What the header alone says; no pixel is decoded. Raises `UnreadableImage`."""
    if is_dicom(path):
        with translated(path):
            height, width, frames = dicom_size(path)
            return Header(height, width, animated=frames > 1)
    with opened(path) as image:
        width, height = image.size
        orientation = _orientation(image)
        file_format, mode = str(image.format), image.mode
        tags = getattr(image, "tag_v2", None)
        if file_format == "TIFF" and tags is not None:
            # PIL has turned the size of some TIFFs already, depending on its version.
            width, height = tags[256], tags[257]
        # An MPO's further pictures are previews and other views of a phone's photo.
        animated = file_format != "MPO" and getattr(image, "is_animated", False)
    if orientation in SIDEWAYS:
        height, width = width, height
    return Header(height, width, orientation, animated, file_format, mode)


def turned(image: Image.Image) -> Image.Image:
    """Upright and loaded. PIL's own function would copy an image that is so already."""
    image.load()
    return image if _orientation(image) == 1 else ImageOps.exif_transpose(image)


def _orientation(image: Image.Image) -> int:
    value = image.getexif().get(ExifTags.Base.Orientation, 1)
    return value if value in range(1, 9) else 1


def _rgb(image: Image.Image, scale: GreyScale) -> Image.Image:
    if image.mode.startswith("I"):
        values = np.asarray(image).astype(np.int64)
        if values.size and not 0 <= values.min() <= values.max() <= scale.highest:
            raise UnreadableImage(
                coded(
                    "skip.deep_pixels",
                    "32-bit or negative pixels have no fixed range: save it with 8 or 16 bits",
                )
            )
        image = eight_bits(values, scale)
    elif image.mode == "F":
        raise UnreadableImage(
            coded(
                "skip.float_pixels", "float pixels have no fixed range: save it with 8 or 16 bits"
            )
        )
    return image if image.mode == "RGB" else image.convert("RGB")


@contextmanager
def opened(path: Path) -> Iterator[Image.Image]:
    """A PIL image; whatever goes wrong while it is open is an `UnreadableImage`."""
    with translated(path), _open(path) as image:
        if image.width * image.height > MAX_PIXELS:
            raise UnreadableImage(_bomb(f"{image.width}x{image.height}"))
        yield image


def _open(path: Path) -> Image.Image:
    try:
        return Image.open(source(path), formats=FORMATS)
    except UnidentifiedImageError:
        deep = open_grey(read_bytes(path), MAX_PIXELS)
        if deep is None:
            raise
        image, orientation = deep
        image.format = "TIFF"
        image.getexif()[ExifTags.Base.Orientation] = orientation
        return image


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Whatever goes wrong while a picture's file is read is an `UnreadableImage`."""
    if is_endless(path):
        raise UnreadableImage(coded("skip.device", "a pipe, socket or device, not a file"))
    try:
        with warnings.catch_warnings():
            # Decoders warn about odd headers and large images: the caller hears what matters.
            warnings.simplefilter("ignore")
            yield
    except (UnreadableImage, AuditorError):
        raise
    except Exception as error:  # broken bytes make decoders raise anything
        raise UnreadableImage(_why(error, path)) from error
    except BaseException as error:
        # A decoder written in Rust that runs into its own bound raises no `Exception`.
        if type(error).__name__ != PANIC:
            raise
        raise UnreadableImage("broken image: its decoder gave up") from error


def _why(error: Exception, path: Path) -> str:
    said = " ".join(str(error).split())[:LONGEST_REASON] or type(error).__name__
    why: str = coded("skip.broken", "broken image: {error}", error=said)
    match error:
        case FileNotFoundError():
            linked = path.is_symlink()
            why = (
                coded("skip.broken_link", "broken link")
                if linked
                else coded("skip.no_file", "no such file")
            )
        case IsADirectoryError():
            why = coded("skip.folder", "a folder, not a file")
        case PermissionError():
            why = coded("skip.permission", "no permission to read it")
        case OSError(errno=errno.ELOOP):
            why = coded("skip.link_loop", "a link that leads to itself")
        case Image.DecompressionBombError():
            why = _bomb(coded("skip.far_too_large", "far too large"))
        case ModuleNotFoundError():
            why = coded(
                "skip.dicom",
                "DICOM needs pydicom: {command}",
                command="pip install 'shortcut-auditor[medical]'",
            )
        case MemoryError():
            why = coded("skip.memory", "not enough memory to decode it")
        case UnidentifiedImageError():
            why = (
                coded("skip.empty", "empty file")
                if size(path) == 0
                else coded("skip.format", "not an image of a known format")
            )
    return why


def _bomb(size: str) -> str:
    return coded(
        "skip.bomb",
        "{size}: more than {most:,} pixels are refused as a decompression bomb",
        size=size,
        most=MAX_PIXELS,
    )
