"""Retraining on objects whose background is drawn independently of their label.

Half of what a step sees are training pictures as they are, so that what was right stays asked for;
the other half are objects on random backgrounds, each twice, with a penalty on answers that differ
between the two (a consistency loss after Xie et al., UDA, NeurIPS 2020). Weights are averaged along
the way (Polyak and Juditsky 1992, exponential) and then with those from before (WiSE-FT, Wortsman
et al., CVPR 2022).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from auditor.repairs.compositions import (
    Breaking,
    composed,
    draw_donors,
    draw_subjects,
    draw_within,
    moved_patches,
    varied,
)
from auditor.repairs.material import Material
from auditor.repairs.trainable import Trainable

MEMORY = 0.98
WEIGHT_DECAY = 0.02
WARM_UP = 0.15


@dataclass(frozen=True, slots=True)
class Recipe:
    """One way of retraining.

    Attributes:
        name: for the report.
        rate: highest learning rate.
        consistency: weight of the penalty on answers that change with the background; 0 for none.
        composed: share of a batch that are objects on random backgrounds; 0 is plain training.
        kept: weight of the retrained weights in the last average, 0..1.
        batch: pictures of a step.
        within: backgrounds are those of the object's own class.
    """

    name: str
    rate: float
    consistency: float
    composed: float = 0.6
    kept: float = 1.0
    batch: int = 48
    within: bool = False


def finetune(
    network: Trainable,
    material: Material,
    recipe: Recipe,
    breaking: Breaking,
    *,
    steps: int,
    seed: int,
    tick: Callable[[], None],
) -> None:
    """Train the network's own weights in place; batch norm keeps its statistics.

    Args:
        network: in eval mode; its parameters are trained.
        material: what is trained on.
        recipe: how.
        breaking: what the cues call for.
        steps: of the optimiser.
        seed: of every draw.
        tick: is called after each step.
    """
    rng = torch.Generator().manual_seed(seed)
    before = {name: value.clone() for name, value in network.module.state_dict().items()}
    parameters = [p for p in network.module.parameters() if p.is_floating_point()]
    network.module.requires_grad_(True)
    optimiser = torch.optim.AdamW(parameters, lr=recipe.rate, weight_decay=WEIGHT_DECAY)
    plan = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, recipe.rate, total_steps=steps, pct_start=WARM_UP
    )
    mean: Any = get_ema_multi_avg_fn(MEMORY)  # type: ignore[no-untyped-call]
    average = AveragedModel(network.module, multi_avg_fn=mean)
    try:
        for _ in range(steps):
            loss = _loss(network, material, recipe, breaking, rng=rng)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(parameters, 5.0)
            optimiser.step()
            plan.step()
            average.update_parameters(network.module)
            tick()
    finally:
        network.module.requires_grad_(False)
    _load_between(network.module, before, average.module.state_dict(), recipe.kept)


def _loss(
    network: Trainable,
    material: Material,
    recipe: Recipe,
    breaking: Breaking,
    *,
    rng: torch.Generator,
) -> Tensor:
    swaps = round(recipe.batch * recipe.composed / 2)
    own = torch.randint(len(material), (recipe.batch - 2 * swaps,), generator=rng)
    plain = varied(material.images[own].float(), rng, strong=breaking.picture)
    if swaps == 0:
        return F.cross_entropy(network.logits(plain), network.targets(material.labels[own]))
    subjects = draw_subjects(material, swaps, rng)
    pair = [_changed(material, subjects, breaking, rng, within=recipe.within) for _ in range(2)]
    logits = network.logits(torch.cat([plain, *pair]))
    labels = torch.cat([material.labels[own], material.labels[subjects].repeat(2)])
    loss = F.cross_entropy(logits, network.targets(labels))
    if recipe.consistency:
        first, second = (part.log_softmax(dim=1) for part in torch.split(logits[len(own) :], swaps))
        loss = loss + recipe.consistency * _apart(first, second)
    return loss


def _changed(
    material: Material,
    subjects: Tensor,
    breaking: Breaking,
    rng: torch.Generator,
    *,
    within: bool,
) -> Tensor:
    donors = (
        draw_within(material, subjects, rng)
        if within
        else draw_donors(material, len(subjects), rng)
    )
    pictures = composed(material, subjects, donors, rng)
    if breaking.edge:
        masks, other = material.masks[subjects], material.masks[donors]
        pictures = moved_patches(pictures, masks, material.images[donors].float(), other, rng)
    return varied(pictures, rng, strong=breaking.picture)


def _apart(first: Tensor, second: Tensor) -> Tensor:
    """Symmetric Kullback-Leibler divergence of two lists of log probabilities."""
    forth = F.kl_div(first, second, log_target=True, reduction="batchmean")
    back = F.kl_div(second, first, log_target=True, reduction="batchmean")
    return (forth + back) / 2


def _load_between(
    module: nn.Module, before: dict[str, Tensor], after: dict[str, Tensor], kept: float
) -> None:
    between = {
        name: torch.lerp(value, after[name], kept) if value.is_floating_point() else after[name]
        for name, value in before.items()
    }
    module.load_state_dict(between)
