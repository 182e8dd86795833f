"""Image and mask stay on each other to the pixel."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from torchvision.transforms import v2

from auditor.data.geometry import View, to_view
from auditor.data.masks.reading import Planes
from auditor.domain.preprocess import Preprocess
from auditor.imagery.decode import UnreadableImage
from auditor.imagery.view import view_size
from tests.data.making import noise


def _view(image: np.ndarray, masks: Planes | None, preprocess: Preprocess) -> View:
    return to_view(torch.from_numpy(image).permute(2, 0, 1), masks, preprocess)


def _move(mask: np.ndarray, preprocess: Preprocess) -> View:
    """The view of an image that is white on its mask and black elsewhere."""
    image = np.repeat(mask.astype(np.uint8)[..., None] * 255, 3, axis=2)
    return _view(image, (mask, np.zeros_like(mask)), preprocess)


@st.composite
def _scenes(draw: st.DrawFn) -> tuple[np.ndarray, Preprocess]:
    height, width = draw(st.integers(5, 90)), draw(st.integers(5, 90))
    mask = np.zeros((height, width), dtype=bool)
    top, left = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
    mask[top : draw(st.integers(top + 1, height)), left : draw(st.integers(left + 1, width))] = True
    resize = draw(
        st.one_of(st.none(), st.integers(4, 60), st.tuples(st.integers(4, 60), st.integers(4, 60)))
    )
    return mask, Preprocess(resize=resize, crop=draw(st.one_of(st.none(), st.integers(3, 70))))


@settings(deadline=None, max_examples=150)
@given(_scenes())
def test_mask_and_image_lie_on_each_other(scene: tuple[np.ndarray, Preprocess]) -> None:
    # A pixel that antialiasing made of object alone is object, one of background alone is not:
    # they can differ only on the pixels that the outline itself crosses.
    mask, preprocess = scene
    view = _move(mask, preprocess)
    white, black = view.image[0] == 255, view.image[0] == 0
    assert bool(view.planes[0][white].all())
    assert not bool(view.planes[0][black].any())
    assert view.image.shape[1:] == view.planes.shape[1:]
    width, height = view_size((mask.shape[1], mask.shape[0]), preprocess)
    assert view.image.shape == (3, height, width)


def test_the_mask_is_not_shifted_on_average() -> None:
    # Plain nearest neighbour looks at upper left corners: .4 of a pixel off at this size.
    shifts = []
    for left in range(100, 120, 2):
        mask = np.zeros((1000, 1000), dtype=bool)
        mask[300:700, left : left + 311] = True
        view = _move(mask, Preprocess(resize=224, crop=224))
        columns = torch.arange(224.0)
        image = view.image[0].double().sum(0)
        drawn = view.planes[0].double().sum(0)
        shifts.append(
            float((columns * drawn).sum() / drawn.sum() - (columns * image).sum() / image.sum())
        )
    assert abs(float(np.mean(shifts))) < 0.05


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear", "bicubic"])
@pytest.mark.parametrize("size", [(61, 97), (300, 40)])
def test_the_image_is_torchvisions(size: tuple[int, int], interpolation: str) -> None:
    image = noise(*size)
    network = v2.Compose(
        [
            v2.Resize(48, interpolation=v2.InterpolationMode(interpolation), antialias=True),
            v2.CenterCrop(40),
        ]
    )
    expected = network(torch.from_numpy(image).permute(2, 0, 1))
    view = _view(image, None, Preprocess(resize=48, crop=40, interpolation=interpolation))
    assert torch.equal(view.image, expected)
    assert view.image.dtype == torch.uint8


def test_the_image_is_pils_within_rounding() -> None:
    image = noise(61, 97)
    expected = np.asarray(Image.fromarray(image).resize((40, 30), Image.Resampling.BILINEAR))
    view = _view(image, None, Preprocess(resize=(30, 40), crop=None))
    difference = view.image.permute(1, 2, 0).numpy().astype(int) - expected
    assert np.abs(difference).max() <= 1


def test_what_the_crop_cut_off() -> None:
    # 10 x 20 pixels, crop 10: the columns 5..14 stay.
    def lost(columns: slice) -> float:
        mask = np.zeros((10, 20), dtype=bool)
        mask[:, columns] = True
        return _move(mask, Preprocess(resize=None, crop=10)).object_cropped

    assert lost(slice(0, 5)) == 1.0
    assert lost(slice(0, 10)) == 0.5
    assert lost(slice(5, 15)) == 0.0
    assert math.isnan(lost(slice(0, 0)))


def test_padding_is_background_and_black() -> None:
    # 2 x 4 pixels, crop 6: torchvision pads 1 left and right, 2 above and below.
    mask = np.ones((2, 4), dtype=bool)
    view = _move(mask, Preprocess(resize=None, crop=6))
    expected = torch.zeros(6, 6, dtype=torch.bool)
    expected[2:4, 1:5] = True
    assert torch.equal(view.planes[0], expected)
    assert torch.equal(view.image[0] == 255, expected)
    assert not view.planes[1].any()
    assert view.object_cropped == 0.0


def test_ignored_pixels_move_along() -> None:
    left, right = np.zeros((2, 20, 20), dtype=bool)
    left[:, :10], right[:, 10:] = True, True
    view = _view(noise(20, 20), (left, right), Preprocess(resize=10, crop=8))
    assert torch.equal(view.planes[0], torch.tensor([[True] * 4 + [False] * 4] * 8))
    assert torch.equal(view.planes[1], ~view.planes[0])


def test_without_a_mask_nothing_is_object() -> None:
    view = _view(noise(20, 30), None, Preprocess(resize=10, crop=8))
    assert view.planes is None
    assert math.isnan(view.object_cropped)


def test_a_thread_of_an_image_is_refused_before_it_fills_the_memory() -> None:
    with pytest.raises(UnreadableImage) as caught:
        _view(noise(1, 20_000), None, Preprocess(resize=224, crop=224))
    assert caught.value.reason.code == "skip.resize"
