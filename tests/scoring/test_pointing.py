from __future__ import annotations

import pytest
import torch

from auditor.scoring.pointing import LARGEST_RATIO, peak_ratio, pointing_hit
from tests.scoring.making import cells_of, rectangle, score


def at(row: int, column: int, value: float = 1.0) -> torch.Tensor:
    found = torch.zeros(1, 7, 7)
    found[:, row, column] = value
    return found


@pytest.mark.parametrize(("distance", "hit"), [(14, 1.0), (15, 0.0)])
def test_tolerance_is_15_pixels_at_224(distance: int, hit: float) -> None:
    # Cell (0, 0) points at 16; a pixel's centre is at +.5, so column 16 + 14 is 14.5 away.
    mask = rectangle(224, 16, 17, 16 + distance, 220)
    assert pointing_hit(at(0, 0), cells_of(mask, (7, 7))).item() == hit


def test_tolerance_scales_with_the_image() -> None:
    # At 448 the cell points at 32, and 29.5 away is within 30.
    near, far = rectangle(448, 32, 33, 32 + 29, 440), rectangle(448, 32, 33, 32 + 30, 440)
    cells = cells_of(torch.cat([near, far]), (7, 7))
    assert pointing_hit(at(0, 0).expand(2, -1, -1), cells).tolist() == [1.0, 0.0]


def test_shared_maximum_hits_only_if_all_of_it_does() -> None:
    cells = cells_of(rectangle(224, 0, 64, 0, 64), (7, 7))
    assert pointing_hit(at(0, 0) + at(1, 1), cells).item() == 1.0
    assert pointing_hit(at(0, 0) + at(6, 6), cells).item() == 0.0


def test_zero_map_is_neither_hit_nor_miss() -> None:
    cells = cells_of(rectangle(224, 0, 224, 0, 100), (7, 7))
    assert pointing_hit(torch.zeros(1, 7, 7), cells).isnan().all()
    assert peak_ratio(torch.zeros(1, 7, 7), cells).isnan().all()


def test_peak_ratio_by_hand() -> None:
    cells = cells_of(rectangle(224, 64, 160, 64, 160), (7, 7))
    assert peak_ratio(at(3, 3, 2.0) + at(0, 6, 3.0), cells).item() == 1.5
    assert peak_ratio(at(3, 3, 2.0), cells).item() == 0.0
    assert peak_ratio(at(0, 0), cells).item() == LARGEST_RATIO


def test_object_smaller_than_a_cell_has_its_fullest_cells() -> None:
    # A quarter of each of the four cells around (64, 64).
    cells = cells_of(rectangle(224, 48, 80, 48, 80), (7, 7))
    assert peak_ratio(at(1, 1, 1.0) + at(2, 2, 2.0) + at(5, 5, 1.0), cells).item() == 0.5


@pytest.mark.parametrize("mask", [rectangle(28, 0, 0, 0, 0), rectangle(28, 0, 28, 0, 28)])
def test_peak_ratio_is_undefined_without_object_or_background_cell(mask: torch.Tensor) -> None:
    assert peak_ratio(torch.rand(1, 7, 7) + 0.1, cells_of(mask, (7, 7))).isnan().all()


def test_small_intense_cue_moves_the_peak_and_hardly_the_rank() -> None:
    # Nine of 49 cells are object; the corner is four times its peak. Rank: one background cell
    # of 40 moves above all object cells, 1 - 1/40 = .975.
    mask = rectangle(224, 64, 160, 64, 160)
    clean = cells_of(mask, (7, 7)).inside
    cued = clean + at(0, 0, 4.0)
    before, after = score(clean, mask), score(cued, mask)
    assert (before.saliency_auroc.item(), after.saliency_auroc.item()) == (1.0, 0.975)
    assert (before.pointing_hit.item(), after.pointing_hit.item()) == (1.0, 0.0)
    assert (before.peak_ratio.item(), after.peak_ratio.item()) == (0.0, 4.0)
