"""Any image upright and 8 bit; bad ones refused with a reason."""

from __future__ import annotations

import os
import struct
import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from auditor.data.checks.duplicates import identical
from auditor.data.fingerprint import fingerprint
from auditor.data.pixels import read_pixels
from auditor.imagery.decode import UnreadableImage, decode_image, read_header
from auditor.imagery.mask_image import decode_mask, read_mask_image, voc_colour
from tests.data.making import UPRIGHT_TO_RAW, noise, sample, save
from tests.fakes.coded import raises_coded


def _exif(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


@pytest.mark.parametrize("orientation", UPRIGHT_TO_RAW)
@pytest.mark.parametrize("suffix", ["png", "tif", "webp"])
def test_every_orientation_comes_upright(tmp_path: Path, orientation: int, suffix: str) -> None:
    scene = noise(6, 9)
    raw = np.ascontiguousarray(UPRIGHT_TO_RAW[orientation](scene))
    options = {"lossless": True} if suffix == "webp" else {}
    path = save(tmp_path / f"a.{suffix}", raw, exif=_exif(orientation), **options)
    assert np.array_equal(decode_image(path), scene)
    header = read_header(path)
    assert (header.height, header.width, header.orientation) == (6, 9, orientation)


@pytest.mark.parametrize("orientation", UPRIGHT_TO_RAW)
def test_a_rotated_jpeg_comes_upright(tmp_path: Path, orientation: int) -> None:
    scene = np.zeros((32, 64, 3), dtype=np.uint8)
    scene[:8, :8] = 255  # one white corner block: the upper left
    raw = np.ascontiguousarray(UPRIGHT_TO_RAW[orientation](scene))
    path = save(tmp_path / "a.jpg", raw, quality=95, exif=_exif(orientation))
    decoded = decode_image(path)
    assert decoded.shape == (32, 64, 3)
    assert decoded[:8, :8].min() > 200
    assert decoded[16:, 16:].max() < 50


def test_a_rotated_mask_comes_upright(tmp_path: Path) -> None:
    mask = np.arange(54).reshape(6, 9) % 3 == 0
    raw = np.ascontiguousarray(UPRIGHT_TO_RAW[6](mask.astype(np.uint8)))
    decoded, _ = decode_mask(save(tmp_path / "m.png", raw, exif=_exif(6)))
    assert np.array_equal(decoded, mask)


def test_sixteen_bit_grey_is_scaled_not_clipped(tmp_path: Path) -> None:
    # 65535 / 255 = 257: each multiple of 257 is one grey level.
    values = np.array([[0, 257, 128 * 257, 65535]], dtype=np.uint16)
    for suffix in ("png", "tif"):
        decoded = decode_image(save(tmp_path / f"a.{suffix}", values))
        assert decoded[0, :, 0].tolist() == [0, 1, 128, 255]
        assert np.array_equal(decoded[..., 0], decoded[..., 2])


def test_pixels_without_a_fixed_range_are_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "a.tif", np.array([[0.5, 1e6]], dtype=np.float32))
    with raises_coded(UnreadableImage, "skip.float_pixels"):
        decode_image(path)
    path = save(tmp_path / "b.tif", np.array([[0, 70000]], dtype=np.int32))
    with raises_coded(UnreadableImage, "skip.deep_pixels"):
        decode_image(path)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "YCbCr", "LAB"])
def test_colours_are_those_that_training_saw(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "a.tif" if mode in ("CMYK", "YCbCr", "LAB") else tmp_path / "a.png"
    Image.fromarray(noise(5, 4)).convert(mode).save(path)
    with Image.open(path) as image:  # torchvision.datasets.folder.pil_loader
        expected = np.asarray(image.convert("RGB"))
    assert np.array_equal(decode_image(path), expected)


def test_alpha_is_dropped_and_the_colour_under_it_kept(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", np.array([[[10, 20, 30, 0]]], dtype=np.uint8))
    assert decode_image(path).tolist() == [[[10, 20, 30]]]


def test_an_adobe_cmyk_jpeg_is_not_inverted(tmp_path: Path) -> None:
    white = Image.new("CMYK", (16, 16), (0, 0, 0, 0))
    white.save(tmp_path / "a.jpg")
    assert decode_image(tmp_path / "a.jpg").min() > 250


@pytest.mark.parametrize("suffix", ["gif", "webp", "png", "tif"])
def test_the_first_frame_of_an_animation(tmp_path: Path, suffix: str) -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ((0, 0, 0), (255, 255, 255))]
    path = tmp_path / f"a.{suffix}"
    frames[0].save(path, save_all=True, append_images=frames[1:])
    assert decode_image(path).max() < 5
    assert read_header(path).animated


def test_a_decompression_bomb_is_refused(tmp_path: Path) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    for side in (9_500, 60_000):  # above PIL's warning, and above its error
        header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
        png = (
            b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", header)
            + chunk(b"IDAT", b"")
            + chunk(b"IEND", b"")
        )
        (tmp_path / "bomb.png").write_bytes(png)
        with pytest.raises(UnreadableImage) as caught:
            decode_image(tmp_path / "bomb.png")
        assert caught.value.reason.code == "skip.bomb"


def test_what_is_no_image_is_refused_with_its_reason(tmp_path: Path) -> None:
    whole = save(tmp_path / "whole.jpg", noise(64, 64)).read_bytes()
    (tmp_path / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "empty.jpg").write_bytes(b"")
    (tmp_path / "text.jpg").write_text("not a picture")
    (tmp_path / "link.jpg").symlink_to(tmp_path / "gone.jpg")
    (tmp_path / "folder.jpg").mkdir()
    (tmp_path / "figure.jpg").write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n")
    reasons = {
        "cut.jpg": "skip.broken",
        "empty.jpg": "skip.empty",
        "text.jpg": "skip.format",
        "figure.jpg": "skip.format",
        "missing.jpg": "skip.no_file",
        "link.jpg": "skip.broken_link",
        "folder.jpg": "skip.folder",
    }
    for name, code in reasons.items():
        with raises_coded(UnreadableImage, code):
            decode_image(tmp_path / name)


def test_what_has_no_end_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "device.png").symlink_to("/dev/zero")
    for name in ("pipe.jpg", "pipe", "device.png"):
        for read in (decode_image, read_header, decode_mask, read_pixels):
            with pytest.raises(UnreadableImage) as caught:
                read(tmp_path / name)
            assert caught.value.reason.code == "skip.device"
    same = [sample(tmp_path / name) for name in ("pipe.jpg", "pipe", "device.png")]
    assert len(fingerprint(same)) == 64
    assert identical(same) == []


