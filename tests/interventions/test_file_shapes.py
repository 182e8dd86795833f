"""Resolution and aspect ratio, held against files of that size and shape."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torchvision.transforms.v2 import functional as V

from auditor.counterexamples.properties import with_property
from auditor.domain.places import PropertyKind
from auditor.interventions.picture_properties.aspect import aspect_of, stretched
from auditor.interventions.picture_properties.resolution import coarsened, resolution_of

SIDE = 64


def _scene(height: int, width: int, half_height: float, half_width: float) -> Tensor:
    """(1, 3, H, W) uint8: a file that shows so much of one smooth scene about its middle."""
    down = torch.linspace(-half_height, half_height, height)[:, None]
    across = torch.linspace(-half_width, half_width, width)[None]
    values = 127 + 60 * torch.sin(2.2 * down) * torch.cos(1.7 * across) + 30 * across
    return values.round().clamp(0, 255).to(torch.uint8).expand(1, 3, -1, -1)


@pytest.mark.parametrize(("height", "width"), [(0.5, 1.0), (1.0, 0.5)], ids=["wide", "high"])
def test_a_stretched_picture_is_the_input_of_a_file_of_that_shape(
    height: float, width: float
) -> None:
    square = _scene(SIDE, SIDE, 1.0, 1.0)
    file = _scene(round(96 * height), round(96 * width), height, width)
    squeezed = V.resize(file, [SIDE, SIDE], antialias=True)
    given = stretched(square, torch.tensor([width / height]))
    assert (given.int() - squeezed.int()).abs().max() <= 6
    assert torch.equal(stretched(square, torch.ones(1)), square)


def test_a_coarse_file_gives_its_resolution_and_a_fine_one_nothing() -> None:
    generator = torch.Generator().manual_seed(0)
    image = torch.randint(0, 256, (1, 3, SIDE, SIDE), generator=generator, dtype=torch.uint8)
    coarse, fine = torch.tensor([0.25]), torch.tensor([1.0])
    small = V.resize(image, [SIDE // 4, SIDE // 4], antialias=True)
    wanted = V.resize(small, [SIDE, SIDE], antialias=False)
    assert (coarsened(image, fine, coarse).int() - wanted.int()).abs().max() <= 2
    assert torch.equal(coarsened(image, coarse, fine), image)
    assert torch.equal(coarsened(image, coarse, coarse), image)


def test_files_are_measured_against_the_input() -> None:
    sizes = torch.tensor([[32, 64], [128, 64], [300, 400]])
    assert resolution_of(sizes, (64, 64)).tolist() == [0.5, 1.0, 1.0]
    assert aspect_of(sizes, (64, 64)).tolist() == pytest.approx([2.0, 0.5, 4 / 3])


def test_counterexamples_take_the_shape_of_another_file() -> None:
    image, donor = _scene(60, 60, 1.0, 1.0)[0], _scene(40, 80, 0.5, 1.0)[0]
    mask = torch.zeros(60, 60, dtype=torch.bool)
    mask[25:35, 25:35] = True
    changed, moved = with_property(image, mask, donor, mask[:40], PropertyKind.ASPECT)
    assert changed.shape == image.shape
    assert moved.sum() == pytest.approx(2 * int(mask.sum()), rel=0.25)
    soft, same = with_property(image, mask, donor, mask[:40], PropertyKind.RESOLUTION)
    assert torch.equal(same, mask)
    assert not torch.equal(soft, image)
