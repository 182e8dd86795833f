"""`--layer auto` on the networks that people use: found, on the grid, reached by gradient."""

from __future__ import annotations

import pytest
import timm
import torch
import torchvision
from torch import nn

import auditor
from auditor.tensors.layers import target_layer, trace
from tests.saliency.networks import floats

# Architecture, side, the layer that auto has to find, its grid.
TORCHVISION = [
    ("resnet18", 64, "layer4", (2, 2)),
    ("resnet50", 64, "layer4", (2, 2)),
    ("densenet121", 64, "features", (2, 2)),
    ("vgg11", 64, "features.19", (4, 4)),
    ("vgg11_bn", 64, "features.27", (4, 4)),
    ("efficientnet_b0", 64, "features", (2, 2)),
    ("mobilenet_v2", 64, "features", (2, 2)),
    ("mobilenet_v3_small", 64, "features", (2, 2)),
    ("convnext_tiny", 64, "features", (2, 2)),
    ("regnet_y_400mf", 64, "trunk_output", (2, 2)),
    ("squeezenet1_1", 64, "features", (3, 3)),
    ("shufflenet_v2_x0_5", 64, "conv5", (2, 2)),
    ("googlenet", 64, "inception5b", (2, 2)),
    # The head reads the class token alone: after the last attention patches carry no gradient.
    ("vit_b_32", 64, "encoder.layers.encoder_layer_11.ln_1", (2, 2)),
    ("swin_t", 64, "norm", (2, 2)),
    ("maxvit_t", 224, "blocks.3", (7, 7)),
]
TIMM = [
    ("resnet10t", 64, "layer4", (2, 2)),
    ("vit_tiny_patch16_224", 224, "blocks.11.norm1", (14, 14)),
    ("deit_tiny_distilled_patch16_224", 224, "blocks.11.norm1", (14, 14)),
    ("vit_pwee_patch16_reg1_gap_256", 256, "blocks", (16, 16)),
    ("swin_tiny_patch4_window7_224", 224, "norm", (7, 7)),
    ("convnext_atto", 64, "stages", (2, 2)),
    ("mobilevit_xxs", 64, "final_conv.bn.act", (2, 2)),
]


@pytest.mark.parametrize(("arch", "side", "layer", "grid"), TORCHVISION)
def test_torchvision(arch: str, side: int, layer: str, grid: tuple[int, int]) -> None:
    torch.manual_seed(0)
    settings: dict[str, object] = {"num_classes": 3}
    if arch == "googlenet":
        settings |= {"aux_logits": False, "init_weights": False}
    if arch.startswith("vit"):
        settings["image_size"] = side
    finds(torchvision.models.get_model(arch, weights=None, **settings), side, layer, grid)


@pytest.mark.parametrize(("arch", "side", "layer", "grid"), TIMM)
def test_timm(arch: str, side: int, layer: str, grid: tuple[int, int]) -> None:
    torch.manual_seed(0)
    finds(timm.create_model(arch, pretrained=False, num_classes=3), side, layer, grid)


def finds(network: nn.Module, side: int, layer: str, grid: tuple[int, int]) -> None:
    layers, _ = trace(network, floats(1, side))
    assert target_layer(network, layers) == layer
    (found,) = [each for each in layers if each.name == layer]
    assert found.grid == grid
    assert found.reached
    explained = auditor.grad_cam(network, floats(2, side), [[0, 1, 2]] * 2, layer=layer)
    assert explained.maps.shape == (2, 3, *grid)
    assert bool(torch.isfinite(explained.maps).all())
    # Some class has something that speaks for it.
    signed = auditor.grad_cam(network, floats(2, side), 0, layer=layer, method="eigencam")
    assert bool(signed.maps.any())


@pytest.mark.parametrize("last", ["encoder.layers.encoder_layer_11", "encoder.ln"])
def test_what_follows_the_last_attention_of_a_vit_is_known_to_be_unreached(last: str) -> None:
    torch.manual_seed(0)
    network = torchvision.models.vit_b_32(weights=None, num_classes=3, image_size=64)
    layers, _ = trace(network, floats(1, 64))
    (found,) = [layer for layer in layers if layer.name == last]
    assert not found.reached
