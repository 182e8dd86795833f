"""Which layer is found, and what is said where none is."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

import auditor
from auditor.domain.errors import ModelError
from auditor.tensors.layers import last_reached, target_layer, trace
from tests.fakes.coded import raises_coded
from tests.saliency.networks import Small, Tokens, floats


def found(network: nn.Module, side: int = 16) -> str | None:
    return last_reached(trace(network.eval(), floats(1, side))[0])


def test_the_last_activation_before_the_mean() -> None:
    assert found(Small()) == "after"


def test_pooling_and_dropout_are_passed_over() -> None:
    after = nn.Sequential(nn.ReLU(), nn.Dropout(), nn.MaxPool2d(2))
    assert found(Small(after)) == "after.0"


def test_a_transformer_with_a_class_token_is_explained_before_its_last_attention() -> None:
    torch.manual_seed(0)
    assert found(Tokens()) == "block.norm1"


def test_a_head_that_is_a_convolution_is_not_a_layer_to_explain() -> None:
    class Squeezed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body = nn.Sequential(nn.Conv2d(3, 5, 3, 2), nn.ReLU())
            self.head = nn.Sequential(nn.Conv2d(5, 3, 1), nn.ReLU())

        def forward(self, images: Tensor) -> Tensor:
            return self.head(self.body(images)).mean(dim=(2, 3))

    torch.manual_seed(0)
    assert found(Squeezed()) == "body"


def test_a_convolution_before_a_head_without_weights_is_the_layer_to_explain() -> None:
    class Formula(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first = nn.Conv2d(3, 5, 3, 2)
            self.last = nn.Conv2d(5, 4, 1)

        def forward(self, images: Tensor) -> Tensor:
            areas = self.last(self.first(images).relu()).mean(dim=(2, 3))
            return torch.stack([areas[:, 0] - areas[:, 1], areas[:, 2] - areas[:, 3]], dim=1)

    torch.manual_seed(0)
    assert found(Formula()) == "last"


def test_a_head_of_zeros_hides_nothing() -> None:
    network = Small()
    nn.init.zeros_(network.head.weight)
    nn.init.zeros_(network.head.bias)
    assert found(network) == "after"


def test_a_layer_that_runs_twice_counts_as_it_ran_last() -> None:
    class Twice(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.shared = nn.Conv2d(3, 3, 3, 2, 1)
            self.head = nn.Linear(3, 2)

        def forward(self, images: Tensor) -> Tensor:
            return self.head(self.shared(self.shared(images)).mean(dim=(2, 3)))

    torch.manual_seed(0)
    network = Twice().eval()
    (layer,) = trace(network, floats(1))[0]
    assert layer.grid == (4, 4)
    assert auditor.grad_cam(network, floats(2), layer="shared").maps.shape == (2, 4, 4)


def test_a_network_without_a_grid_is_refused_with_a_remedy() -> None:
    flat = nn.Sequential(nn.Flatten(), nn.Linear(3 * 16 * 16, 2)).eval()
    with pytest.raises(ModelError) as caught:
        auditor.grad_cam(flat, floats(1))
    assert caught.value.code == "layer.none_found"
    assert "--layer" in caught.value.remedy


@pytest.mark.parametrize("wanted", ["afterr", "", "head"])
def test_names_that_cannot_be_explained(wanted: str) -> None:
    network = Small().eval()
    with pytest.raises(ModelError) as caught:
        target_layer(network, trace(network, floats(1))[0], wanted)
    assert "after" in caught.value.remedy or "auto" in caught.value.remedy


@pytest.mark.parametrize(
    ("layer", "code", "holds"),
    [
        ("afterr", "layer.unknown", "'afterr'"),
        ("head", "layer.no_grid", "'head'"),
        (nn.ReLU(), "saliency.foreign_layer", "ReLU"),
    ],
)
def test_grad_cam_says_so_too(layer: object, code: str, holds: str) -> None:
    with raises_coded(ModelError, code, holds) as caught:
        auditor.grad_cam(Small().eval(), floats(1), layer=layer)
    assert isinstance(caught.value, ModelError)
    assert caught.value.remedy


def test_a_layer_given_as_a_module_is_found_by_identity() -> None:
    network = Small().eval()
    by_module = auditor.grad_cam(network, floats(2), layer=network.second)
    assert by_module.layer == "second"
    by_name = auditor.grad_cam(network, floats(2), layer="second")
    assert torch.equal(by_module.maps, by_name.maps)


def test_a_layer_beside_the_way_to_the_answer_is_refused() -> None:
    class Beside(Small):
        def forward(self, images: Tensor) -> Tensor:
            self.after(self.second(self.first(images)))
            return self.head(self.first(images).mean(dim=(2, 3)))

    with pytest.raises(ModelError) as caught:
        auditor.grad_cam(Beside().eval(), floats(1), layer="second")
    assert caught.value.code == "layer.no_gradient"


def test_a_layer_that_does_not_run_is_refused() -> None:
    network = Small().eval()
    network.idle = nn.ReLU()
    with pytest.raises(ModelError) as caught:
        auditor.grad_cam(network, floats(1), layer="idle")
    assert caught.value.code == "layer.unused"


def test_a_forward_under_no_grad_is_named() -> None:
    class Closed(Small):
        @torch.no_grad()
        def forward(self, images: Tensor) -> Tensor:
            return super().forward(images)

    with pytest.raises(ModelError) as caught:
        auditor.grad_cam(Closed().eval(), floats(1), layer="second")
    assert caught.value.code == "layer.no_gradient"
    assert "torch.no_grad" in caught.value.remedy
