from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from auditor.scoring.relevance import border_mass, relevance_mass, relevance_skill
from tests.scoring.making import cells_of, rectangle


@pytest.mark.parametrize("size", [(224, 224), (100, 75)])
def test_mass_equals_that_of_the_upsampled_map(size: tuple[int, int]) -> None:
    generator = torch.Generator().manual_seed(2)
    maps = torch.rand(4, 7, 7, generator=generator)
    masks = torch.rand(4, *size, generator=generator) > 0.7
    ignored = torch.rand(4, *size, generator=generator) > 0.9
    wide = F.interpolate(maps[:, None].double(), size=size, mode="bilinear")[:, 0] * ~ignored
    expected = (wide * masks).sum((1, 2)) / wide.sum((1, 2))
    torch.testing.assert_close(relevance_mass(maps, masks, ignored), expected, rtol=0, atol=1e-7)


def test_mass_counts_positive_relevance_only() -> None:
    # With signs the share would be (1 + 1) / (1 + 1 - 1.5 - .4) = 20.
    maps = torch.tensor([[[1.0, 1.0], [-1.5, -0.4]]])
    mask = torch.tensor([[[True, True], [False, False]]])
    assert relevance_mass(maps, mask, torch.zeros_like(mask)).item() == 1.0


def test_mass_of_a_flat_map_is_the_object_area() -> None:
    mask = rectangle(64, 3, 30, 10, 50)
    flat = torch.ones(1, 7, 7)
    area = 27 * 40 / 64**2
    assert relevance_mass(flat, mask, torch.zeros_like(mask)).item() == pytest.approx(area)


def test_mass_of_a_perfect_map_follows_object_size_and_skill_does_not() -> None:
    # Why no threshold may stand on mass alone: both maps show the object and nothing else.
    small, large = rectangle(224, 112, 144, 112, 144), rectangle(224, 62, 162, 62, 162)
    masks = torch.cat([small, large])
    cells = cells_of(masks, (7, 7))
    maps = cells.inside
    mass = relevance_mass(maps, masks, torch.zeros_like(masks))
    assert mass[0] < 0.3
    assert mass[1] > 0.5
    assert relevance_skill(maps, cells)[1].item() == pytest.approx(1.0)


def test_skill_by_hand() -> None:
    # A 2x2 grid, the object fills the upper left cell: f = 1/4, C = 1.
    cells = cells_of(rectangle(8, 0, 4, 0, 4), (2, 2))
    # E = 3/6: (1/2 - 1/4) / (1 - 1/4) = 1/3.
    above = torch.tensor([[[3.0, 1.0], [1.0, 1.0]]])
    assert relevance_skill(above, cells).item() == pytest.approx(1 / 3)
    # E = 1/8: (1/8 - 1/4) / (1/4) = -1/2.
    below = torch.tensor([[[1.0, 3.0], [2.0, 2.0]]])
    assert relevance_skill(below, cells).item() == pytest.approx(-0.5)


def test_skill_of_flat_shaped_and_avoiding_maps() -> None:
    cells = cells_of(rectangle(224, 20, 130, 40, 180), (7, 7))
    maps = torch.cat([torch.ones(1, 7, 7), cells.inside, (cells.inside == 0).double()])
    assert relevance_skill(maps, cells).tolist() == pytest.approx([0.0, 1.0, -1.0], abs=1e-6)


@pytest.mark.parametrize(
    ("mask", "why"),
    [
        (rectangle(224, 0, 20, 0, 20), "smaller than a cell"),
        (rectangle(224, 0, 224, 0, 218), "C - f below .1: the object fills the image"),
        (rectangle(224, 0, 0, 0, 0), "no object"),
    ],
)
def test_skill_is_undefined(mask: torch.Tensor, why: str) -> None:
    assert relevance_skill(torch.rand(1, 7, 7) + 0.1, cells_of(mask, (7, 7))).isnan().all(), why


def test_zero_map_has_no_mass_skill_or_border() -> None:
    mask, zero = rectangle(28, 4, 20, 4, 20), torch.zeros(1, 7, 7)
    assert relevance_mass(zero, mask, torch.zeros_like(mask)).isnan().all()
    assert relevance_skill(zero, cells_of(mask, (7, 7))).isnan().all()
    assert border_mass(zero).isnan().all()


def test_border_mass_by_hand() -> None:
    # On a 10x10 grid the frame is the outer ring of 36 cells.
    inner, ring = torch.zeros(1, 10, 10), torch.ones(1, 10, 10)
    inner[:, 4, 4] = 1.0
    ring[:, 1:-1, 1:-1] = 0.0
    found = border_mass(torch.cat([torch.ones(1, 10, 10), inner, ring]))
    assert found.tolist() == pytest.approx([0.0, -0.36, 0.64], abs=1e-9)


def test_border_cuts_through_cells() -> None:
    # On 2x2 cells each is 25 wide, of which 20 x 20 lie inside: .36 of it is frame.
    corner = torch.tensor([[[1.0, 0.0], [0.0, 0.0]]])
    assert border_mass(corner).item() == pytest.approx(0.0, abs=1e-9)
