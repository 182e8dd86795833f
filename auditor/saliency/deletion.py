"""Does taking away what a map shows hurt the answer? Petsiuk et al. 2018."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import torch
from torch import Tensor
from torch.nn import functional as F

from auditor.domain.errors import ModelError
from auditor.domain.messages import coded
from auditor.saliency.engine import Explanation, explain
from auditor.tensors.classifier import Classifier
from auditor.tensors.layers import GridLayer, last_reached
from auditor.tensors.questions import likeliest, probabilities_of

DELETED_SHARE = 0.25
RANDOM_DRAWS = 2
OTHERS_TRIED = 4
LAST_OF_A_STAGE = 2


def deletion_losses(
    classifier: Classifier, images: Tensor, found: Explanation, *, seed: int
) -> tuple[float, float]:
    """Mean loss of log-odds by blurring the most salient cells, and as many random ones.

    Args:
        images: (N, 3, H, W) uint8.
        found: the maps of `images`; of each image's first target the log-odds are watched.
        seed: of the random cells, drawn twice an image.
    """
    maps, targets = found.maps[:, 0], found.targets[:, 0]
    n, h, w = maps.shape
    count = max(1, round(DELETED_SHARE * h * w))
    pixels = images.to(classifier.device).float()
    blurred = _blurred(pixels)
    generator = torch.Generator().manual_seed(seed)
    known = probabilities_of(found.logits, multilabel=classifier.multilabel)
    before = _log_odds(known, targets)

    def loss(order: Tensor) -> float:
        chosen = torch.zeros(n, h * w, device=pixels.device)
        chosen.scatter_(1, order[:, :count].to(pixels.device), 1.0)
        cut = F.interpolate(chosen.view(n, 1, h, w), pixels.shape[-2:], mode="nearest")
        changed = classifier.probabilities(pixels + cut * (blurred - pixels))
        return float((before - _log_odds(changed, targets)).mean())

    salient = loss(maps.flatten(1).argsort(dim=1, descending=True, stable=True))
    draws = [
        loss(torch.rand(n, h * w, generator=generator).argsort(dim=1)) for _ in range(RANDOM_DRAWS)
    ]
    return salient, sum(draws) / len(draws)


def better_layer(
    classifier: Classifier,
    images: Tensor,
    layers: list[GridLayer],
    *,
    method: str,
    seed: int,
) -> str:
    """Words on what to do when the maps of the target layer fail `deletion_losses`.

    Of at most four other layers (the one that `auto` takes, and the last ones of every stage) the
    one is named whose most salient cells cost most beyond random ones.

    Args:
        images: (N, 3, H, W) uint8.
        layers: what `trace` found in the network.
    """
    margins: dict[str, tuple[float, float]] = {}
    for name in _others(layers, classifier.target_layer):
        try:
            found = explain(
                replace(classifier, target_layer=name),
                images,
                lambda logits, _: likeliest(logits, multilabel=classifier.multilabel),
                method,
            )
        except ModelError:
            continue
        margins[name] = deletion_losses(classifier, images, found, seed=seed)
    best = max(margins, key=lambda name: margins[name][0] - margins[name][1], default=None)
    if best is None or margins[best][0] <= margins[best][1]:
        if not margins:
            return coded("sanity.other_method", "use another --method")
        return coded(
            "sanity.no_better_layer",
            "use another --method ({layers} do no better)",
            layers=", ".join(margins),
        )
    salient, chance = margins[best]
    return coded(
        "sanity.better_layer",
        "use --layer {layer}, where they cost {salient} against {chance}",
        layer=best,
        salient=f"{salient:.3f}",
        chance=f"{chance:.3f}",
    )


def _others(layers: list[GridLayer], current: str) -> list[str]:
    names = [last_reached(layers)]
    left = Counter({layer.grid: LAST_OF_A_STAGE for layer in layers})
    for layer in reversed(layers):
        if layer.reached and layer.block and left[layer.grid] > 0:
            left[layer.grid] -= 1
            names.append(layer.name)
    return [name for name in dict.fromkeys(names) if name not in (None, current)][:OTHERS_TRIED]


def _log_odds(probabilities: Tensor, targets: Tensor) -> Tensor:
    return torch.logit(probabilities.gather(1, targets[:, None])[:, 0].double(), eps=1e-7)


def _blurred(images: Tensor) -> Tensor:
    """So heavily that no object is left: 1/16 of the size and back, twice smoothed."""
    h, w = images.shape[-2:]
    small = F.adaptive_avg_pool2d(images, (max(1, h // 32), max(1, w // 32)))
    return F.interpolate(small, (h, w), mode="bilinear", align_corners=False)
