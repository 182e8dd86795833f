from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from auditor.interventions.holes import best_shift, dilate, find_objects, moved
from tests.interventions.making import batch_of, sample


def box(size: tuple[int, int], top: int, bottom: int, left: int, right: int) -> Tensor:
    mask = torch.zeros(1, *size, dtype=torch.bool)
    mask[:, top:bottom, left:right] = True
    return mask


def batch_with(masks: Tensor) -> object:
    images = torch.zeros(len(masks), 3, *masks.shape[1:], dtype=torch.uint8)
    return batch_of([sample(str(i), "a") for i in range(len(masks))], images, masks)


def test_dilation_reaches_four_percent_of_the_shorter_side() -> None:
    # 4% of 100 is 4 pixels; the frame cuts what leaves it.
    assert torch.equal(dilate(box((100, 120), 10, 20, 0, 30)), box((100, 120), 6, 24, 0, 34))
    assert torch.equal(dilate(box((8, 8), 3, 4, 3, 4)), box((8, 8), 2, 5, 2, 5))


@settings(max_examples=60, deadline=None)
@given(data=st.data(), size=st.sampled_from([(56, 56), (60, 100), (224, 224), (33, 41)]))
def test_control_is_as_large_as_the_hole_and_clear_of_it(
    data: st.DataObject, size: tuple[int, int]
) -> None:
    height, width = size
    top, left = data.draw(st.integers(0, height - 2)), data.draw(st.integers(0, width - 2))
    bottom = data.draw(st.integers(top + 1, height))
    right = data.draw(st.integers(left + 1, width))
    object_masks = find_objects(batch_with(box(size, top, bottom, left, right)))
    assert not (object_masks.holes & object_masks.sources).any()
    assert not (object_masks.controls & ~object_masks.sources).any()
    if object_masks.has_control.item():
        assert object_masks.controls.sum() == object_masks.holes.sum()
    else:
        assert not object_masks.controls.any()


def test_control_is_the_same_shape_nearby() -> None:
    # Dilated by 3 the hole is rows 8 to 32; the nearest clear place is its height of 24 below.
    object_masks = find_objects(batch_with(box((64, 64), 11, 29, 11, 53)))
    assert torch.equal(object_masks.holes, box((64, 64), 8, 32, 8, 56))
    assert torch.equal(object_masks.controls, box((64, 64), 32, 56, 8, 56))


def test_control_of_a_central_object_goes_around_the_edges() -> None:
    # 36 of 64 a side leave no room within the frame; 18 + 18 do around it.
    object_masks = find_objects(batch_with(box((64, 64), 20, 44, 20, 44)))
    assert object_masks.has_control.item()
    assert object_masks.controls.sum() == object_masks.holes.sum() == 30 * 30


@pytest.mark.parametrize(
    ("mask", "usable"),
    [
        (box((64, 64), 2, 62, 2, 62), False),  # nothing left to fill from
        (box((64, 64), 0, 0, 0, 0), False),  # no object
        (box((64, 64), 8, 56, 8, 56), True),  # enough left, but no equal hole fits
    ],
)
def test_no_control_where_none_fits(mask: Tensor, usable: bool) -> None:
    object_masks = find_objects(batch_with(mask))
    assert object_masks.usable.item() is usable
    assert not object_masks.has_control.item()


def test_best_shift_equals_a_search() -> None:
    generator = torch.Generator().manual_seed(0)
    holes = torch.rand(6, 12, 12, generator=generator) > 0.85
    sources = (torch.rand(6, 12, 12, generator=generator) > 0.4) & ~holes
    shifts = best_shift(holes, sources)
    for hole, source, shift in zip(holes, sources, shifts, strict=True):
        gains = {}
        for down in range(-12, 13):
            for right in range(-12, 13):
                there = moved(hole[None], torch.tensor([[down, right]]))[0]
                gains[down, right] = int((there & source).sum())
        best = max(gains.values())
        length = min(d * d + r * r for (d, r), gain in gains.items() if gain == best)
        down, right = shift.tolist()
        assert gains[down, right] == best
        assert down**2 + right**2 == length


def test_ignored_pixels_are_neither_object_nor_source() -> None:
    batch = batch_with(box((50, 50), 20, 30, 20, 30))
    batch.ignored[:, :, 0:25] = True  # type: ignore[attr-defined]
    object_masks = find_objects(batch)  # type: ignore[arg-type]
    assert torch.equal(object_masks.masks, box((50, 50), 20, 30, 25, 30))
    assert not object_masks.sources[:, :, :25].any()