def test_any_value_but_zero_is_the_object(tmp_path: Path) -> None:
    expected = [[False, True, True]]
    grey = np.array([[0, 1, 255]], dtype=np.uint8)
    black_is_index_two = Image.fromarray(grey, mode="P")
    black_is_index_two.putpalette([255, 255, 255, 0, 0, 0] + [0, 0, 0] * 254)
    black_is_index_two.save(tmp_path / "palette.png")
    files = [
        save(tmp_path / "grey.png", grey),
        save(tmp_path / "deep.png", grey.astype(np.uint16) * 257),
        save(tmp_path / "bits.png", grey > 0),
        save(tmp_path / "colour.png", np.stack([grey * 0, grey, grey * 0], axis=-1)),
        save(tmp_path / "alpha.png", np.dstack([grey, grey, grey, grey * 0 + 255])),
        save(tmp_path / "cutout.png", np.dstack([grey * 0 + 9] * 3 + [grey])),
        tmp_path / "palette.png",
    ]
    for path in files:
        chosen, ignored = decode_mask(path)
        assert chosen.tolist() == expected, path.name
        assert chosen.dtype == ignored.dtype == bool
        assert not ignored.any()


def test_ignored_and_chosen_values(tmp_path: Path) -> None:
    path = save(tmp_path / "m.png", np.array([[0, 1, 2, 255]], dtype=np.uint8))
    chosen, ignored = decode_mask(path, ignore_value=255)
    assert chosen.tolist() == [[False, True, True, False]]
    assert ignored.tolist() == [[False, False, False, True]]
    chosen, ignored = decode_mask(path, ignore_value=255, object_values=(2,))
    assert chosen.tolist() == [[False, False, True, False]]


def test_vocs_own_palette_says_what_is_void(tmp_path: Path) -> None:
    def voc(indices: list[int]) -> Path:
        image = Image.fromarray(np.array([indices], dtype=np.uint8), mode="P")
        image.putpalette([0] * 765 + [224, 224, 192])
        image.save(tmp_path / "m.png")
        return tmp_path / "m.png"

    chosen, ignored = decode_mask(voc([0, 1, 255]))
    assert (chosen.tolist(), ignored.tolist()) == ([[False, True, False]], [[False, False, True]])
    chosen, ignored = decode_mask(voc([0, 255, 255]))  # a plain 0/255 mask
    assert (chosen.tolist(), ignored.any()) == ([[False, True, True]], False)


def test_a_jpeg_mask_does_not_grow_by_its_artefacts(tmp_path: Path) -> None:
    mask = np.zeros((64, 64), dtype=np.uint8)
    mask[21:43, 21:43] = 255
    path = save(tmp_path / "m.jpg", mask, quality=60)
    assert (np.asarray(Image.open(path)) > 0).sum() > (mask > 0).sum()  # ringing is there
    assert np.array_equal(decode_mask(path)[0], mask > 0)


def _disc(blur: float = 0.0) -> np.ndarray:
    rows, columns = np.mgrid[:96, :128]
    drawn = Image.fromarray(((np.hypot(rows - 48, columns - 64) < 20) * 255).astype(np.uint8))
    return np.asarray(drawn.filter(ImageFilter.GaussianBlur(blur)))


