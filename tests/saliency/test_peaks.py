"""Features under the peak: the right cell, the same for one image and for many, angles kept."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.saliency.peaks import PEAK_NUMBERS, peak_features


def features(count: int, channels: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    activation = torch.rand(count, channels, 4, 5, generator=generator)
    return activation, torch.rand(count, 4, 5, generator=generator)


def test_it_is_the_cell_under_the_peak_and_no_other() -> None:
    activation, maps = features(3, 64, 0)
    before = peak_features(activation, maps)
    places = maps.flatten(1).argmax(dim=1)
    others = torch.ones_like(maps).flatten(1)
    others[torch.arange(3), places] = 0.0
    elsewhere = activation + others.view_as(maps)[:, None]
    assert torch.equal(peak_features(elsewhere, maps), before)
    beneath = activation.clone()
    beneath.flatten(2)[0, :32, places[0]] += 5.0
    assert not torch.allclose(peak_features(beneath, maps)[0], before[0])


def test_a_zero_map_has_no_peak() -> None:
    activation, maps = features(2, 16, 1)
    maps[1] = 0.0
    found = peak_features(activation, maps)
    assert found.shape == (2, PEAK_NUMBERS)
    assert bool(found[0].any())
    assert not bool(found[1].any())


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 300), st.integers(0, 50), st.floats(0.1, 100.0))
def test_images_do_not_mix_and_strength_does_not_matter(
    channels: int, seed: int, scale: float
) -> None:
    activation, maps = features(4, channels, seed)
    together = peak_features(activation, maps)
    alone = torch.cat([peak_features(activation[i : i + 1], maps[i : i + 1]) for i in range(4)])
    torch.testing.assert_close(together, alone, atol=1e-5, rtol=0)
    torch.testing.assert_close(
        peak_features(scale * activation, scale * maps), together, atol=1e-4, rtol=0
    )


def test_angles_are_about_kept() -> None:
    generator = torch.Generator().manual_seed(2)
    activation = torch.randn(200, 512, 1, 1, generator=generator)
    activation[100:] = activation[:100] + 0.1 * activation[100:]
    found = torch.nn.functional.normalize(peak_features(activation, torch.ones(200, 1, 1)))
    alike = (found[:100] * found[100:]).sum(dim=1)
    apart = (found[:99] * found[1:100]).sum(dim=1)
    assert alike.min() > 0.9
    assert apart.abs().mean() < 0.3
