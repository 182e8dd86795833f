"""Pictures for the eye: geometry against torchvision, stretching against torch, colours against
plotly."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from plotly.colors import sequential
from torch.nn.functional import interpolate
from torchvision.transforms import InterpolationMode
from torchvision.transforms.v2 import functional as F

from auditor.domain.preprocess import Preprocess
from auditor.imagery.colormap import INFERNO_ANCHORS, inferno
from auditor.imagery.overlay import (
    cam_grid,
    heat,
    heat_overlay,
    outline,
    outline_layer,
)
from auditor.imagery.view import model_view, view_size


def noise(width: int, height: int, seed: int = 0) -> Image.Image:
    pixels = np.random.default_rng(seed).integers(0, 256, (height // 4 + 1, width // 4 + 1, 3))
    return Image.fromarray(pixels.astype(np.uint8)).resize(
        (width, height), Image.Resampling.BICUBIC
    )


def torchvision_view(image: Image.Image, preprocess: Preprocess) -> NDArray[np.uint8]:
    mode = InterpolationMode(preprocess.interpolation)
    view = image
    if preprocess.resize is not None:
        size = preprocess.resize
        view = F.resize(view, [size] if isinstance(size, int) else list(size), mode, antialias=True)
    if preprocess.crop is not None:
        view = F.center_crop(view, [preprocess.crop])
    return np.asarray(view)


@settings(deadline=None, max_examples=40)
@given(
    st.integers(5, 60),
    st.integers(5, 60),
    st.one_of(st.none(), st.integers(4, 50), st.tuples(st.integers(4, 50), st.integers(4, 50))),
    st.one_of(st.none(), st.integers(3, 55)),
    st.sampled_from(["nearest", "bilinear", "bicubic"]),
)
def test_the_view_has_torchvisions_geometry(
    width: int, height: int, resize: int | tuple[int, int] | None, crop: int | None, mode: str
) -> None:
    preprocess = Preprocess(resize=resize, crop=crop, interpolation=mode)  # type: ignore[arg-type]
    image = noise(width, height)
    view = model_view(image, preprocess)
    assert view.size == view_size(image.size, preprocess)
    np.testing.assert_array_equal(np.asarray(view), torchvision_view(image, preprocess))


def test_a_small_image_is_padded_with_black() -> None:
    view = model_view(Image.new("L", (3, 3), 255), Preprocess(resize=None, crop=6))
    lit = np.asarray(view)[..., 0] == 255
    # Three rows to share: one above, two below, as torchvision has it.
    assert lit.any(axis=1).tolist() == [False, True, True, True, False, False]


@pytest.mark.parametrize("size", [(28, 28), (30, 17), (7, 7)])
def test_the_map_is_stretched_as_torch_does_without_aligned_corners(size: tuple[int, int]) -> None:
    grid = np.random.default_rng(1).integers(0, 256, (7, 7)).astype(np.uint8)
    tensor = torch.from_numpy(grid).float()[None, None]
    stretched = interpolate(tensor, size=size[::-1], mode="bilinear", align_corners=False)[0, 0]
    low, high = stretched.min(), stretched.max()
    expected = ((stretched - low) / (high - low)).numpy()
    np.testing.assert_allclose(heat(grid, size), expected, atol=1e-5)


@pytest.mark.parametrize("level", [0, 9])
def test_a_map_that_is_the_same_everywhere_leaves_the_picture_alone(level: int) -> None:
    picture = noise(32, 24)
    flat = np.full((4, 4), level, np.uint8)
    np.testing.assert_array_equal(np.asarray(heat_overlay(picture, flat)), np.asarray(picture))


def test_opacity_goes_from_the_picture_to_the_colours() -> None:
    grid = np.zeros((4, 4), np.uint8)
    grid[0, 0] = 255
    picture = Image.new("RGB", (64, 64), (10, 200, 30))
    none, full = (np.asarray(heat_overlay(picture, grid, opacity=o)) for o in (0.0, 1.0))
    np.testing.assert_array_equal(none, np.asarray(picture))
    assert full[0, 0].tolist() == inferno(np.array(1.0)).tolist()
    assert full[63, 63].tolist() == [10, 200, 30]


def test_a_grid_is_read_row_by_row() -> None:
    assert cam_grid(bytes([1, 2, 3, 4, 5, 6]), 2, 3).tolist() == [[1, 2, 3], [4, 5, 6]]


@pytest.mark.parametrize(
    ("cells", "height", "width"),
    [(4, 1, 2**62), (4, -2, -2), (0, 0, 5), (4, 2, 3), (2**16 + 1, 1, 2**16 + 1)],
)
def test_bytes_that_are_no_grid_of_that_size_are_refused(
    cells: int, height: int, width: int
) -> None:
    with pytest.raises(ValueError, match=f"{width}x{height}"):
        cam_grid(bytes(cells), height, width)


def test_the_largest_grid_is_read() -> None:
    assert cam_grid(bytes(2**16), 2**8, 2**8).shape == (256, 256)


def test_the_outline_is_light_inside_and_dark_outside() -> None:
    mask = np.zeros((8, 8), bool)
    mask[2:6, 2:6] = True
    drawn = np.asarray(outline(Image.new("RGB", (8, 8), (90, 90, 90)), mask))[..., 0]
    # Row 3: ground, dark, light, two untouched pixels of the object, light, dark, ground.
    assert drawn[3].tolist() == [90, 16, 255, 90, 90, 255, 16, 90]
    assert drawn[0].tolist() == [90] * 8
    layer = np.asarray(outline_layer(mask, (8, 8)))
    assert (layer[..., 3] == 255).sum() == (drawn != 90).sum() == 12 + 16


def test_an_outline_at_the_rim_and_of_everything() -> None:
    picture = Image.new("RGB", (4, 4), (90, 90, 90))
    everything = np.asarray(outline(picture, np.ones((4, 4), bool)))
    assert (everything == 90).all()
    left = np.zeros((4, 4), bool)
    left[:, 0] = True
    assert np.asarray(outline(picture, left))[0, :, 0].tolist() == [255, 16, 90, 90]


def test_a_mask_of_another_size_is_stretched() -> None:
    mask = np.array([[True, False], [False, False]])
    drawn = np.asarray(outline(Image.new("RGB", (8, 8), (90, 90, 90)), mask))[..., 0]
    assert drawn[0].tolist() == [90, 90, 90, 255, 16, 90, 90, 90]


def test_inferno_is_plotlys() -> None:
    assert [anchor.lower() for anchor in sequential.Inferno] == list(INFERNO_ANCHORS)
    colours = inferno(np.linspace(0, 1, 10))
    expected = [[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in sequential.Inferno]
    assert colours.tolist() == expected


def test_lightness_alone_carries_the_map() -> None:
    luminance = inferno(np.linspace(0, 1, 256)).astype(float) @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(luminance) > -0.8).all()
    assert luminance[-1] - luminance[0] > 200


def test_values_out_of_range_are_clipped() -> None:
    odd = inferno(np.array([-1.0, np.nan, 2.0]))
    assert odd.tolist() == inferno(np.array([0.0, 0.0, 1.0])).tolist()