@pytest.mark.parametrize("form", ["grey", "colour", "alpha", "deep", "small", "webp", "jp2"])
def test_a_soft_mask_is_what_lies_above_half(tmp_path: Path, form: str) -> None:
    soft, hard = _disc(6.0), _disc() > 0
    path = tmp_path / "m.png"
    match form:
        case "grey":
            save(path, soft)
        case "colour":
            save(path, np.dstack([soft] * 3))
        case "alpha":
            save(path, np.dstack([np.full((96, 128, 3), 200, np.uint8), soft]))
        case "deep":
            save(path, soft.astype(np.uint16) * 257)
        case "small":  # smoothed by resampling
            Image.fromarray(_disc()).resize((64, 48), Image.Resampling.BICUBIC).save(path)
            hard = hard[::2, ::2]
        case "webp":
            path = save(tmp_path / "m.webp", _disc(), quality=40)
        case "jp2":
            path = save(tmp_path / "m.jp2", _disc(), quality_mode="rates", quality_layers=[40])
    found = read_mask_image(path)
    assert found.soft
    assert np.count_nonzero(found.chosen ^ hard) < 0.12 * hard.sum()


def test_labels_of_instances_are_no_soft_mask(tmp_path: Path) -> None:
    labels = np.zeros((60, 80), dtype=np.uint8)
    for i, value in enumerate((1, 2, 3, 38, 75, 113, 200)):
        labels[5 + 7 * i : 10 + 7 * i, 10:60] = value
    found = read_mask_image(save(tmp_path / "m.png", labels))
    assert not found.soft
    assert np.array_equal(found.chosen, labels > 0)
    colours = np.stack([labels, labels // 2, labels * 0], axis=-1)
    found = read_mask_image(save(tmp_path / "c.png", colours))
    assert np.array_equal(found.chosen, labels > 0)
    palette = Image.fromarray(_disc(6.0)).convert("P", palette=Image.Palette.ADAPTIVE)
    palette.save(tmp_path / "p.png")
    assert not read_mask_image(tmp_path / "p.png").soft


def test_values_of_a_trimap(tmp_path: Path) -> None:
    trimap = np.array([[1, 1, 2, 2, 3]], dtype=np.uint8)
    for pixels in (trimap, np.dstack([trimap] * 3)):
        path = save(tmp_path / "m.png", pixels)
        assert decode_mask(path, object_values=(1,))[0].tolist() == [[True, True] + [False] * 3]
        assert decode_mask(path, object_values=(1, 3))[0].sum() == 3


def test_colours_of_a_label_map(tmp_path: Path) -> None:
    assert [voc_colour(i) for i in (1, 8, 20, 255)] == [0x800000, 0x400000, 0x004080, 0xE0E0C0]
    cat, void = (64, 0, 0), (224, 224, 192)
    path = save(tmp_path / "m.png", np.array([[cat, (128, 0, 0), void]], dtype=np.uint8))
    chosen, ignored = decode_mask(path, ignore_value=255, object_colours=(0x400000,))
    assert (chosen.tolist(), ignored.tolist()) == ([[True, False, False]], [[False, False, True]])
    image = Image.fromarray(np.array([[0, 3, 4]], dtype=np.uint8), mode="P")
    image.putpalette([0] * 9 + [64, 0, 0])
    image.save(tmp_path / "p.png")
    chosen, _ = decode_mask(tmp_path / "p.png", object_colours=(0x400000,))
    assert chosen.tolist() == [[False, True, False]]


def test_values_cannot_be_asked_of_colours(tmp_path: Path) -> None:
    path = save(tmp_path / "m.png", noise(4, 4))
    with pytest.raises(UnreadableImage) as caught:
        decode_mask(path, ignore_value=255)
    assert caught.value.reason.code == "skip.mask_colours"


FORMATS = ("jpg", "png", "webp", "tif", "bmp", "gif", "ppm", "jp2", "avif")


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_damaged_files_never_raise_anything_else(tmp_path: Path, data: st.DataObject) -> None:
    suffix = data.draw(st.sampled_from(FORMATS))
    whole = tmp_path / f"whole.{suffix}"
    if not whole.exists():
        save(whole, noise(24, 16), exif=_exif(6)) if suffix in ("jpg", "png") else save(
            whole, noise(24, 16)
        )
    content = bytearray(whole.read_bytes())
    for _ in range(data.draw(st.integers(0, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    end = data.draw(st.integers(0, len(content)))
    damaged = tmp_path / f"damaged.{suffix}"
    damaged.write_bytes(content[:end] + data.draw(st.binary(max_size=16)))
    for read in (decode_image, decode_mask, read_header):
        with suppress(UnreadableImage):
            read(damaged)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    magic=st.sampled_from(
        [b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"BM", b"GIF89a", b"II*\x00", b"P6 "]
    ),
    body=st.binary(max_size=400),
)
def test_random_bytes_never_raise_anything_else(tmp_path: Path, magic: bytes, body: bytes) -> None:
    path = tmp_path / "random.jpg"
    path.write_bytes(magic + body)
    with suppress(UnreadableImage):
        decode_image(path)
