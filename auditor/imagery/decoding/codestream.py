"""The size that a compressed picture itself claims, read before anything is decoded.

Sources: ITU-T T.81 B.2.2 (JPEG), T.87 C.2.2 (JPEG-LS), T.800 A.5.1 (JPEG 2000).
"""

from __future__ import annotations

from typing import Final

SOI: Final = b"\xff\xd8"
SIZ: Final = b"\xff\x4f\xff\x51"
SIGNATURE: Final = b"\x00\x00\x00\x0cjP  "
FRAMES: Final = frozenset((*range(0xC0, 0xD0), 0xF7)) - {0xC4, 0xC8, 0xCC}
"""Start of frame: all JPEG processes, and JPEG-LS."""
LONE: Final = frozenset((0x01, *range(0xD0, 0xD8)))
"""Markers without a length."""


def codestream_size(content: bytes) -> tuple[int, int] | None:
    """Height and width that a JPEG, JPEG-LS or JPEG 2000 stream claims; None for anything else."""
    if content.startswith(SIGNATURE):
        content = content[max(0, content.find(SIZ)) :]
    if content.startswith(SIZ) and len(content) >= 24:
        right, bottom, left, top = (_number(content, at, 4) for at in (8, 12, 16, 20))
        return bottom - top, right - left
    at = 2 if content.startswith(SOI) else len(content)
    while at + 9 <= len(content) and content[at] == 0xFF:
        kind = content[at + 1]
        if kind in FRAMES:
            return _number(content, at + 5, 2), _number(content, at + 7, 2)
        if kind == 0xFF:
            at += 1
        elif kind in LONE:
            at += 2
        else:
            at += 2 + _number(content, at + 2, 2)
    return None


def _number(content: bytes, at: int, length: int) -> int:
    return int.from_bytes(content[at : at + length], "big")
