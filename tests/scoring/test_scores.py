from __future__ import annotations

import math
from dataclasses import fields

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from auditor.domain.schema import names
from auditor.scoring.scores import Scores, score_maps
from tests.scoring.making import rectangle, score

NAMES = [field.name for field in fields(Scores)]
BOUNDS = {
    "object_area": (0, 1),
    "relevance_mass": (0, 1),
    "relevance_skill": (-1, 10),
    "saliency_auroc": (0, 1),
    "pointing_hit": (0, 1),
    "peak_ratio": (0, 100),
    "border_mass": (-0.36, 0.64),
    "iou": (0, 1),
    "gtc": (0, 1),
    "sc": (0, 1),
}


@st.composite
def cases(draw: st.DrawFn) -> tuple[Tensor, Tensor, Tensor]:
    """A map of few levels (ties are common), a box mask and an ignored strip."""
    generator = torch.Generator().manual_seed(draw(st.integers(0, 2**31)))
    height, width = draw(st.sampled_from([(28, 28), (30, 41), (16, 23)]))
    grid = draw(st.sampled_from([(7, 7), (4, 5), (6, 3)]))
    levels = draw(st.sampled_from([2, 6, 1000]))
    maps = torch.randint(0, levels, (1, *grid), generator=generator).float()
    top, left = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
    mask = torch.zeros(1, height, width, dtype=torch.bool)
    mask[:, top : draw(st.integers(top, height)), left : draw(st.integers(left, width))] = True
    ignored = torch.zeros_like(mask)
    ignored[:, :, : draw(st.integers(0, 3))] = True
    return maps, mask, ignored


def assert_same(one: Scores, other: Scores) -> None:
    for name in NAMES:
        torch.testing.assert_close(
            getattr(one, name), getattr(other, name), rtol=1e-5, atol=1e-5, equal_nan=True, msg=name
        )


@settings(max_examples=25, deadline=None)
@given(cases())
def test_every_score_is_in_its_range(case: tuple[Tensor, Tensor, Tensor]) -> None:
    scores = score(*case)
    for name, (low, high) in BOUNDS.items():
        value = getattr(scores, name).item()
        assert math.isnan(value) or low - 1e-6 <= value <= high + 1e-6, name


@settings(max_examples=25, deadline=None)
@given(cases(), st.sampled_from([2.0**-40, 1e-3, 0.7, 3.0, 1e6]))
def test_no_score_depends_on_scale(case: tuple[Tensor, Tensor, Tensor], scale: float) -> None:
    maps, mask, ignored = case
    assert_same(score(maps, mask, ignored), score(maps * scale, mask, ignored))


@settings(max_examples=25, deadline=None)
@given(cases(), st.sampled_from([(1,), (2,), (1, 2)]))
def test_no_score_changes_in_the_mirror(
    case: tuple[Tensor, Tensor, Tensor], axes: tuple[int, ...]
) -> None:
    assert_same(score(*case), score(*(tensor.flip(axes) for tensor in case)))


@settings(max_examples=25, deadline=None)
@given(cases())
def test_a_batch_scores_as_its_images_do(case: tuple[Tensor, Tensor, Tensor]) -> None:
    maps, mask, ignored = case
    pair = score(
        torch.cat([maps, maps.flip(1)]),
        torch.cat([mask, mask.flip(2)]),
        torch.cat([ignored, ignored]),
    )
    second = score(maps.flip(1), mask.flip(2), ignored)
    first = score(*case)
    for name in NAMES:
        one = torch.cat([getattr(first, name), getattr(second, name)])
        torch.testing.assert_close(getattr(pair, name), one, rtol=0, atol=1e-6, equal_nan=True)


@settings(max_examples=25, deadline=None)
@given(cases())
def test_what_lies_under_ignored_pixels_does_not_matter(
    case: tuple[Tensor, Tensor, Tensor],
) -> None:
    maps, mask, ignored = case
    assert_same(score(maps, mask | ignored, ignored), score(maps, mask & ~ignored, ignored))


def test_columns_are_those_of_the_contract() -> None:
    assert set(NAMES) <= set(names("cases"))


def test_without_mask_only_border_mass_is_known() -> None:
    nothing = torch.zeros(1, 28, 28, dtype=torch.bool)
    scores = score_maps(torch.rand(1, 7, 7), nothing, nothing, torch.tensor([False]))
    known = [name for name in NAMES if not getattr(scores, name).isnan().any()]
    assert known == ["border_mass"]


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_map_that_is_not_finite_has_no_scores(value: float) -> None:
    maps = torch.rand(2, 7, 7)
    maps[0, 3, 3] = value
    scores = score(maps, rectangle(28, 4, 20, 4, 20).expand(2, -1, -1))
    known = [name for name in NAMES if not getattr(scores, name)[0].isnan()]
    assert known == ["object_area"]
    assert not any(getattr(scores, name)[1].isnan() for name in NAMES)


def test_no_images_have_no_scores() -> None:
    nothing = torch.zeros(0, 28, 28, dtype=torch.bool)
    scores = score_maps(torch.zeros(0, 7, 7), nothing, nothing, torch.zeros(0, dtype=torch.bool))
    assert all(getattr(scores, name).shape == (0,) for name in NAMES)
