"""The fast path of JPEGs gives what PIL gives."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from auditor.data import pixels
from auditor.data.pixels import read_pixels
from auditor.imagery.decode import UnreadableImage, decode_image
from tests.data.making import noise, save


def _exif(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def _same(path: Path) -> bool:
    return bool(np.array_equal(read_pixels(path).permute(1, 2, 0).numpy(), decode_image(path)))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation(
    tmp_path: Path, orientation: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(tmp_path / "a.jpg", noise(33, 50), exif=_exif(orientation))
    monkeypatch.setattr(pixels, "decode_image", None)  # PIL's decoder is not asked
    turned = read_pixels(path)
    monkeypatch.undo()
    assert np.array_equal(turned.permute(1, 2, 0).numpy(), decode_image(path))
    assert (turned.dtype, turned.shape[0]) == (torch.uint8, 3)


def test_where_torchvision_has_no_decoder_pil_does_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(tmp_path / "a.jpg", noise(33, 50), exif=_exif(6))
    fast = read_pixels(path)
    monkeypatch.setattr(pixels, "decode_jpeg", None)
    assert torch.equal(read_pixels(path), fast)


@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("progressive", [False, True])
def test_every_kind_of_jpeg(tmp_path: Path, subsampling: int, progressive: bool) -> None:
    options = {"subsampling": subsampling, "progressive": progressive, "quality": 83}
    assert _same(save(tmp_path / "a.jpg", noise(37, 51), **options))


@pytest.mark.parametrize("mode", ["L", "CMYK", "YCbCr"])
def test_other_colours(tmp_path: Path, mode: str) -> None:
    Image.fromarray(noise(20, 30)).convert(mode).save(tmp_path / "a.jpg")
    assert _same(tmp_path / "a.jpg")


def test_another_format_under_the_name_of_a_jpeg(tmp_path: Path) -> None:
    Image.fromarray(noise(20, 30)).save(tmp_path / "a.jpg", "PNG")
    assert np.array_equal(read_pixels(tmp_path / "a.jpg").permute(1, 2, 0).numpy(), noise(20, 30))


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_damaged_jpegs_never_raise_anything_else(tmp_path: Path, data: st.DataObject) -> None:
    whole = save(tmp_path / "whole.jpg", noise(24, 16), exif=_exif(6)).read_bytes()
    content = bytearray(whole)
    for _ in range(data.draw(st.integers(0, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "damaged.jpg"
    path.write_bytes(content[: data.draw(st.integers(len(content) // 2, len(content)))])
    with suppress(UnreadableImage):
        read_pixels(path)
