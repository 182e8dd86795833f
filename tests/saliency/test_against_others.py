"""Beside captum, pytorch-grad-cam and torchcam, on the raw maps; where theirs differ, why."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import pytorch_grad_cam as pgc
import torch
from captum.attr import LayerGradCam
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import Tensor, nn
from torchcam import methods as torchcam

import auditor
from auditor.saliency.methods import gradcam_plus_plus
from tests.saliency.networks import Small, floats, torchvision_network
from tests.saliency.references import capture64, references, worst_error

TARGETS = [0, 2]


@pytest.mark.parametrize(
    ("arch", "layer"),
    [
        ("resnet18", "layer4"),
        ("resnet18", "layer3"),
        ("densenet121", "features"),
        ("vgg11", "features.20"),
        ("vgg11", "features.18"),
        ("mobilenet_v2", "features"),
        ("mobilenet_v3_small", "features.12"),
        ("convnext_tiny", "features"),
        ("efficientnet_b0", "features.7"),
    ],
)
def test_captum(arch: str, layer: str) -> None:
    network, images = torchvision_network(arch, 64), floats(2, 64)
    found = auditor.grad_cam(network, images, TARGETS, layer=layer)
    theirs = LayerGradCam(network, network.get_submodule(layer)).attribute(
        images, TARGETS, relu_attributions=True
    )[:, 0]
    expected = theirs.detach().numpy()
    assert expected.any()
    assert np.abs(found.maps.numpy() - expected).max() <= 1e-4 * expected.max()


def test_captum_sums_a_transformer_as_we_do_once_tokens_lie_on_the_grid() -> None:
    network, images = torchvision_network("vit_b_32", 128), floats(2, 128)
    layer = "encoder.layers.encoder_layer_11.ln_1"
    found = auditor.grad_cam(network, images, TARGETS, layer=layer)

    class Grid(nn.Module):
        """The patches as a grid that captum can hook; the class token goes round it."""

        def __init__(self, norm: nn.Module) -> None:
            super().__init__()
            self.norm = norm
            self.grid = nn.Identity()

        def forward(self, tokens: Tensor) -> Tensor:
            out = self.norm(tokens)
            patches = self.grid(out[:, 1:].transpose(1, 2).unflatten(2, (4, 4)))
            return torch.cat([out[:, :1], patches.flatten(2).transpose(1, 2)], dim=1)

    block = network.get_submodule(layer.removesuffix(".ln_1"))
    block.ln_1 = Grid(block.ln_1)
    theirs = LayerGradCam(network, block.ln_1.grid).attribute(
        images, TARGETS, relu_attributions=True
    )[:, 0]
    assert worst_error(found.maps, theirs.detach().numpy()) <= 1e-4


THEIRS = {
    "gradcam": pgc.GradCAM,
    "hirescam": pgc.HiResCAM,
    "layercam": pgc.LayerCAM,
    "xgradcam": pgc.XGradCAM,
    "ablationcam": pgc.AblationCAM,
}


@pytest.mark.parametrize("method", THEIRS)
def test_pytorch_grad_cam(method: str) -> None:
    network, images = small(), floats(2)
    targets = best_answers(network, images)
    found = auditor.grad_cam(network, images, targets, layer="after", method=method)
    expected = raw_pytorch_grad_cam(THEIRS[method], network, images, targets)
    assert worst_error(found.maps, expected) <= 1e-4


def test_pytorch_grad_cams_epsilon_is_as_large_as_gradcam_plus_plus_itself() -> None:
    """It adds 1e-6 to a denominator of the order of G^2: small gradients lose their weight."""
    network, images = small(), floats(2)
    targets = best_answers(network, images)
    theirs = raw_pytorch_grad_cam(pgc.GradCAMPlusPlus, network, images, targets)
    activation, gradients = capture64(network, "after", images)
    gradient = gradients[range(len(targets)), targets]
    ours = gradcam_plus_plus(torch.from_numpy(activation), torch.from_numpy(gradient))
    squares, total = gradient**2, activation.sum((2, 3), keepdims=True)
    share = squares / (2 * squares + total * gradient**3 + 1e-6) * np.maximum(gradient, 0)
    with_epsilon = np.einsum("nchw,nc->nhw", activation, share.sum((2, 3)))
    assert np.abs(theirs - with_epsilon).max() <= 1e-4 * with_epsilon.max()
    assert worst_error(ours, with_epsilon) > 1e-4
    found = auditor.grad_cam(network, images, targets, layer="after", method="gradcam++")
    assert worst_error(found.maps, ours.numpy()) <= 1e-4


def test_pytorch_grad_cams_eigencam_takes_the_mean_off_first() -> None:
    """The paper projects the features as they are; on centred ones the sign is arbitrary."""
    network, images = small(), floats(2)
    theirs = raw_pytorch_grad_cam(pgc.EigenCAM, network, images, TARGETS)
    activation, _ = capture64(network, "after", images)
    for one, a in zip(theirs, activation, strict=True):
        cells = a.reshape(len(a), -1).T
        centred = cells - cells.mean(axis=0)
        direction = np.linalg.svd(centred, full_matrices=False)[2][0]
        projected = (centred @ direction).reshape(one.shape)
        closest = min((projected, -projected), key=lambda p: np.abs(one - np.maximum(p, 0)).max())
        assert np.abs(one - np.maximum(closest, 0)).max() <= 1e-4 * np.abs(projected).max()
    found = auditor.grad_cam(network, images, TARGETS, layer="after", method="eigencam")
    per_class = references("eigencam", capture64(network, "after", images))
    assert worst_error(found.maps, per_class[:, 0]) <= 1e-4


@pytest.mark.parametrize(
    ("method", "theirs"),
    [
        ("gradcam", torchcam.GradCAM),
        ("layercam", torchcam.LayerCAM),
        ("xgradcam", torchcam.XGradCAM),
    ],
)
def test_torchcam(method: str, theirs: Callable[..., torchcam.core._CAM]) -> None:
    network, images = small(), floats(2)
    targets = best_answers(network, images)
    found = auditor.grad_cam(network, images, targets, layer="after", method=method)
    with theirs(network, "after") as cam, torch.enable_grad():
        scores = network(images.clone().requires_grad_())
        (expected,) = cam(targets, scores, normalized=False)
    assert worst_error(found.maps, expected.detach().numpy()) <= 1e-4


def test_scorecams_agree_where_nothing_is_blown_up() -> None:
    """The layer's grid is the image's. Else pytorch-grad-cam blows features up with aligned
    corners, and torchcam scales them to 0..1 before instead of after: the authors' code does
    neither (test_forward_only holds ours against the paper)."""
    network, images = small(), floats(2)
    network.first.stride = network.second.stride = (1, 1)
    targets = best_answers(network, images)
    found = auditor.grad_cam(network, images, targets, layer="after", method="scorecam")
    assert found.maps.shape[1:] == images.shape[2:]
    expected = raw_pytorch_grad_cam(pgc.ScoreCAM, network, images, targets)
    assert worst_error(found.maps, expected) <= 1e-4
    with torchcam.ScoreCAM(network, "after") as cam:
        (also,) = cam(targets, network(images), normalized=False)
    assert worst_error(found.maps, also.detach().numpy()) <= 1e-4


def small() -> nn.Module:
    torch.manual_seed(4)
    return Small(nn.ReLU(), classes=4, width=16).eval()


def best_answers(network: nn.Module, images: Tensor) -> list[int]:
    """Classes with a positive logit: AblationCAM's authors divide by it, sign and all."""
    with torch.no_grad():
        logits = network(images)
    assert (logits.amax(dim=1) > 0).all()
    return logits.argmax(dim=1).tolist()


def raw_pytorch_grad_cam(
    kind: Callable[..., pgc.base_cam.BaseCAM],
    network: nn.Module,
    images: Tensor,
    targets: list[int],
) -> np.ndarray:
    """(N, h, w) before it is scaled to 0..1 and blown up."""
    wanted = [ClassifierOutputTarget(target) for target in targets]
    layer = network.get_submodule("after")
    kept: list[np.ndarray] = []

    class Raw(kind):  # type: ignore[misc, valid-type]
        def get_cam_image(self, *args: object, **kwargs: object) -> np.ndarray:
            kept.append(super().get_cam_image(*args, **kwargs))
            return kept[-1]

    with Raw(network, [layer]) as cam:
        cam(images.clone(), wanted)
    return np.maximum(kept[-1], 0)
