"""Grey TIFFs deeper than eight bits: what PIL opens without their scale, and what it cannot open.

PIL reads 16 bits of either sort but leaves MinIsWhite as it stands, gives 12 bits without their
range, and knows no other depth. TIFF 6.0: samples are packed without gaps, each row begins with a
byte of its own (section 8); PhotometricInterpretation 0 is white at zero.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, TiffImagePlugin

WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC = 256, 257, 258, 259, 262
FILL_ORDER, OFFSETS, ORIENTATION, SAMPLES, ROWS, LENGTHS = 266, 273, 274, 277, 278, 279
PREDICTOR, TILE_WIDTH, SAMPLE_FORMAT = 317, 322, 339
DEPTHS: Final = range(9, 17)
NONE: Final = 1
DEFLATE: Final = (8, 32946)
BY_PIL: Final = (5, 32773)
"""LZW and PackBits: PIL takes their bytes apart, whatever the bits in them."""
MAGIC: Final = (b"II*\x00", b"MM\x00*")


@dataclass(frozen=True)
class GreyScale:
    """How an image's stored values become grey.

    Attributes:
        highest: the value that is white, or black where `inverted`.
        inverted: zero is white.
    """

    highest: int = 65535
    inverted: bool = False


def scale_of(image: Image.Image) -> GreyScale:
    """The scale of an image that PIL opened with more than eight bits."""
    tags: Any = getattr(image, "tag_v2", None)
    if image.format != "TIFF" or tags is None:
        return GreyScale()
    bits = int((tags.get(BITS) or (16,))[0])
    return GreyScale(2 ** min(bits, 16) - 1, tags.get(PHOTOMETRIC) == 0)


def eight_bits(values: NDArray[np.int64], scale: GreyScale) -> Image.Image:
    """Stored values from 0 to `scale.highest` as grey."""
    grey = ((values * 255 + scale.highest // 2) // scale.highest).astype(np.uint8)
    return Image.fromarray(255 - grey if scale.inverted else grey)


def open_grey(content: bytes, most_pixels: int) -> tuple[Image.Image, int] | None:
    """A grey TIFF of 9 to 16 bits that PIL does not know, as 8-bit grey, and its orientation.

    None for every other file.

    Raises:
        ValueError: as `deep_grey`.
    """
    found = deep_grey(content, most_pixels)
    if found is None:
        return None
    values, scale, orientation = found
    return eight_bits(values, scale), orientation


def deep_grey(content: bytes, most_pixels: int) -> tuple[NDArray[np.int64], GreyScale, int] | None:
    """The stored values (H, W) of such a TIFF, their scale, and its orientation (1 to 8).

    None for every other file.

    Raises:
        ValueError: it is one, but damaged, or compressed or laid out as it is not read here.
    """
    if content[:4] not in MAGIC:
        return None
    tags = TiffImagePlugin.ImageFileDirectory_v2(content[:8])
    file = BytesIO(content)
    file.seek(tags.next)
    tags.load(file)
    bits, white_is_zero = _first(tags, BITS, 1), _first(tags, PHOTOMETRIC, 1) == 0
    if bits not in DEPTHS or _first(tags, SAMPLES, 1) != 1 or _first(tags, SAMPLE_FORMAT, 1) != 1:
        return None
    size = _first(tags, HEIGHT, 0), _first(tags, WIDTH, 0)
    if min(size) < 1 or size[0] * size[1] > most_pixels:
        raise ValueError(f"{size[1]}x{size[0]} pixels are refused")
    _refuse_layout(tags)
    values = _values(content, tags, size, bits)
    return values, GreyScale(2**bits - 1, white_is_zero), _first(tags, ORIENTATION, 1)


def _refuse_layout(tags: Any) -> None:
    compression = _first(tags, COMPRESSION, NONE)
    odd = _first(tags, PREDICTOR, 1) != 1 or _first(tags, FILL_ORDER, 1) != 1 or TILE_WIDTH in tags
    if odd or compression not in (NONE, *DEFLATE, *BY_PIL):
        raise ValueError(
            f"a grey TIFF of {_first(tags, BITS, 1)} bits with compression {compression}, "
            "tiles or a predictor: save it with 8 or 16 bits"
        )


def _values(content: bytes, tags: Any, size: tuple[int, int], bits: int) -> NDArray[np.int64]:
    """(H, W) stored values, strip by strip."""
    height, width = size
    row = -(-width * bits // 8)
    if _first(tags, COMPRESSION, NONE) in BY_PIL:
        packed = _by_pil(content, tags, (height, row))
    else:
        packed = b"".join(_strips(content, tags, height * row))
    if len(packed) < height * row:
        raise ValueError(f"truncated: {len(packed)} of {height * row} bytes")
    lines = np.frombuffer(packed[: height * row], dtype=np.uint8).reshape(height, row)
    if bits == 16:
        order = ">u2" if content[:1] == b"M" else "<u2"
        return lines.view(order).astype(np.int64)
    return np.stack([_unpacked(line, width, bits) for line in lines])


def _strips(content: bytes, tags: Any, most: int) -> list[bytes]:
    offsets, lengths = _all(tags, OFFSETS), _all(tags, LENGTHS)
    if _first(tags, COMPRESSION, NONE) == NONE:
        return [content[at : at + n] for at, n in zip(offsets, lengths, strict=False)]
    found: list[bytes] = []
    for at, n in zip(offsets, lengths, strict=False):
        left = most - sum(map(len, found))
        if left <= 0:
            break
        found.append(zlib.decompressobj().decompress(content[at : at + n], left))
    return found


def _by_pil(content: bytes, tags: Any, size: tuple[int, int]) -> bytes:
    """The bytes of all rows: as an 8-bit image of as many columns as a row has bytes.

    Raises:
        ValueError: the strips are damaged.
    """
    height, row = size
    parts = [
        content[at : at + n]
        for at, n in zip(_all(tags, OFFSETS), _all(tags, LENGTHS), strict=False)
    ]
    directory = TiffImagePlugin.ImageFileDirectory_v2(prefix=content[:2])
    for tag, value in (
        (WIDTH, row),
        (HEIGHT, height),
        (BITS, 8),
        (COMPRESSION, _first(tags, COMPRESSION, NONE)),
        (PHOTOMETRIC, 1),
        (SAMPLES, 1),
        (ROWS, _first(tags, ROWS, height)),
        # Counted from the directory's end: PIL adds where that is.
        (OFFSETS, tuple(sum(map(len, parts[:i])) for i in range(len(parts)))),
        (LENGTHS, tuple(map(len, parts))),
    ):
        directory[tag] = value
    first = len(MAGIC[0]) + 4
    head = content[:4] + first.to_bytes(4, "little" if content[:1] == b"I" else "big")
    file = head + directory.tobytes(first) + b"".join(parts)
    try:
        with Image.open(BytesIO(file)) as image:
            return image.tobytes()
    except (OSError, SyntaxError) as error:
        raise ValueError(f"damaged strips: {error}") from None


def _unpacked(line: NDArray[np.uint8], width: int, bits: int) -> NDArray[np.int64]:
    """(W,) values of a row of packed bits, the highest bit first."""
    single = np.unpackbits(line)[: width * bits].reshape(width, bits).astype(np.int64)
    return single @ (1 << np.arange(bits - 1, -1, -1))


def _all(tags: Any, tag: int) -> tuple[int, ...]:
    value = tags.get(tag)
    if value is None:
        return ()
    return tuple(int(v) for v in value) if isinstance(value, tuple) else (int(value),)


def _first(tags: Any, tag: int, default: int) -> int:
    return next(iter(_all(tags, tag)), default)
