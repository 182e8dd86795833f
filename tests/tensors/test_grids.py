"""Every layout brought to (N, C, h, w)."""

from __future__ import annotations

import pytest
import torch

from auditor.tensors.grids import to_grid, token_grid


def test_channels_first_stays() -> None:
    features = torch.rand(2, 512, 7, 7)
    assert to_grid(features, (224, 224)) is features


def test_channels_last_is_turned() -> None:
    features = torch.rand(2, 7, 7, 768)
    assert torch.equal(to_grid(features, (224, 224)), features.permute(0, 3, 1, 2))


def test_oblong_maps_are_told_apart_by_the_image() -> None:
    assert to_grid(torch.rand(1, 64, 5, 10), (160, 320)).shape == (1, 64, 5, 10)
    assert to_grid(torch.rand(1, 5, 10, 64), (160, 320)).shape == (1, 64, 5, 10)


def test_tokens_are_laid_out_row_by_row_behind_the_class_token() -> None:
    tokens = torch.arange(5.0).view(1, 5, 1)
    assert to_grid(tokens, (32, 32)).tolist() == [[[[1.0, 2.0], [3.0, 4.0]]]]


@pytest.mark.parametrize(
    ("length", "size", "prefix", "expected"),
    [
        (197, (224, 224), None, (1, (14, 14))),  # ViT-B/16
        (196, (224, 224), None, (0, (14, 14))),  # MLP-Mixer
        (198, (224, 224), None, (2, (14, 14))),  # DeiT with a distillation token
        (261, (224, 224), 5, (5, (16, 16))),  # DINOv2 with four registers
        (9, (64, 64), 5, (5, (2, 2))),  # the network's word counts against the 3x3 guess
        (9, (64, 64), None, (0, (3, 3))),
        (51, (160, 320), None, (1, (5, 10))),
    ],
)
def test_token_grids(
    length: int,
    size: tuple[int, int],
    prefix: int | None,
    expected: tuple[int, tuple[int, int]],
) -> None:
    assert token_grid(length, size, prefix) == expected


@pytest.mark.parametrize("shape", [(2, 10), (2, 3, 4, 5, 6), (2, 60, 8)])
def test_features_without_a_place_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="no"):
        to_grid(torch.rand(shape), (224, 224))
