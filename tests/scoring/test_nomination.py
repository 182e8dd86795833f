from __future__ import annotations

import pytest
import torch
from torch import Tensor

from auditor.scoring.nomination import nominate, nominate_cells, nominate_under_permuted_masks
from auditor.scoring.scores import Scores, score_maps
from tests.scoring import simulation
from tests.scoring.making import cells_of, rectangle, score

GRIDS = (7, 14)
NAN = float("nan")


def scores_with(**values: float) -> Scores:
    known = dict.fromkeys(vars(score(torch.rand(1, 7, 7), rectangle(28, 4, 20, 4, 20))), 0.0)
    return Scores(**{name: torch.tensor([values.get(name, known[name])]) for name in known})


def rate_and_correlation(maps: Tensor, masks: Tensor) -> tuple[float, float]:
    nominated = nominate(score(maps, masks))
    said = ~nominated.isnan()
    assert said.float().mean() > 0.95
    sizes = masks.flatten(1).double().mean(dim=1)
    pair = torch.stack([nominated[said], sizes[said]])
    rate = nominated[said].mean().item()
    return rate, 0.0 if rate in (0.0, 1.0) else torch.corrcoef(pair)[0, 1].item()


@pytest.fixture(scope="module")
def masks() -> Tensor:
    return simulation.objects(600, torch.Generator().manual_seed(7))


@pytest.mark.parametrize("grid", GRIDS)
def test_maps_that_see_the_object_are_rarely_nominated_whatever_its_size(
    masks: Tensor, grid: int
) -> None:
    generator = torch.Generator().manual_seed(grid)
    for maps in simulation.object_seeing(masks, grid, generator):
        rate, correlation = rate_and_correlation(maps, masks)
        assert rate <= 0.05
        assert abs(correlation) <= 0.15


@pytest.mark.parametrize("grid", GRIDS)
def test_nomination_of_uninformed_maps_hardly_follows_size(masks: Tensor, grid: int) -> None:
    generator = torch.Generator().manual_seed(grid)
    for maps in simulation.uninformed(masks, grid, generator):
        rate, correlation = rate_and_correlation(maps, masks)
        assert 0.4 < rate < 0.75
        # Not nil: a lone peak misses a small object more often than a large one.
        assert abs(correlation) <= 0.25


@pytest.mark.parametrize("grid", GRIDS)
def test_maps_of_the_background_are_nominated(masks: Tensor, grid: int) -> None:
    generator = torch.Generator().manual_seed(grid)
    for maps in simulation.background_seeing(masks, grid, generator):
        assert rate_and_correlation(maps, masks)[0] > 0.75


@pytest.mark.parametrize("grid", GRIDS)
def test_flat_maps_are_not_nominated(masks: Tensor, grid: int) -> None:
    maps = simulation.flat(masks, grid, torch.Generator().manual_seed(grid))
    assert rate_and_correlation(maps, masks)[0] < 0.02


GOOD = {"relevance_skill": 0.5, "saliency_auroc": 0.9, "pointing_hit": 1.0, "peak_ratio": 0.5}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, 0.0),
        ({"relevance_skill": -0.3}, 1.0),
        ({"peak_ratio": 3.0, "pointing_hit": 0.0}, 1.0),
        ({"peak_ratio": 3.0}, 0.0),  # the maximum is within tolerance of the object
        ({"relevance_skill": NAN}, 0.0),  # rank speaks for mass
        ({"relevance_skill": NAN, "saliency_auroc": 0.3}, 1.0),
        ({"relevance_skill": NAN, "saliency_auroc": NAN}, NAN),
        ({"relevance_skill": -0.3, "peak_ratio": NAN}, NAN),
        ({"pointing_hit": NAN}, NAN),
    ],
)
def test_truth_table(change: dict[str, float], expected: float) -> None:
    found = nominate(scores_with(**(GOOD | change)))
    torch.testing.assert_close(found, torch.tensor([expected]).double(), equal_nan=True)


def test_cannot_be_said_without_mask_or_map() -> None:
    mask = rectangle(28, 4, 20, 4, 20).expand(2, -1, -1)
    maps = torch.rand(2, 7, 7)
    maps[1] = 0.0
    found = nominate(score_maps(maps, mask, mask & False, torch.tensor([False, True])))
    assert found.isnan().all()


def test_cells_and_pixels_nominate_alike(masks: Tensor) -> None:
    maps = next(simulation.uninformed(masks, 7, torch.Generator().manual_seed(1)))
    assert torch.equal(
        nominate_cells(maps, cells_of(masks, (7, 7))).nan_to_num(9.0),
        nominate(score(maps, masks)).nan_to_num(9.0),
    )


def test_permuted_masks_by_hand() -> None:
    # Two places: maps and masks agree, so every other image's mask is the wrong place in `pair`
    # and the right one in `still`.
    upper, lower = rectangle(28, 0, 14, 0, 28), rectangle(28, 14, 28, 0, 28)
    masks = torch.cat([upper, lower, upper, upper, upper])
    cells = cells_of(masks, (7, 7))
    labels = ["pair", "pair", "still", "still", "single"]
    rates = nominate_under_permuted_masks(cells.inside, cells, labels, seed=0)
    assert rates == {"pair": 1.0, "single": None, "still": 0.0}


def test_permuted_masks_never_come_from_the_same_group() -> None:
    masks = torch.cat([rectangle(28, 0, 14, 0, 28), rectangle(28, 14, 28, 0, 28)])
    cells = cells_of(masks, (7, 7))
    rates = nominate_under_permuted_masks(
        cells.inside, cells, ["a", "a"], groups=["twin", "twin"], seed=0
    )
    assert rates == {"a": None}


def test_null_of_uninformed_maps_is_their_own_rate(masks: Tensor) -> None:
    maps = next(simulation.uninformed(masks, 7, torch.Generator().manual_seed(3)))
    own = nominate(score(maps, masks)).nanmean().item()
    rates = nominate_under_permuted_masks(
        maps, cells_of(masks, (7, 7)), ["all"] * len(masks), seed=1, permutations=3
    )
    assert rates["all"] == pytest.approx(own, abs=0.05)
