"""The user's network comes back as it was, whatever it is and whatever happens to it."""

from __future__ import annotations

import gc
from collections import namedtuple
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import auditor
from auditor.domain.errors import ModelError
from auditor.saliency.engine import METHODS
from tests.saliency.networks import Answering, Small, Tokens, floats


@pytest.fixture
def network() -> nn.Module:
    torch.manual_seed(0)
    return Small(nn.Sequential(nn.BatchNorm2d(6), nn.ReLU(inplace=True), nn.Dropout(0.5)))


def state(network: nn.Module) -> dict[str, Any]:
    """Everything that a caller could miss."""
    hooks = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    return {
        "training": {name: module.training for name, module in network.named_modules()},
        "hooks": {
            name: [dict(getattr(module, kind)) for kind in hooks]
            for name, module in network.named_modules()
        },
        "requires_grad": {name: p.requires_grad for name, p in network.named_parameters()},
        "grad": {
            name: None if p.grad is None else (id(p.grad), p.grad.tolist())
            for name, p in network.named_parameters()
        },
        "weights": {name: value.tolist() for name, value in network.state_dict().items()},
    }


def in_use(network: nn.Module) -> None:
    """As in the midst of a training: some parts frozen, one in eval mode, grads, a hook."""
    network.train()
    network.after.eval()
    network.first.weight.requires_grad_(False)
    network(floats(2)).sum().backward()
    network.second.register_forward_hook(lambda *_: None)


@pytest.mark.parametrize("method", METHODS)
def test_all_is_as_it_was(network: nn.Module, method: str) -> None:
    in_use(network)
    before = state(network)
    auditor.grad_cam(network, floats(2), layer="second", method=method)
    auditor.grad_cam(network, floats(2), method=method)
    assert state(network) == before


