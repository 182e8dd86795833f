"""An image file as a tensor: torchvision's JPEG decoder where it is safe, PIL for all else.

Both stand on libjpeg and give the same pixels; torchvision's hands them over without the two copies
that PIL makes on the way to a tensor. PIL reads the header first, so that a bomb, another format
under the name of a JPEG, or CMYK never reaches torchvision. Its decoders are deprecated: where they
are gone, PIL does all.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Final

import torch
from torch import Tensor

from auditor.imagery.decode import Header, decode_image, read_header

try:
    from torchvision.io import ImageReadMode, decode_jpeg, read_file
except ImportError:
    decode_jpeg = None

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


def read_pixels(path: Path) -> Tensor:
    """(3, H, W) uint8 RGB, upright, as `imagery.decode.decode_image` has it.

    Raises:
        UnreadableImage: as `decode_image`.
    """
    header = read_header(path)
    pixels = _jpeg(path) if _is_plain_jpeg(header) else None
    if pixels is None:
        return torch.from_numpy(decode_image(path)).permute(2, 0, 1)
    exchanged, flipped = TURNS.get(header.orientation, (False, ()))
    upright = pixels.transpose(1, 2) if exchanged else pixels
    return upright.flip(flipped) if flipped else upright


def _is_plain_jpeg(header: Header) -> bool:
    return header.format == "JPEG" and header.mode in ("RGB", "L") and decode_jpeg is not None


def _jpeg(path: Path) -> Tensor | None:
    """None where torchvision gives up: PIL then finds the words for it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            pixels: Tensor = decode_jpeg(read_file(str(path)), mode=ImageReadMode.RGB)
    except RuntimeError:
        return None
    return pixels
