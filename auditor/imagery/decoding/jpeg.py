"""The few bytes of a JPEG that tell whether it needs no more than decoding.

Source: ITU-T T.81, annex B (markers); CIPA DC-007 (MPO) is told by its segment.
"""

from __future__ import annotations

from typing import Final

SOI, SOS, EOI = 0xD8, 0xDA, 0xD9
FRAMES: Final = frozenset((0xC0, 0xC1, 0xC2))
"""Frames that decoders know: baseline, extended, progressive, in Huffman code."""

PLAIN: Final = frozenset((0xDB, 0xC4, 0xDD, 0xFE, 0xE0, 0xEE))
"""Tables, restart interval, comment, JFIF, Adobe: nothing that turns or adds a picture."""

PROFILE, ICC = 0xE2, b"ICC_PROFILE"
COMPONENTS: Final = (1, 3)


def plain_jpeg_size(content: bytes | memoryview) -> tuple[int, int] | None:
    """Height and width of an 8-bit grey or three-colour JPEG without any metadata that matters.

    None for everything else: other formats, CMYK, EXIF or XMP (an orientation may stand there),
    several pictures in one file, damage before the first scan.
    """
    if bytes(content[:2]) != bytes((0xFF, SOI)):
        return None
    size, at = None, 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        kind = content[at + 1]
        length = content[at + 2] << 8 | content[at + 3]
        if kind == SOS:
            return size
        if kind in FRAMES and at + 10 <= len(content):
            bits, components = content[at + 4], content[at + 9]
            height = content[at + 5] << 8 | content[at + 6]
            width = content[at + 7] << 8 | content[at + 8]
            if bits != 8 or components not in COMPONENTS or not height * width or size:
                return None
            size = height, width
        elif kind not in PLAIN and not _is_profile(kind, content, at):
            return None
        at += 2 + length
    return None


def _is_profile(kind: int, content: bytes | memoryview, at: int) -> bool:
    return kind == PROFILE and bytes(content[at + 4 : at + 4 + len(ICC)]) == ICC