class Breaking(nn.Module):
    """Fails once the layer has run."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, images: Tensor) -> Tensor:
        self.inner(images)
        raise KeyError("a fault of the user's own")


@pytest.mark.parametrize("method", METHODS)
def test_all_is_as_it_was_after_an_error_which_comes_through(
    network: nn.Module, method: str
) -> None:
    in_use(network)
    broken = Breaking(network).train()
    network.after.eval()
    before = state(broken)
    with pytest.raises(KeyError, match="a fault of the user's own"):
        auditor.grad_cam(broken, floats(2), layer="inner.second", method=method)
    assert state(broken) == before


def test_images_are_not_changed_and_get_no_gradient(network: nn.Module) -> None:
    images = floats(2).requires_grad_()
    kept = images.detach().clone()
    found = auditor.grad_cam(network, images, layer="second")
    assert torch.equal(images, kept)
    assert images.grad is None
    assert not found.maps.requires_grad
    assert not found.logits.requires_grad


def test_dropout_and_batch_statistics_play_no_part(network: nn.Module) -> None:
    network.train()
    one = auditor.grad_cam(network, floats(4), 0, layer="second")
    alone = auditor.grad_cam(network.eval(), floats(4)[:1], 0, layer="second")
    assert torch.allclose(one.maps[:1], alone.maps, atol=1e-6)


@pytest.mark.parametrize("context", [torch.no_grad, torch.inference_mode])
def test_it_works_where_the_caller_has_switched_gradients_off(
    network: nn.Module, context: Callable[[], Any]
) -> None:
    expected = auditor.grad_cam(network, floats(2), layer="second")
    images = floats(2)
    with context():
        found = auditor.grad_cam(network, images, layer="second")
        assert not torch.is_grad_enabled()
    assert torch.equal(found.maps, expected.maps)


def test_a_frozen_network_is_explained_and_stays_frozen(network: nn.Module) -> None:
    expected = auditor.grad_cam(network, floats(2))
    network.requires_grad_(False)
    assert torch.equal(auditor.grad_cam(network, floats(2)).maps, expected.maps)
    assert not any(parameter.requires_grad for parameter in network.parameters())


def test_inference_tensors_are_refused_with_a_remedy(network: nn.Module) -> None:
    with torch.inference_mode():
        made = Small()
        images = floats(2)
    with pytest.raises(ModelError) as caught:
        auditor.grad_cam(made, floats(2))
    assert caught.value.code == "model.inference_tensors"
    assert "outside" in caught.value.remedy
    with pytest.raises(ModelError) as caught:
        auditor.grad_cam(network, images)
    assert caught.value.code == "saliency.inference_tensors"
    assert "clone()" in caught.value.remedy
    remedied = auditor.grad_cam(network, images.clone())
    assert torch.equal(remedied.maps, auditor.grad_cam(network, floats(2)).maps)


@dataclass
class Output:
    logits: Tensor
    hidden: Tensor


Pair = namedtuple("Pair", ["answer", "loss"])


@pytest.mark.parametrize(
    "wrap",
    [
        lambda logits: {"logits": logits, "hidden": logits.new_zeros(2, 5)},
        lambda logits: {"hidden": logits.new_zeros(2, 5), "logits": logits},
        lambda logits: {"anything": logits},
        lambda logits: (logits, logits.new_zeros(2, 5)),
        lambda logits: [logits],
        lambda logits: Pair(logits, None),
        lambda logits: Output(logits, logits),
        lambda logits: logits[:, :, None, None],
    ],
    ids=["mapping", "order", "one", "tuple", "list", "named", "dataclass", "cells"],
)
def test_wrapped_answers_are_understood(
    network: nn.Module, wrap: Callable[[Tensor], object]
) -> None:
    expected = auditor.grad_cam(network, floats(2), layer="second")
    found = auditor.grad_cam(Answering(network, wrap), floats(2), layer="inner.second")
    assert torch.equal(found.maps, expected.maps)
    assert torch.equal(found.logits, expected.logits)


@pytest.mark.parametrize("wrap", [lambda _: None, lambda _: "yes", lambda z: z[None], dict])
def test_no_class_scores_is_said(network: nn.Module, wrap: Callable[[Tensor], object]) -> None:
    answering = Answering(network, lambda z: wrap(z) if wrap is not dict else {})
    with pytest.raises(ModelError) as caught:
        auditor.grad_cam(answering, floats(2), layer="inner.second")
    assert caught.value.code == "model.no_scores"
    assert caught.value.remedy


@pytest.mark.parametrize("method", ["gradcam", "eigencam", "ablationcam"])
@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_logits_that_are_not_finite_are_refused(
    network: nn.Module, method: str, bad: float
) -> None:
    nn.init.constant_(network.head.bias, bad)
    with pytest.raises(ModelError) as caught:
        auditor.grad_cam(network, floats(3), layer="second", method=method)
    assert caught.value.code == "model.not_finite"
    assert "3 of 3 images" in caught.value.got
    assert "preprocessing" in caught.value.remedy


def test_nothing_that_speaks_for_a_class_is_a_map_of_zeros(network: nn.Module) -> None:
    nn.init.constant_(network.head.weight, -1.0)
    network.eval()
    found = auditor.grad_cam(network, floats(2), [[0, 1]] * 2, layer="after")
    assert found.maps.shape == (2, 2, 4, 4)
    assert not found.maps.any()
    assert found.maps.dtype == torch.float32


def test_a_layer_whose_output_is_a_tuple() -> None:
    torch.manual_seed(0)
    network = Tokens().eval()
    found = auditor.grad_cam(network, floats(2), layer="block.norm1")
    assert found.maps.shape == (2, 4, 4)
    # Attention gives (tokens, weights): the first one is explained, for what of it counts.
    assert auditor.grad_cam(network, floats(2), layer="block.attention").maps.shape == (2, 4, 4)


def test_double_precision_networks_are_explained_as_they_are(network: nn.Module) -> None:
    network.double().eval()
    found = auditor.grad_cam(network, floats(2), layer="second")
    assert found.maps.dtype == torch.float32
    single = auditor.grad_cam(network.float(), floats(2), layer="second")
    assert torch.allclose(found.maps, single.maps, atol=1e-5)


def tensors() -> int:
    gc.collect()
    return sum(isinstance(thing, Tensor) for thing in gc.get_objects())


@pytest.mark.parametrize("method", ["gradcam", "gradcam++", "eigencam", "scorecam"])
def test_no_tensor_is_left_behind(network: nn.Module, method: str) -> None:
    images = floats(2)

    def calls() -> Iterator[int]:
        for _ in range(4):
            auditor.grad_cam(network, images, layer="second", method=method)
            yield tensors()

    counts = list(calls())
    assert len(set(counts[1:])) == 1, counts
