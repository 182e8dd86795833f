"""Every method on real architectures within 1e-4 of the map's maximum of a float64 reference."""

from __future__ import annotations

import pytest
import torch
from torch import nn

import auditor
from auditor.saliency.methods import FROM_GRADIENT
from tests.saliency.networks import Small, floats, torchvision_network
from tests.saliency.references import Array, capture64, references, worst_error

TOLERANCE = 1e-4

# Network, layer, side of the images. In-place operations follow the layers marked (in place).
LAYERS = [
    ("resnet18", "layer4", 96),
    ("resnet18", "layer4.1.bn2", 96),  # (in place: the shortcut is added, then ReLU)
    ("resnet50", "layer4.2.bn3", 96),  # (in place)
    ("densenet121", "features", 96),  # (in place)
    ("vgg11", "features.18", 64),  # (in place)
    ("vgg11", "features.19", 64),
    ("efficientnet_b0", "features.7", 96),
    ("mobilenet_v2", "features.17", 96),
    ("mobilenet_v3_small", "features.12", 96),
    ("convnext_tiny", "features", 96),
    ("regnet_y_400mf", "trunk_output", 96),
    ("vit_b_32", "encoder.layers.encoder_layer_11.ln_1", 128),
    ("swin_t", "norm", 96),
]


@pytest.mark.parametrize(("arch", "layer", "side"), LAYERS)
def test_every_method_from_one_capture(arch: str, layer: str, side: int) -> None:
    network = torchvision_network(arch, side)
    agrees_for_every_class(network, layer, floats(1, side, seed=1))


@pytest.mark.parametrize(
    "after",
    [
        nn.ReLU(inplace=True),
        nn.Sequential(nn.BatchNorm2d(6), nn.LeakyReLU(0.1, inplace=True)),
        nn.Hardswish(inplace=True),
    ],
    ids=["relu", "leaky", "hardswish"],
)
def test_in_place_operations_spoil_nothing(after: nn.Module) -> None:
    torch.manual_seed(0)
    agrees_for_every_class(Small(after).eval(), "second", floats(3))


def agrees_for_every_class(network: nn.Module, layer: str, images: torch.Tensor) -> None:
    captured = capture64(network, layer, images)
    classes = torch.arange(captured[1].shape[1]).expand(len(images), -1)
    # Two divide by the sum of a channel, which is near zero where signs mix: float32 features then
    # give other weights than float64 ones, with any formula (docs/saliency.md). There the formula
    # is held to what it gives for the same float32 features.
    signed = captured[0].min() < 0
    for method in (*FROM_GRADIENT, "eigencam"):
        if signed and method in ("gradcam++", "xgradcam"):
            maps, expected = from_float32(method, captured)
        else:
            maps = auditor.grad_cam(network, images, classes, layer=layer, method=method).maps
            expected = references(method, captured)
        error = worst_error(maps, expected)
        assert error <= TOLERANCE, f"{method}: {error}"


def from_float32(method: str, captured: tuple[Array, Array]) -> tuple[torch.Tensor, Array]:
    """Our maps (N, T, h, w) and the reference's of the same features, rounded to float32."""
    activation, gradients = (torch.from_numpy(each).float() for each in captured)
    maps = [FROM_GRADIENT[method](activation, of_class) for of_class in gradients.unbind(dim=1)]
    rounded = (activation.double().numpy(), gradients.double().numpy())
    return torch.stack(maps, dim=1), references(method, rounded)
