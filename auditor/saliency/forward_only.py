"""Maps that need no gradient: how the answer changes when the input or the layer is masked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from auditor.saliency.capture import Features, with_first_tensor
from auditor.tensors.layers import module_named
from auditor.tensors.outputs import logits_of

FORWARD_BATCH = 32


def scorecam(network: nn.Module, features: Features, inputs: Tensor, targets: Tensor) -> Tensor:
    """ReLU(sum_k w_k A_k), w = softmax over k of the logit of the image masked by A_k.

    Wang et al. 2020: A_k is upsampled (bilinear, align_corners=False), then scaled to 0..1 (a
    constant channel masks everything), and multiplies the normalised input. The baseline's logit
    is the same for every channel and cancels in the softmax. One forward pass a channel and
    image, shared by all targets: slow.

    Args:
        features: of `inputs` (N, 3, H, W).
        targets: (N, T).

    Returns:
        (N, T, h, w) float32.
    """
    activation = features.activation
    scores = [
        _scores_of_masked(network, image, channels, wanted)
        for image, channels, wanted in zip(inputs, activation, targets, strict=True)
    ]
    return _combined(activation, torch.stack(scores).softmax(dim=1))


def _scores_of_masked(
    network: nn.Module, image: Tensor, channels: Tensor, wanted: Tensor
) -> Tensor:
    """(C, T) logits of one image under each of its C channels."""
    scores = []
    for part in torch.split(channels[:, None], FORWARD_BATCH):
        masks = F.interpolate(part, image.shape[-2:], mode="bilinear", align_corners=False)
        low, high = masks.amin(dim=(2, 3), keepdim=True), masks.amax(dim=(2, 3), keepdim=True)
        masks = torch.where(high > low, (masks - low) / (high - low), 0.0)
        scores.append(logits_of(network(image * masks.to(image.dtype))).float()[:, wanted])
    return torch.cat(scores)


def ablationcam(network: nn.Module, features: Features, inputs: Tensor, targets: Tensor) -> Tensor:
    """ReLU(sum_k w_k A_k), w_k = (y - y without channel k) / |y|, y the logit.

    Ramaswamy and Desai 2020, who divide by y: for y > 0 the same; for y < 0 theirs would turn
    the map round. A channel is taken out by setting it to zero. One forward pass a channel and
    image, shared by all targets: slow.

    Args:
        features: of `inputs` (N, 3, H, W).
        targets: (N, T).

    Returns:
        (N, T, h, w) float32; zero where y is zero.
    """
    activation = features.activation
    drops = []
    for i, wanted in enumerate(targets):
        base = features.logits[i, wanted].detach()
        without = _scores_without(network, features, inputs[i : i + 1], i, wanted)
        drops.append(torch.where(base == 0, 0.0, (base - without) / base.abs()))
    return _combined(activation, torch.stack(drops))


def _scores_without(
    network: nn.Module, features: Features, image: Tensor, index: int, wanted: Tensor
) -> Tensor:
    """(C, T) logits of one image with each of the layer's C channels set to zero."""
    kept = features.leaf.detach()[index : index + 1]
    # Channels are where the grid view has them: dimension 1, or the last one.
    axis = 1 if kept.shape[1] == features.activation.shape[1] and kept.ndim == 4 else -1
    scores = []
    for channels in torch.split(torch.arange(features.activation.shape[1]), FORWARD_BATCH):
        ablated = kept.repeat(len(channels), *[1] * (kept.ndim - 1)).movedim(axis, 1).clone()
        ablated[torch.arange(len(channels)), channels] = 0
        changed = ablated.movedim(1, axis)

        with _replaced(network, features.layer, changed):
            logits = logits_of(network(image.expand(len(channels), -1, -1, -1)))
        scores.append(logits.float()[:, wanted])
    return torch.cat(scores)


def _combined(activation: Tensor, weights: Tensor) -> Tensor:
    """(N, C, h, w) and (N, C, T) to (N, T, h, w), in float32 also in mixed precision."""
    with torch.autocast(activation.device.type, enabled=False):
        combined: Tensor = torch.einsum("nchw,nct->nthw", activation, weights)
        return combined.relu()


@contextmanager
def _replaced(network: nn.Module, layer: str, features: Tensor) -> Iterator[None]:
    """The layer gives `features`, whatever it is given."""

    def replace(_module: nn.Module, _inputs: Any, output: Any) -> Any:
        return with_first_tensor(output, lambda _: features)

    handle = module_named(network, layer).register_forward_hook(replace)
    try:
        yield
    finally:
        handle.remove()


ForwardOnly = Callable[[nn.Module, Features, Tensor, Tensor], Tensor]

FORWARD_ONLY: dict[str, ForwardOnly] = {"scorecam": scorecam, "ablationcam": ablationcam}
