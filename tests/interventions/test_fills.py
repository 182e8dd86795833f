from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from auditor.domain.interventions import HOLE_FILLS, Fill
from auditor.interventions.fills import fill_holes, flat, mean_colour
from auditor.interventions.holes import dilate


def blob(size: tuple[int, int], generator: torch.Generator) -> Tensor:
    """(1, H, W) a random ellipse, anywhere, of any size."""
    height, width = size
    up, across, tall, wide = torch.rand(4, generator=generator).tolist()
    y = (torch.arange(height)[:, None] - up * height) / (0.05 + 0.5 * tall) / height
    x = (torch.arange(width) - across * width) / (0.05 + 0.5 * wide) / width
    return (y**2 + x**2 <= 1)[None]


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    size=st.sampled_from([(64, 64), (224, 224), (45, 80), (7, 9)]),
    fill=st.sampled_from(HOLE_FILLS),
)
def test_no_object_pixel_leaks(seed: int, size: tuple[int, int], fill: Fill) -> None:
    # A pure red object on a ground without red: nothing reddish may stay, not by one step.
    generator = torch.Generator().manual_seed(seed)
    image = torch.randint(0, 256, (1, 3, *size), generator=generator, dtype=torch.uint8)
    image[:, 0] = 0
    mask = blob(size, generator)
    image = torch.where(mask[:, None], torch.tensor([255, 0, 0]).view(1, 3, 1, 1), image).byte()
    holes = dilate(mask)
    filled = fill_holes(image, holes, ~holes, fill)
    if holes.all():
        assert (filled == 128).all()
    else:
        assert filled[:, 0].max() == 0
    assert torch.equal(filled[:, :, ~holes[0]], image[:, :, ~holes[0]])


@pytest.mark.parametrize("fill", HOLE_FILLS)
def test_a_flat_ground_stays_flat(fill: Fill) -> None:
    image = torch.tensor([200, 90, 13], dtype=torch.uint8).view(1, 3, 1, 1).repeat(1, 1, 50, 70)
    holes = torch.zeros(1, 50, 70, dtype=torch.bool)
    holes[:, 10:45, 20:60] = True
    ground = image.clone()
    image[:, :, 12:40, 30:50] = 0
    assert torch.equal(fill_holes(image, holes, ~holes, fill), ground)


def test_patches_show_the_pixels_from_elsewhere() -> None:
    generator = torch.Generator().manual_seed(0)
    image = torch.randint(0, 256, (1, 3, 56, 56), generator=generator, dtype=torch.uint8)
    holes = torch.zeros(1, 56, 56, dtype=torch.bool)
    holes[:, 20:36, 20:36] = True
    filled = fill_holes(image, holes, ~holes, Fill.PATCHES)
    # The nearest clear place of the same size is 16 above; at the border the patch is feathered.
    assert torch.equal(filled[:, :, 24:32, 24:32], image[:, :, 8:16, 24:32])


def test_blur_shows_no_detail_and_patches_do() -> None:
    generator = torch.Generator().manual_seed(0)
    image = torch.randint(0, 256, (1, 3, 112, 112), generator=generator, dtype=torch.uint8)
    holes = torch.zeros(1, 112, 112, dtype=torch.bool)
    holes[:, 40:70, 40:70] = True
    inner = (..., slice(48, 62), slice(48, 62))
    rough = {
        fill: fill_holes(image, holes, ~holes, fill)[inner].float().diff(dim=-1).abs().mean()
        for fill in HOLE_FILLS
    }
    assert rough[Fill.BLUR] < 3
    assert rough[Fill.PATCHES] > 60


def test_what_is_no_source_does_not_contribute() -> None:
    # The control hole lies beside an object that is still there: its colour must not run in.
    image = torch.zeros(1, 3, 56, 56, dtype=torch.uint8)
    image[:, 0, :, :28] = 255
    holes = torch.zeros(1, 56, 56, dtype=torch.bool)
    holes[:, 20:30, 30:40] = True
    sources = ~holes
    sources[:, :, :28] = False
    for fill in HOLE_FILLS:
        filled = fill_holes(image, holes, sources, fill)
        assert filled[:, 0, :, 28:].max() == 0
        assert torch.equal(filled[:, :, :, :28], image[:, :, :, :28])


def test_mean_colour_and_flat() -> None:
    images = torch.zeros(2, 3, 4, 4, dtype=torch.uint8)
    images[0, 0, :2] = 101
    pixels = torch.zeros(2, 4, 4, dtype=torch.bool)
    pixels[0, :3] = True
    colours = mean_colour(images, pixels)
    assert colours[0].tolist() == pytest.approx([101 * 2 / 3, 0, 0], abs=1e-4)
    assert colours[1].tolist() == [127.5] * 3  # nothing to average: grey
    assert flat(colours, torch.Size([4, 4]))[0, :, 1, 2].tolist() == [67, 0, 0]
