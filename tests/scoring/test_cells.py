from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from auditor.scoring.cells import CellMasks, cell_average, cell_masks, overlap, upsampling
from tests.scoring.making import cells_of, rectangle

CPU = torch.device("cpu")


def test_average_equals_average_pooling_where_cells_divide_the_image() -> None:
    pixels = torch.rand(3, 24, 36, generator=torch.Generator().manual_seed(0)) > 0.6
    pooled = F.avg_pool2d(pixels[:, None].double(), (6, 6))[:, 0]
    torch.testing.assert_close(cell_average(pixels, (4, 6)), pooled, rtol=0, atol=1e-7)


def test_pixels_across_a_border_count_in_both_cells_by_length() -> None:
    # Five pixels in two cells of 2.5: the middle one belongs half to each.
    expected = torch.tensor([[1, 1, 0.5, 0, 0], [0, 0, 0.5, 1, 1]], dtype=torch.float64) / 2.5
    torch.testing.assert_close(overlap(5, 2, CPU), expected)


@settings(max_examples=30, deadline=None)
@given(pixels=st.integers(1, 60), cells=st.integers(1, 40))
def test_overlap_keeps_area(pixels: int, cells: int) -> None:
    weights = overlap(pixels, cells, CPU)
    torch.testing.assert_close(weights.sum(dim=1), torch.ones(cells, dtype=torch.float64))
    per_pixel = torch.full((pixels,), cells / pixels, dtype=torch.float64)
    torch.testing.assert_close(weights.sum(dim=0), per_pixel)


@pytest.mark.parametrize(("cells", "pixels"), [(7, 224), (7, 100), (14, 15), (5, 3), (1, 8)])
def test_upsampling_equals_interpolate(cells: int, pixels: int) -> None:
    maps = torch.rand(2, 1, cells, cells, generator=torch.Generator().manual_seed(1)).double()
    wide = F.interpolate(maps, size=(pixels, pixels + 3), mode="bilinear", align_corners=False)
    rows, columns = upsampling(cells, pixels, CPU), upsampling(cells, pixels + 3, CPU)
    torch.testing.assert_close(rows @ maps[:, 0] @ columns.T, wide[:, 0], rtol=0, atol=1e-12)


def test_ignored_pixels_count_on_neither_side() -> None:
    mask = rectangle(8, 0, 4, 0, 8)  # upper half
    ignored = rectangle(8, 0, 8, 0, 4)  # left half
    cells = cells_of(mask, (2, 2), ignored)
    assert cells.object[0].tolist() == [[0, 1], [0, 0]]
    assert cells.valid[0].tolist() == [[0, 1], [0, 1]]
    assert cells.inside[0].tolist() == [[0, 1], [0, 0]]
    assert cells.area.item() == pytest.approx(0.5)


def test_area_is_undefined_without_mask_and_without_pixels_that_count() -> None:
    mask = torch.zeros(2, 4, 4, dtype=torch.bool)
    ignored = torch.zeros_like(mask)
    ignored[1] = True
    cells = cell_masks(mask, ignored, torch.tensor([False, True]), (2, 2))
    assert cells.area.isnan().tolist() == [True, True]


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), side=st.sampled_from([20, 28, 33]))
def test_near_equals_a_search_over_all_pixels(seed: int, side: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    mask = torch.rand(1, side, side, generator=generator) > 0.985
    found = cells_of(mask, (4, 3)).near[0]
    reach = 15 * side / 224
    spots = [(y + 0.5, x + 0.5) for _, y, x in mask.nonzero().tolist()]
    for row in range(4):
        for column in range(3):
            y, x = (row + 0.5) * side / 4, (column + 0.5) * side / 3
            near = any((y - a) ** 2 + (x - b) ** 2 <= reach**2 + 1e-6 for a, b in spots)
            assert found[row, column].item() is near


def test_select_and_concatenate_undo_each_other() -> None:
    masks = torch.cat([rectangle(8, 0, 4, 0, 4), rectangle(8, 2, 8, 3, 8)])
    cells = cells_of(masks, (2, 2))
    parts = [cells.select(torch.tensor([0])), cells.select(torch.tensor([1]))]
    joined = CellMasks.concatenate(parts)
    for name, values in vars(cells).items():
        assert torch.equal(getattr(joined, name), values)
