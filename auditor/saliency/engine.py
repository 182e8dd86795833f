"""Maps and logits for a batch, for about the price of a forward pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from auditor.domain.errors import ModelError
from auditor.saliency.capture import Features, Targets, forward, refuse_not_finite
from auditor.saliency.forward_only import FORWARD_ONLY
from auditor.saliency.methods import FROM_GRADIENT, eigencam
from auditor.saliency.peaks import peak_features
from auditor.saliency.pooled import pooled_features
from auditor.tensors.classifier import Classifier
from auditor.tensors.frozen_eval import frozen_eval

METHODS = (*FROM_GRADIENT, "eigencam", *FORWARD_ONLY)


@dataclass(frozen=True)
class Explanation:
    """Maps of N images for T classes each.

    Attributes:
        maps: (N, T, h, w) float32 on the layer's grid, after ReLU, not normalised; all zero
            where nothing speaks for the class.
        logits: (N, C) float32.
        targets: (N, T) int64, the classes explained.
        peaks: (N, 32) float32, features under the highest cell of the first map, see
            `auditor.saliency.peaks`; None where they are not known.
        pooled: (N, 64) float32, features of the whole picture, see `auditor.saliency.pooled`;
            None where they are not known.

    Of an image whose logits are not finite the maps are all zero and the rest means nothing.
    """

    maps: Tensor
    logits: Tensor
    targets: Tensor
    peaks: Tensor | None = None
    pooled: Tensor | None = None

    @property
    def finite(self) -> Tensor:
        """(N,) bool: whether the network's answer to an image is a number."""
        return torch.isfinite(self.logits).all(dim=1)

    def select(self, images: Sequence[int]) -> Explanation:
        """Of the images at these positions, in that order."""
        index = torch.as_tensor(list(images), device=self.logits.device)
        peaks = None if self.peaks is None else self.peaks[index]
        pooled = None if self.pooled is None else self.pooled[index]
        return Explanation(self.maps[index], self.logits[index], self.targets[index], peaks, pooled)


def explain(
    classifier: Classifier,
    images: Tensor,
    targets: Targets,
    method: str = "gradcam",
) -> Explanation:
    """Explain the classifier's answers to a batch.

    On a CPU a batch goes through the network eight images at a time; where it does not fit the
    device, in halves. `classifier.fitting` keeps what was learned.

    Args:
        images: (N, 3, H, W) uint8 (or float in 0..255), on any device.
        targets: logits (n, C) float32 of a part of the images, and which part, to the class
            indices (n,) or (n, T) to explain.
        method: one of `METHODS`.

    Returns:
        Of every image, also of those with logits that are not finite: see `Explanation.finite`.

    Raises:
        ModelError: unknown method, a layer without a grid or without a path to the logits,
            no memory for even one image.
    """

    network, layer = classifier.network, classifier.target_layer

    def work(part: slice) -> Explanation:
        with classifier.mixed():
            inputs = classifier.inputs(images[part])
            return explain_inputs(
                network,
                layer,
                inputs,
                lambda logits: targets(logits, part),
                method,
                strict=False,
            )

    with torch.inference_mode(False), frozen_eval(network):
        return joined(classifier.micro_batcher.parts(work, len(images), device=classifier.device))


def explain_inputs(
    network: nn.Module,
    layer: str,
    inputs: Tensor,
    targets: Callable[[Tensor], Tensor],
    method: str,
    *,
    strict: bool = True,
) -> Explanation:
    """Maps of normalised inputs; the network is in eval mode and frozen (`frozen_eval`).

    Args:
        strict: refuse logits that are not finite.

    Raises:
        ModelError: as `explain`; with `strict` also logits that are not finite.
    """
    maps_of = _maps_of(method)
    features = forward(network, layer, inputs, with_graph=method in FROM_GRADIENT)
    logits = features.logits.detach()
    if strict:
        refuse_not_finite(logits)
    chosen = targets(logits)
    chosen = (chosen[:, None] if chosen.ndim == 1 else chosen).to(logits.device)
    with torch.no_grad():
        maps = maps_of(network, features, inputs, chosen)
        if not strict:
            maps = torch.where(torch.isfinite(logits).all(dim=1)[:, None, None, None], maps, 0.0)
        peaks = peak_features(features.activation, maps[:, 0])
        pooled = pooled_features(features.activation)
    return Explanation(maps, logits, chosen, peaks, pooled)


def joined(parts: list[Explanation]) -> Explanation:
    """One explanation of consecutive parts."""
    peaks = [part.peaks for part in parts if part.peaks is not None]
    pooled = [part.pooled for part in parts if part.pooled is not None]
    return Explanation(
        maps=torch.cat([part.maps for part in parts]),
        logits=torch.cat([part.logits for part in parts]),
        targets=torch.cat([part.targets for part in parts]),
        peaks=torch.cat(peaks) if len(peaks) == len(parts) else None,
        pooled=torch.cat(pooled) if len(pooled) == len(parts) else None,
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
        code="saliency.unknown_method",
        expected=f"one of {', '.join(METHODS)}",
        got=repr(method),
        remedy="name one of them with --method (grad_cam: method=)",
    )


def _from_gradient(method: str, features: Features, targets: Tensor) -> Tensor:
    activation = features.activation
    # The network may run in mixed precision, a map's sums do not.
    with torch.autocast(activation.device.type, enabled=False):
        maps = [FROM_GRADIENT[method](activation, g) for g in features.gradients(targets)]
    return torch.stack(maps, dim=1)
