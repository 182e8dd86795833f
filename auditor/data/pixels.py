"""An image file as a tensor: torchvision's JPEG decoder where it is safe, PIL for all else.

Both stand on libjpeg and give the same pixels; torchvision's hands them over without the two copies
that PIL makes on the way to a tensor. A header is read first, so that a bomb, another format under
the name of a JPEG, or CMYK never reaches torchvision: by a few lines of our own where a JPEG has no
metadata (PIL's header costs a third of such a file's decoding), by PIL for all else. torchvision's
decoders are deprecated: where they are gone, PIL does all.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from auditor.files import is_remote
from auditor.imagery.decode import MAX_PIXELS, Header, decode_image, read_header
from auditor.imagery.decoding.jpeg import plain_jpeg_size
from auditor.imagery.regular import regular_size

try:
    from torchvision.io import ImageReadMode, decode_jpeg
except ImportError:
    decode_jpeg = None

# Once for all: a filter set and taken back around each image costs time and is not safe in threads.
warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"torchvision\.io")

SUFFIXES: Final = frozenset((".jpg", ".jpeg", ".JPG", ".JPEG"))
READ_WHOLE: Final = 64 * 2**20
"""Bytes of a file up to which it is read before anything is known of it."""

TURNS: Final[dict[int, tuple[bool, tuple[int, ...]]]] = {
    2: (False, (2,)),
    3: (False, (1, 2)),
    4: (False, (1,)),
    5: (True, ()),
    6: (True, (2,)),
    7: (True, (1, 2)),
    8: (True, (1,)),
}
"""EXIF orientation -> exchange rows and columns, then the axes of (3, H, W) to flip."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What a file holds.

    Attributes:
        pixels: (3, H, W) uint8 RGB, upright, as `imagery.decode.decode_image` has it.
        animated: it has more frames or pages, which nobody looks at.
        deep: it has more than eight bits a value.
    """

    pixels: Tensor
    animated: bool = False
    deep: bool = False


def read_pixels(path: Path) -> Tensor:
    """The pixels of `read_picture`. Raises `UnreadableImage`."""
    return read_picture(path).pixels


def read_picture(path: Path) -> Picture:
    """An image file as it is audited.

    Raises:
        UnreadableImage: as `decode_image`.
    """
    if is_remote(path):
        # Read once: PIL gives the same pixels, and no second look at the header is needed.
        return Picture(torch.from_numpy(decode_image(path)).permute(2, 0, 1))
    plain = _plain(path)
    if plain is not None:
        return Picture(plain)
    header = read_header(path)
    pixels = _jpeg(path) if _is_plain_jpeg(header) else None
    if pixels is None:
        decoded = torch.from_numpy(decode_image(path)).permute(2, 0, 1)
        return Picture(decoded, header.animated, deep=header.mode.startswith("I"))
    exchanged, flipped = TURNS.get(header.orientation, (False, ()))
    upright = pixels.transpose(1, 2) if exchanged else pixels
    return Picture(upright.flip(flipped) if flipped else upright)


def _plain(path: Path) -> Tensor | None:
    """A JPEG without metadata; None for every other file, and where something is wrong with it."""
    if decode_jpeg is None or path.suffix not in SUFFIXES:
        return None
    length = regular_size(path)
    if length is None or length > READ_WHOLE:
        return None
    try:
        content = np.fromfile(path, dtype=np.uint8)
    except OSError:
        return None
    size = plain_jpeg_size(content.data)
    if size is None or size[0] * size[1] > MAX_PIXELS:
        return None
    return _decoded(content)


def _is_plain_jpeg(header: Header) -> bool:
    return header.format == "JPEG" and header.mode in ("RGB", "L") and decode_jpeg is not None


def _jpeg(path: Path) -> Tensor | None:
    """None where torchvision gives up: PIL then finds the words for it."""
    try:
        return _decoded(np.fromfile(path, dtype=np.uint8))
    except OSError:
        return None


def _decoded(content: NDArray[np.uint8]) -> Tensor | None:
    try:
        pixels: Tensor = decode_jpeg(torch.from_numpy(content), mode=ImageReadMode.RGB)
    except RuntimeError:
        return None
    return pixels
