"""Sanity checks of the maps before the long work. docs/science.md section 2, end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from scipy.stats import rankdata
from torch import Tensor, nn

from auditor.domain.errors import ModelError
from auditor.domain.messages import coded
from auditor.saliency import sanity_reasons
from auditor.saliency.capture import not_finite
from auditor.saliency.deletion import better_layer, deletion_losses
from auditor.saliency.engine import Explanation, explain
from auditor.saliency.forward_only import FORWARD_ONLY
from auditor.tensors.classifier import Classifier
from auditor.tensors.layers import GridLayer, last_reached, trace
from auditor.tensors.questions import likeliest

MOST_SIMILAR = 0.7
"""Mean rank correlation above which maps count as unchanged by random weights."""
LEAST_REPEATED = 0.95
"""Mean rank correlation of the maps of two passes below which one of them tells little."""
FORWARD_ONLY_IMAGES = 2
"""A forward-only method asks the network once a channel: few images have to do."""


@dataclass(frozen=True)
class Sanity:
    """What the checks found.

    Attributes:
        sane: no check failed.
        checks: their numbers by name; None where a check could not be made.
        reasons: what failed or could not be made, and the remedy, in words.
    """

    sane: bool
    checks: dict[str, float | bool | None]
    reasons: tuple[str, ...]


def check_sanity(
    classifier: Classifier,
    images: Tensor,
    *,
    method: str,
    seed: int,
    random_labels: Classifier | None = None,
) -> Sanity:
    """Ask three questions of the maps of some images.

    1. Does the gradient reach the layer's cells (`gradient_reaches_layer`)?
    2. Do the maps change when the weights are randomised (`randomised_similarity`: mean Spearman
       correlation of the maps of the same classes; at most 0.7 passes; a map that turns flat has
       changed)? Adebayo et al. 2018.
    3. Does blurring the most salient quarter of the cells hurt the predicted class's log-odds
       more than blurring as many random ones (`deletion_loss_salient` > `deletion_loss_random`,
       means over the images; two random draws each)? Petsiuk et al. 2018. If not, the reason
       names another layer where it does, if one is found.

    Where there is a network that was trained on random labels also: do the maps differ from its
    maps of the same classes (`random_labels_similarity`; at most 0.7 passes)? It is the second
    test of Adebayo et al. 2018.

    Of a network that is not deterministic also: are the maps of the same images alike in a second
    pass (`repeated_similarity`: mean Spearman correlation, at least 0.95 passes)? Images without
    a finite answer are left out.

    Args:
        images: (N, 3, H, W) uint8; a dozen tell enough.
        method: the saliency method of the audit.
        seed: makes the checks deterministic; the global random state is left as it was.
        random_labels: the same network trained on shuffled labels.

    Raises:
        ModelError: the network cannot be explained at all, as `explain`.
    """
    if method in FORWARD_ONLY:
        images = images[:FORWARD_ONLY_IMAGES]
    layers, _ = trace(classifier.network, classifier.normalise(images[:1]))
    unreached = _unreached(classifier, layers)
    checks: dict[str, float | bool | None] = {"gradient_reaches_layer": unreached is None}
    reasons = [unreached] if unreached else []
    try:
        found = explain(
            classifier,
            images,
            lambda logits, _: likeliest(logits, multilabel=classifier.multilabel),
            method,
        )
    except ModelError:
        if unreached is None:
            raise
        return Sanity(False, checks, tuple(reasons))
    known = found.finite.nonzero()[:, 0].tolist()
    if not known:
        raise not_finite(len(images), len(images))
    images, found = images[known], found.select(known)
    maps = found.maps[:, 0]
    flat = maps.flatten(1)
    checks["flat_maps"] = float((flat.amax(1) == flat.amin(1)).float().mean())
    if checks["flat_maps"] == 1.0:
        reasons.append(sanity_reasons.flat())
        return Sanity(False, checks, tuple(reasons))
    similarity = rank_similarity(maps, _random_maps(classifier, images, found, method, seed))
    checks["randomised_similarity"] = similarity
    if similarity > MOST_SIMILAR:
        reasons.append(sanity_reasons.random_weights(similarity, MOST_SIMILAR))
    if random_labels is not None:
        other = explain(random_labels, images, lambda _, part: found.targets[part], method)
        likeness = rank_similarity(maps, other.maps[:, 0])
        checks["random_labels_similarity"] = likeness
        if likeness > MOST_SIMILAR:
            reasons.append(sanity_reasons.random_labels(likeness, MOST_SIMILAR))
    if not classifier.repeatable:
        again = explain(classifier, images, lambda _, part: found.targets[part], method)
        steady = rank_similarity(maps, again.maps[:, 0])
        checks["repeated_similarity"] = steady
        if steady < LEAST_REPEATED:
            reasons.append(sanity_reasons.not_repeatable(steady))
    salient, chance = deletion_losses(classifier, images, found, seed=seed)
    checks["deletion_loss_salient"], checks["deletion_loss_random"] = salient, chance
    if not salient > chance:
        remedy = better_layer(classifier, images, layers, method=method, seed=seed)
        reasons.append(sanity_reasons.deletion(salient, chance, remedy))
    return Sanity(not reasons, checks, tuple(reasons))


def _random_maps(
    classifier: Classifier, images: Tensor, found: Explanation, method: str, seed: int
) -> Tensor:
    """(N, h, w) maps of the same classes by the same network with random weights."""
    with torch.random.fork_rng(_gpus(classifier.device)):
        torch.manual_seed(seed)
        with randomised(classifier.network):
            again = explain(classifier, images, lambda _, part: found.targets[part], method)
    return again.maps[:, 0]


@contextmanager
def randomised(network: nn.Module) -> Iterator[None]:
    """Inside, every layer is initialised anew, from the global random state; then as it was.

    Weights outside of layers that know how (tokens, position embeddings) become normal noise of
    their own spread. In place, since not every network can be copied: a user's may hold a lock or
    a file, an exported program holds symbolic sizes.
    """
    own = [*network.parameters(), *network.buffers()]
    kept = [tensor.detach().clone() for tensor in own]
    try:
        for module in network.modules():
            _initialise(module)
        yield
    finally:
        with torch.no_grad():
            for tensor, value in zip(own, kept, strict=True):
                tensor.copy_(value)


def _initialise(module: nn.Module) -> None:
    reset = getattr(module, "reset_parameters", None)
    # Torch's own change values in place; a user's may put in new tensors, which nobody takes out.
    if callable(reset) and getattr(reset, "__module__", "").startswith("torch.nn."):
        reset()
        return
    with torch.no_grad():
        for parameter in module.parameters(recurse=False):
            spread = float(parameter.std()) if parameter.numel() > 1 else 0.0
            parameter.normal_(0.0, spread)


def rank_similarity(maps: Tensor, others: Tensor) -> float:
    """Mean Spearman correlation of (N, h, w) maps; a pair with a flat map counts as 0."""
    total = 0.0
    for one, other in zip(maps.flatten(1).cpu(), others.flatten(1).cpu(), strict=True):
        ranks = torch.stack([torch.from_numpy(rankdata(one)), torch.from_numpy(rankdata(other))])
        if bool((ranks.std(dim=1) > 0).all()):
            total += float(torch.corrcoef(ranks)[0, 1])
    return total / len(maps)


def _unreached(classifier: Classifier, layers: list[GridLayer]) -> str | None:
    """What is wrong if no gradient reaches the target layer's cells."""
    if any(layer.reached for layer in layers if layer.name == classifier.target_layer):
        return None
    better = last_reached(layers)
    layer = classifier.target_layer
    if better:
        return coded(
            "sanity.no_gradient",
            "no gradient reaches the cells of {layer}: use --layer {better}",
            layer=layer,
            better=better,
        )
    return coded(
        "sanity.never_gradient",
        "no gradient reaches the cells of {layer}: this network cannot be explained this way",
        layer=layer,
    )


def _gpus(device: torch.device) -> list[torch.device]:
    return [device] if device.type == "cuda" else []
