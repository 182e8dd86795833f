"""Pictures: only from under the data root, upright, in the network's geometry."""

from __future__ import annotations

import io
from base64 import b64decode
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from auditor.domain.errors import AuditorError
from auditor.domain.manifest import Manifest
from auditor.domain.preprocess import Preprocess
from auditor.imagery.rle import encode_rle
from dashboard.runs import images

OUTSIDE = ["../secret.jpg", "a/../../secret.jpg", "a/./../../secret.jpg"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    data = tmp_path / "data"
    (data / "a").mkdir(parents=True)
    for path in (data / "a" / "1.jpg", tmp_path / "secret.jpg"):
        Image.new("RGB", (60, 40), (200, 10, 10)).save(path)
    return data


def manifest(root: Path, preprocess: Preprocess | None = None) -> Manifest:
    geometry = preprocess or Preprocess(resize=32, crop=32)
    return Manifest(data_root=str(root), preprocess=geometry)


def case(image: str, **more: Any) -> dict[str, Any]:
    cam = bytes([0, 10, 20, 30])
    return {"image": image, "cam": cam, "cam_height": 2, "cam_width": 2, "mask": None} | more


def opened(address: str) -> Image.Image:
    head, body = address.split(",", 1)
    assert head.startswith("data:image/")
    return Image.open(io.BytesIO(b64decode(body)))


def test_a_file_under_the_root_is_found(root: Path) -> None:
    assert images.resolve(root, "a/1.jpg") == (root / "a" / "1.jpg").resolve()


@pytest.mark.parametrize("name", OUTSIDE)
def test_names_that_lead_out_are_refused(root: Path, name: str) -> None:
    with pytest.raises(AuditorError) as caught:
        images.resolve(root, name)
    assert caught.value.code == "dashboard.outside_data"


def test_absolute_names_are_refused(root: Path) -> None:
    with pytest.raises(AuditorError) as caught:
        images.resolve(root, str(root.parent / "secret.jpg"))
    assert caught.value.code == "dashboard.outside_data"


def test_links_that_lead_out_are_refused(root: Path) -> None:
    (root / "a" / "link.jpg").symlink_to(root.parent / "secret.jpg")
    (root / "folder").symlink_to(root.parent)
    for name in ("a/link.jpg", "folder/secret.jpg"):
        with pytest.raises(AuditorError) as caught:
            images.resolve(root, name)
        assert caught.value.code == "dashboard.outside_data"


def test_a_root_that_is_itself_a_link_works(root: Path) -> None:
    (root.parent / "alias").symlink_to(root)
    assert images.resolve(root.parent / "alias", "a/1.jpg").name == "1.jpg"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a/gone.jpg", "not where the audit found it"),
        ("../secret.jpg", "outside the data's folder"),
        ("a/text.jpg", "cannot be shown"),
        ("a", "cannot be shown"),
        ("a/1.jpg\x00.png", "not where the audit found it"),
    ],
)
def test_what_cannot_be_shown_is_told_in_words(root: Path, name: str, said: str) -> None:
    (root / "a" / "text.jpg").write_text("no picture")
    layers = images.layers(case(name), manifest(root), 64)
    assert layers.picture is None
    assert layers.missing is not None
    assert said in layers.missing
    assert str(root) not in layers.missing


def test_a_missing_data_root_is_told_too(tmp_path: Path) -> None:
    layers = images.layers(case("a/1.jpg"), manifest(tmp_path / "gone"), 64)
    assert layers.picture is None
    assert layers.heat is not None


def test_the_view_is_cropped_like_the_networks(root: Path) -> None:
    striped = np.zeros((40, 80, 3), dtype=np.uint8)
    striped[:, 20:60] = (0, 200, 0)
    Image.fromarray(striped).save(root / "a" / "wide.png")
    layers = images.layers(case("a/wide.png"), manifest(root), 32)
    assert layers.picture is not None
    view = opened(layers.picture)
    assert view.size == (32, 32)
    assert np.asarray(view)[4:-4, 2:-2, 1].min() > 150


def test_the_view_is_upright(root: Path) -> None:
    tall = np.zeros((64, 32, 3), dtype=np.uint8)
    tall[:32] = (255, 255, 255)
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(np.rot90(tall, 1)).save(root / "a" / "turned.jpg", exif=exif, quality=95)
    layers = images.layers(
        case("a/turned.jpg"), manifest(root, Preprocess(resize=None, crop=None)), 64
    )
    assert layers.picture is not None
    view = np.asarray(opened(layers.picture).convert("L"))
    assert view.shape == (64, 32)
    assert view[:24].min() > 200
    assert view[40:].max() < 50


@pytest.mark.parametrize(
    ("preprocess", "size", "side", "expected"),
    [
        # The file has twice the pixels that the network sees: twice the geometry.
        (Preprocess(resize=100, crop=80), (200, 300), 160, (200, 160)),
        # It has no more: left alone.
        (Preprocess(resize=100, crop=80), (90, 300), 160, (100, 80)),
        # It has more than is asked for: no more than asked.
        (Preprocess(resize=100, crop=100), (1000, 1000), 250, (250, 250)),
        (Preprocess(resize=(50, 60), crop=None), (600, 500), 100, ((100, 120), None)),
        (Preprocess(resize=None, crop=80), (900, 900), 640, (None, 80)),
    ],
)
def test_enlarging_keeps_the_geometry(
    preprocess: Preprocess, size: tuple[int, int], side: int, expected: tuple[Any, Any]
) -> None:
    larger = images.enlarged(preprocess, size, side)
    assert (larger.resize, larger.crop) == expected


def test_heat_travels_as_its_grid(root: Path) -> None:
    heat = images.layers(case("a/1.jpg"), manifest(root), 64).heat
    assert heat is not None
    assert b64decode(heat["grid"]) == bytes([0, 10, 20, 30])
    assert (heat["height"], heat["width"]) == (2, 2)


@pytest.mark.parametrize("cam", [bytes(4), b"\x01\x02\x03"])
def test_an_empty_or_damaged_map_is_none(root: Path, cam: bytes) -> None:
    assert images.layers(case("a/1.jpg", cam=cam), manifest(root), 64).heat is None


def test_the_outline_runs_along_the_mask(root: Path) -> None:
    mask = np.zeros((32, 32), dtype=bool)
    mask[8:24, 8:24] = True
    layers = images.layers(case("a/1.jpg", mask=encode_rle(mask)), manifest(root), 64)
    assert layers.contour is not None
    drawn = np.asarray(opened(layers.contour))[..., 3] > 0
    rows, columns = np.nonzero(drawn)
    # A square from 8 to 24 of 32, drawn twice as large: its edge is at 16 and 48, give or take.
    assert 14 <= rows.min() <= 17
    assert 46 <= columns.max() <= 49
    assert not drawn[24:40, 24:40].any()


def test_a_damaged_mask_has_no_outline(root: Path) -> None:
    assert images.layers(case("a/1.jpg", mask="{}"), manifest(root), 64).contour is None


def test_colours_run_from_dark_to_light() -> None:
    colours = np.frombuffer(b64decode(images.colours()), dtype=np.uint8).reshape(256, 3)
    lightness = colours.astype(float) @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(lightness) > -1.0).all()
    assert lightness[0] < 5
    assert lightness[-1] > 230
