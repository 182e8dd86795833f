"""Score-CAM and Ablation-CAM, held against their papers: a forward pass a channel, in float64."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

import auditor
from auditor.saliency import forward_only
from tests.saliency.networks import Small, Tokens, floats
from tests.saliency.references import worst_error


def network_of(after: nn.Module, width: int = 6) -> nn.Module:
    torch.manual_seed(1)
    return Small(after, width=width).eval()


def features_of(network: nn.Module, layer: str, images: Tensor) -> Tensor:
    kept: list[Tensor] = []
    module = network.get_submodule(layer)
    handle = module.register_forward_hook(lambda _m, _i, output: kept.append(output.clone()))
    network(images)
    handle.remove()
    return kept[0]


@torch.no_grad()
def scorecam64(network: nn.Module, layer: str, images: Tensor) -> np.ndarray:
    """(N, T, h, w) for all T classes."""
    double, images = copy.deepcopy(network).double(), images.double()
    maps = []
    for image, channels in zip(images, features_of(double, layer, images), strict=True):
        scores = []
        for channel in channels:
            mask = F.interpolate(channel[None, None], image.shape[-2:], mode="bilinear")[0, 0]
            spread = mask.max() - mask.min()
            mask = (mask - mask.min()) / spread if spread > 0 else torch.zeros_like(mask)
            baseline = double(torch.zeros_like(image)[None])[0]
            scores.append(double((image * mask)[None])[0] - baseline)
        weights = torch.stack(scores).softmax(dim=0)
        maps.append((weights.T[:, :, None, None] * channels).sum(dim=1).relu())
    return torch.stack(maps).numpy()


@torch.no_grad()
def ablationcam64(network: nn.Module, layer: str, images: Tensor) -> np.ndarray:
    """(N, T, h, w) for all T classes."""
    double, images = copy.deepcopy(network).double(), images.double()
    maps = []
    for i, channels in enumerate(features_of(double, layer, images)):
        base = double(images[i : i + 1])[0]
        weights = []
        for k in range(len(channels)):
            taken = channels.clone()
            taken[k] = 0

            def put(_m: nn.Module, _i: object, _o: Tensor, taken: Tensor = taken) -> Tensor:
                return taken[None].clone()

            handle = double.get_submodule(layer).register_forward_hook(put)
            weights.append((base - double(images[i : i + 1])[0]) / base.abs())
            handle.remove()
        maps.append((torch.stack(weights).T[:, :, None, None] * channels).sum(dim=1).relu())
    return torch.stack(maps).numpy()


REFERENCES = {"scorecam": scorecam64, "ablationcam": ablationcam64}


@pytest.mark.parametrize("method", REFERENCES)
@pytest.mark.parametrize("layer", ["second", "after"])
def test_agrees_with_the_paper(method: str, layer: str) -> None:
    network = network_of(nn.ReLU(inplace=layer == "second"))
    images = floats(2)
    classes = torch.arange(3).expand(2, -1)
    found = auditor.grad_cam(network, images, classes, layer=layer, method=method)
    assert worst_error(found.maps, REFERENCES[method](network, layer, images)) <= 1e-4


@pytest.mark.parametrize("method", REFERENCES)
def test_channels_go_through_the_network_a_few_at_a_time(
    method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = network_of(nn.ReLU(), width=7)
    images = floats(2)
    whole = auditor.grad_cam(network, images, 1, layer="after", method=method)
    monkeypatch.setattr(forward_only, "FORWARD_BATCH", 3)
    seen: list[int] = []
    handle = network.register_forward_pre_hook(lambda _m, inputs: seen.append(len(inputs[0])))
    parts = auditor.grad_cam(network, images, 1, layer="after", method=method)
    handle.remove()
    assert torch.allclose(whole.maps, parts.maps, atol=1e-6)
    assert seen == [2, 3, 3, 1, 3, 3, 1]


@pytest.mark.parametrize("method", REFERENCES)
def test_tokens_are_masked_and_taken_out_where_they_lie(method: str) -> None:
    torch.manual_seed(0)
    network, images = Tokens().eval(), floats(2)
    found = auditor.grad_cam(network, images, [[0, 1, 2]] * 2, layer="block.norm1", method=method)
    assert found.maps.shape == (2, 3, 4, 4)
    assert bool(found.maps.any())
    assert bool(torch.isfinite(found.maps).all())


def test_a_constant_channel_masks_the_whole_image() -> None:
    network = network_of(nn.ReLU())
    nn.init.zeros_(network.second.weight)
    nn.init.ones_(network.second.bias)
    maps = auditor.grad_cam(network, floats(1), 0, layer="after", method="scorecam").maps
    # All channels are one everywhere and weigh the same: a flat map of ones.
    assert torch.allclose(maps, torch.ones_like(maps))


def test_a_logit_of_zero_gives_a_zero_map() -> None:
    network = network_of(nn.ReLU())
    nn.init.zeros_(network.head.weight)
    nn.init.zeros_(network.head.bias)
    assert not auditor.grad_cam(
        network, floats(1), 0, layer="after", method="ablationcam"
    ).maps.any()
