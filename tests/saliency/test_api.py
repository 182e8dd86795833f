"""`auditor.grad_cam`: what it takes, what it gives, what it refuses."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

import auditor
from auditor.domain.errors import ModelError
from tests.saliency.networks import Hungry, Small, floats


@pytest.fixture
def network() -> nn.Module:
    torch.manual_seed(0)
    return Small().eval()


def test_the_predicted_class_by_default(network: nn.Module) -> None:
    found = auditor.grad_cam(network, floats(3))
    assert found.maps.shape == (3, 4, 4)
    assert found.maps.dtype == torch.float32
    assert found.logits.shape == (3, 3)
    assert found.targets.dtype == torch.int64
    assert torch.equal(found.targets, found.logits.argmax(dim=1))
    assert found.layer == "after"
    with torch.no_grad():
        assert torch.allclose(found.logits, network(floats(3)))


@pytest.mark.parametrize(
    ("targets", "shape"),
    [
        (1, (2,)),
        ([1, 2], (2,)),
        (torch.tensor([1, 2], dtype=torch.int32), (2,)),
        ([[0, 1, 2], [2, 2, 0]], (2, 3)),
        (torch.tensor([[0], [1]]), (2, 1)),
    ],
)
def test_targets(network: nn.Module, targets: Any, shape: tuple[int, ...]) -> None:
    found = auditor.grad_cam(network, floats(2), targets)
    assert found.targets.shape == shape
    assert found.maps.shape == (*shape, 4, 4)
    if len(shape) == 2:
        for t in range(shape[1]):
            alone = auditor.grad_cam(network, floats(2), found.targets[:, t])
            assert torch.allclose(alone.maps, found.maps[:, t])


@pytest.mark.parametrize(
    "targets",
    [[0], [0, 1, 2], 3, -1, [0, 7], 0.5, [[], []], "cat", [[[0]], [[1]]], torch.tensor([0.0, 1.0])],
)
def test_targets_that_do_not_fit(network: nn.Module, targets: Any) -> None:
    with pytest.raises(ModelError) as caught:
        auditor.grad_cam(network, floats(2), targets)
    assert caught.value.expected
    assert caught.value.remedy


@pytest.mark.parametrize(
    "images",
    [
        floats(1)[0],
        floats(0),
        torch.zeros(1, 3, 16, 16, dtype=torch.uint8),
        [[0.0]],
        None,
    ],
)
def test_images_that_do_not_fit(network: nn.Module, images: Any) -> None:
    with pytest.raises(ModelError) as caught:
        auditor.grad_cam(network, images)
    assert caught.value.remedy


def test_scripted_and_exported_networks_are_refused_with_the_remedy(network: nn.Module) -> None:
    scripted = torch.jit.trace(network, floats(1))
    exported = torch.export.export(network, (floats(2),))
    for other in (scripted, exported):
        with pytest.raises(ModelError) as caught:
            auditor.grad_cam(other, floats(1))
        assert caught.value.code == "saliency.not_eager"
        assert "state_dict" in caught.value.remedy


def test_wrappers_are_looked_through(network: nn.Module) -> None:
    expected = auditor.grad_cam(network, floats(2))
    for wrapped in (nn.DataParallel(network), torch.compile(network, backend="eager")):
        found = auditor.grad_cam(wrapped, floats(2))
        assert torch.equal(found.maps, expected.maps)
        assert found.layer == "after"


def test_memory_that_runs_out_halves_the_batch(network: nn.Module) -> None:
    targets = [0, 1, 2, 0, 1]
    expected = auditor.grad_cam(network, floats(5), targets, layer="second")
    hungry = Hungry(network, most=2).eval()
    found = auditor.grad_cam(hungry, floats(5), targets, layer="inner.second")
    assert torch.allclose(found.maps, expected.maps, atol=1e-6)
    assert found.targets.tolist() == targets


def test_an_unknown_method(network: nn.Module) -> None:
    with pytest.raises(ModelError) as caught:
        auditor.grad_cam(network, floats(1), method="smoothgrad")
    assert caught.value.code == "saliency.unknown_method"


def test_images_of_any_number_of_channels(network: nn.Module) -> None:
    network.first = nn.Conv2d(1, 6, 3, stride=2, padding=1)
    found = auditor.grad_cam(network, floats(2)[:, :1])
    assert found.maps.shape == (2, 4, 4)
