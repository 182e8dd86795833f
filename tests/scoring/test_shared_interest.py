from __future__ import annotations

import pytest
import torch

from auditor.scoring.shared_interest import shared_interest
from tests.scoring.making import cells_of, rectangle


def test_published_unit_values() -> None:
    truth, salient = rectangle(250, 0, 100, 0, 100), rectangle(250, 50, 150, 50, 150)
    found = shared_interest(salient.float(), cells_of(truth, (250, 250)))
    assert found.iou.item() == pytest.approx(0.142857, abs=1e-6)
    assert found.gtc.item() == pytest.approx(0.25)
    assert found.sc.item() == pytest.approx(0.25)


def test_equals_sets_of_pixels_after_nearest_upsampling() -> None:
    generator = torch.Generator().manual_seed(4)
    maps = torch.rand(6, 7, 7, generator=generator)
    masks = torch.rand(6, 56, 56, generator=generator) > 0.8
    found = shared_interest(maps, cells_of(masks, (7, 7)))
    for i, one in enumerate(maps):
        wide = (one > one.mean() + one.std(correction=0)).repeat_interleave(8, 0)
        wide = wide.repeat_interleave(8, 1)
        both = (wide & masks[i]).sum()
        assert found.iou[i].item() == pytest.approx((both / (wide | masks[i]).sum()).item())
        assert found.gtc[i].item() == pytest.approx((both / masks[i].sum()).item())
        assert found.sc[i].item() == pytest.approx((both / wide.sum()).item())


@pytest.mark.parametrize(
    ("maps", "mask"),
    [
        (torch.ones(1, 7, 7), rectangle(28, 4, 20, 4, 20)),  # nothing is above mean + std
        (torch.zeros(1, 7, 7), rectangle(28, 4, 20, 4, 20)),
        (torch.eye(7)[None], rectangle(28, 0, 0, 0, 0)),
    ],
)
def test_empty_sets_are_undefined(maps: torch.Tensor, mask: torch.Tensor) -> None:
    assert all(value.isnan().all() for value in shared_interest(maps, cells_of(mask, (7, 7))))
