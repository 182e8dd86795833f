"""Batch norms folded into convolutions: the same answers and maps, and nothing touched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, fx, nn

from auditor.classifiers.folding import folded
from auditor.saliency.engine import explain
from auditor.tensors.layers import trace
from tests.classifiers.making import load, saved, weights
from tests.saliency.networks import classifier_of, pictures, torchvision_network

SIDE = 64


def norms(network: nn.Module) -> int:
    return sum(isinstance(module, nn.BatchNorm2d) for module in network.modules())


def lived_in(network: nn.Module) -> nn.Module:
    """Statistics and factors as a training leaves them: none is 0 or 1."""
    generator = torch.Generator().manual_seed(1)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d) and module.running_mean is not None:
            size = module.running_mean.shape
            module.running_mean.copy_(torch.randn(size, generator=generator) * 0.2)
            module.running_var.copy_(torch.rand(size, generator=generator) + 0.5)
    return network.eval().requires_grad_(False)


def probe(count: int = 2) -> Tensor:
    return torch.randn(count, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(3))


@pytest.mark.parametrize(
    ("arch", "layer", "left"),
    [
        ("resnet18", "layer4", 0),
        ("mobilenet_v3_small", "features", 0),
        ("efficientnet_b0", "features", 0),
        ("regnet_y_400mf", "trunk_output", 0),
        ("vgg11_bn", "features", 0),
        ("densenet121", "features", 62),  # whose norms mostly follow a concatenation
    ],
)
def test_answers_and_maps_stay(arch: str, layer: str, left: int) -> None:
    network = lived_in(torchvision_network(arch, SIDE))
    other = folded(network, probe(1), layer)
    assert norms(other) == left < norms(network)
    torch.testing.assert_close(other(probe()), network(probe()), rtol=1e-4, atol=1e-5)
    images = pictures(2, SIDE)
    before = classifier_of(network, layer)
    for method in ("gradcam", "layercam"):
        maps, others = (
            explain(one, images, lambda logits, _: logits.argmax(dim=1), method).maps
            for one in (before, replace(before, network=other))
        )
        assert maps.amax() > 0
        torch.testing.assert_close(others, maps, rtol=0, atol=1e-4 * float(maps.amax()))


def test_the_network_that_was_given_is_left_as_it_is() -> None:
    network = lived_in(torchvision_network("resnet18", SIDE))
    kinds = [type(module) for module in network.modules()]
    state = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    assert folded(network, probe(1), "layer4") is not network
    assert [type(module) for module in network.modules()] == kinds
    assert all(torch.equal(tensor, state[name]) for name, tensor in network.state_dict().items())


@pytest.mark.parametrize("layer", ["layer4.1.conv2", "layer4.1.bn2"])
def test_a_target_layer_between_the_two_keeps_them_apart(layer: str) -> None:
    network = lived_in(torchvision_network("resnet18", SIDE))
    other = folded(network, probe(1), layer)
    assert norms(other) == 1
    seen: list[Tensor] = []
    for one in (network, other):
        one.get_submodule(layer).register_forward_hook(lambda _m, _i, out: seen.append(out.clone()))
        one(probe())
    torch.testing.assert_close(seen[1], seen[0], rtol=1e-4, atol=1e-5)


class Small(nn.Module):
    """A convolution and a norm, joined as a test asks for."""

    def __init__(self, join: Callable[[Small, Tensor], Tensor], *, statistics: bool = True) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4, track_running_stats=statistics)
        self.join = join

    def forward(self, images: Tensor) -> Tensor:
        return self.join(self, images).mean((2, 3))


def joined(network: Small, images: Tensor) -> Tensor:
    return network.norm(network.conv(images))  # type: ignore[no-any-return]


def used_beside(network: Small, images: Tensor) -> Tensor:
    features = network.conv(images)
    return network.norm(features) + features  # type: ignore[no-any-return]


def used_twice(network: Small, images: Tensor) -> Tensor:
    return joined(network, images) + network.conv(images)


def weight_read(network: Small, images: Tensor) -> Tensor:
    return joined(network, images) + F.conv2d(images, network.conv.weight, padding=1)


def asked(network: Small, images: Tensor) -> Tensor:
    return joined(network, images) if images.mean() > 5 else network.conv(images)


def lying(network: Small, images: Tensor) -> Tensor:
    """What a tracer is told is not what happens."""
    return joined(network, images) if isinstance(images, fx.Proxy) else network.conv(images)


def test_a_pair_is_folded() -> None:
    network = lived_in(Small(joined))
    assert norms(folded(network, probe(1), "elsewhere")) == 0


@pytest.mark.parametrize("join", [used_beside, used_twice, weight_read, asked, lying])
def test_what_somebody_else_sees_is_not_folded(join: Callable[[Small, Tensor], Tensor]) -> None:
    network = lived_in(Small(join))
    assert folded(network, probe(1), "elsewhere") is network


def test_the_layers_that_can_be_explained_keep_their_names() -> None:
    network = lived_in(torchvision_network("mobilenet_v3_small", SIDE))
    layers, _ = trace(network, probe(1))
    others, _ = trace(folded(network, probe(1), "features"), probe(1))
    assert others == layers


def test_a_norm_of_the_batch_itself_is_not_folded() -> None:
    network = lived_in(Small(joined, statistics=False))
    assert folded(network, probe(1), "elsewhere") is network


def test_a_hook_that_would_see_it_forbids_it() -> None:
    network = lived_in(Small(joined))
    network.conv.register_forward_hook(lambda _module, _inputs, output: output * 2)
    assert folded(network, probe(1), "elsewhere") is network


def test_a_norm_that_only_its_users_kind_knows_is_not_folded() -> None:
    class Own(nn.BatchNorm2d):
        def forward(self, images: Tensor) -> Tensor:
            return super().forward(images).relu()

    network = Small(joined)
    network.norm = Own(4)
    assert folded(lived_in(network), probe(1), "elsewhere") is network


def test_a_loaded_classifier_is_folded(tmp_path: Path) -> None:
    file = saved(tmp_path, weights("resnet18"))
    classifier = load(file, arch="resnet18")
    assert norms(classifier.network) == 0
    assert classifier.target_layer == "layer4"
    plain = torchvision_network("resnet18", SIDE)
    plain.load_state_dict(weights("resnet18"))
    torch.testing.assert_close(classifier.network(probe()), plain(probe()), rtol=1e-4, atol=1e-5)
