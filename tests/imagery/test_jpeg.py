"""Which JPEGs need no more than decoding: PIL is the oracle for their size."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from auditor.imagery.decode import MAX_PIXELS
from auditor.imagery.decoding.jpeg import plain_jpeg_size
from tests.data.making import noise


def encoded(mode: str = "RGB", height: int = 37, width: int = 51, **options: Any) -> bytes:
    file = BytesIO()
    picture = Image.fromarray(noise(height, width)).convert(mode)
    picture.save(file, "JPEG", **options)
    return file.getvalue()


@pytest.mark.parametrize("mode", ["RGB", "L", "YCbCr"])
@pytest.mark.parametrize("progressive", [False, True])
def test_plain_ones(mode: str, progressive: bool) -> None:
    content = encoded(mode, progressive=progressive, restart_marker_blocks=4)
    assert plain_jpeg_size(content) == (37, 51)
    assert plain_jpeg_size(memoryview(content)) == (37, 51)


def test_a_colour_profile_and_a_comment_change_nothing() -> None:
    content = encoded(icc_profile=b"profile" * 20, comment=b"made by hand")
    assert plain_jpeg_size(content) == (37, 51)


@pytest.mark.parametrize(
    "content",
    [
        encoded(exif=Image.Exif().tobytes() or b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"),
        encoded(xmp=b"<x/>"),
        encoded("CMYK"),
        b"",
        b"\xff\xd8",
        encoded()[:30],
        b"\x89PNG\r\n\x1a\n" + bytes(60),
    ],
    ids=["exif", "xmp", "cmyk", "empty", "start", "cut", "png"],
)
def test_everything_else_is_left_to_pil(content: bytes) -> None:
    assert plain_jpeg_size(content) is None


@settings(max_examples=150, deadline=None)
@given(at=st.integers(0, 200), value=st.binary(min_size=1, max_size=3))
def test_damage_never_raises_and_sizes_are_those_of_pil(at: int, value: bytes) -> None:
    content = bytearray(encoded())
    content[at : at + len(value)] = value
    size = plain_jpeg_size(bytes(content))
    if size is not None and size[0] * size[1] <= MAX_PIXELS:
        try:
            with Image.open(BytesIO(content), formats=["JPEG"]) as image:
                assert (image.height, image.width) == size
        except (OSError, SyntaxError):
            pass  # torchvision gives up as well, and PIL finds the words
