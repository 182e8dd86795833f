"""Maps and logits for a batch, for about the price of a forward pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from auditor.domain.errors import ModelError
from auditor.saliency.capture import Features, Targets, forward
from auditor.saliency.forward_only import FORWARD_ONLY
from auditor.saliency.memory import in_fitting_parts
from auditor.saliency.methods import FROM_GRADIENT, eigencam
from auditor.tensors.classifier import Classifier
from auditor.tensors.undisturbed import undisturbed

METHODS = (*FROM_GRADIENT, "eigencam", *FORWARD_ONLY)


@dataclass(frozen=True)
class Explanation:
    """Maps of N images for T classes each.

    Attributes:
        maps: (N, T, h, w) float32 on the layer's grid, after ReLU, not normalised; all zero
            where nothing speaks for the class.
        logits: (N, C) float32.
        targets: (N, T) int64, the classes explained.
        batch_size: images that went through the network at once; less than N after memory ran
            out (pass it as `at_most` from then on).
    """

    maps: Tensor
    logits: Tensor
    targets: Tensor
    batch_size: int


def explain(
    classifier: Classifier,
    images: Tensor,
    targets: Targets,
    method: str = "gradcam",
    *,
    at_most: int | None = None,
) -> Explanation:
    """Explain the classifier's answers to a batch.

    Args:
        images: (N, 3, H, W) uint8 (or float in 0..255), on any device.
        targets: logits (N, C) float32 to the class indices (N,) or (N, T) to explain.
        method: one of `METHODS`.
        at_most: no more images than this go through the network at once.

    Raises:
        ModelError: unknown method, a layer without a grid or without a path to the logits,
            logits that are not finite, no memory for even one image.
    """

    def work(part: slice) -> Explanation:
        inputs = classifier.normalise(images[part]).contiguous(memory_format=torch.channels_last)
        return explain_inputs(
            classifier.network,
            classifier.target_layer,
            inputs,
            targets,
            method,
            autocast=classifier.autocast,
        )

    with torch.inference_mode(False), undisturbed(classifier.network):
        return joined(*in_fitting_parts(work, len(images), at_most))


def explain_inputs(
    network: nn.Module,
    layer: str,
    inputs: Tensor,
    targets: Targets,
    method: str,
    *,
    autocast: torch.dtype | None = None,
) -> Explanation:
    """Maps of normalised inputs; the network is in eval mode and frozen (`undisturbed`).

    Raises:
        ModelError: as `explain`.
    """
    maps_of = _maps_of(method)
    with torch.autocast(inputs.device.type, dtype=autocast, enabled=autocast is not None):
        features = forward(network, layer, inputs, with_graph=method in FROM_GRADIENT)
        logits = features.logits.detach()
        chosen = targets(logits)
        chosen = (chosen[:, None] if chosen.ndim == 1 else chosen).to(logits.device)
        with torch.no_grad():
            maps = maps_of(network, features, inputs, chosen)
    return Explanation(maps, logits, chosen, len(inputs))


def joined(parts: list[Explanation], batch_size: int) -> Explanation:
    """One explanation of consecutive parts."""
    return Explanation(
        maps=torch.cat([part.maps for part in parts]),
        logits=torch.cat([part.logits for part in parts]),
        targets=torch.cat([part.targets for part in parts]),
        batch_size=batch_size,
    )


MapsOf = Callable[[nn.Module, Features, Tensor, Tensor], Tensor]


def _maps_of(method: str) -> MapsOf:
    if method in FROM_GRADIENT:
        return lambda _network, features, _inputs, targets: _from_gradient(
            method, features, targets
        )
    if method == "eigencam":
        return lambda _network, features, _inputs, targets: eigencam(features.activation)[
            :, None
        ].repeat(1, targets.shape[1], 1, 1)
    if method in FORWARD_ONLY:
        return FORWARD_ONLY[method]
    raise ModelError(
        f"There is no saliency method {method!r}.",
        expected=f"one of {', '.join(METHODS)}",
        got=repr(method),
        remedy="name one of them with --method (grad_cam: method=)",
    )


def _from_gradient(method: str, features: Features, targets: Tensor) -> Tensor:
    activation = features.activation
    maps = [FROM_GRADIENT[method](activation, g) for g in features.gradients(targets)]
    return torch.stack(maps, dim=1)
