"""Colours of sixteen bits (PNG, TIFF), of which PIL gives the high bytes alone.

Its unpackers name the byte that they keep: the one for the other byte order keeps the low bytes of
the same file, so such a picture is read twice.
"""

from __future__ import annotations

from typing import Any, Final

from PIL import Image

OTHER_BYTES: Final = {
    "RGB;16B": "RGB;16L",
    "RGB;16L": "RGB;16B",
    "RGBA;16B": "RGBA;16L",
    "RGBA;16L": "RGBA;16B",
}
"""PIL's raw modes, and those that keep the other byte of every value."""


def is_deep_colour(image: Image.Image) -> bool:
    """Whether an image that was opened but not loaded has colours of sixteen bits."""
    tiles = getattr(image, "tile", None) or []
    return bool(tiles) and all(_raw_mode(tile) in OTHER_BYTES for tile in tiles)


def take_other_bytes(image: Image.Image) -> None:
    """Have an image that is not loaded yet load its low bytes in place of its high ones."""
    image.tile = [_with_other(tile) for tile in image.tile]  # type: ignore[attr-defined]


def _raw_mode(tile: Any) -> str:
    arguments = tile[3]
    found = arguments[0] if isinstance(arguments, tuple) and arguments else arguments
    return found if isinstance(found, str) else ""


def _with_other(tile: Any) -> Any:
    other = OTHER_BYTES[_raw_mode(tile)]
    arguments = tile[3]
    changed = (other, *arguments[1:]) if isinstance(arguments, tuple) else other
    return type(tile)(*tile[:3], changed) if hasattr(tile, "_fields") else (*tile[:3], changed)
