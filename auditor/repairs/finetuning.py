"""Retraining on objects whose background is drawn independently of their label.

Half of what a step sees are training pictures as they are, so that what was right stays asked for;
the other half are objects on random backgrounds, each twice, with a penalty on answers that differ
between the two (a consistency loss after Xie et al., UDA, NeurIPS 2020). Weights are averaged along
the way (Polyak and Juditsky 1992, exponential); `load_between` goes only a part of the way from the
old weights to them (WiSE-FT, Wortsman et al., CVPR 2022).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.modules.batchnorm import _BatchNorm
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
STATISTICS_OF = 24
"""Batches that the statistics of a trained batch norm are computed from in the end."""

State = dict[str, Tensor]


@dataclass(frozen=True, slots=True)
class TrainingRecipe:
    """One way of retraining.

    Attributes:
        name: for the report.
        rate: highest learning rate.
        consistency: weight of the penalty on answers that change with the background; 0 for none.
        composed: share of a batch that are objects on random backgrounds; 0 is plain training.
        norm: batch norm works with each batch's statistics while training, as in a training from
            scratch; without, it keeps those of the network, which suits a small learning rate.
        batch: pictures of a step.
        within: backgrounds are those of the object's own class.
    """

    name: str
    rate: float
    consistency: float
    composed: float = 0.6
    norm: bool = False
    batch: int = 48
    within: bool = False


@dataclass(frozen=True)
class Training:
    """What is trained how.

    Attributes:
        network: in eval mode, and again when a function is done with it.
        material: what is trained on.
        recipe: how.
        breaking: what the cues call for.
        seed: of every draw.
    """

    network: Trainable
    material: Material
    recipe: TrainingRecipe
    breaking: Breaking
    seed: int

    def random(self) -> torch.Generator:
        """A new generator, the same every time."""
        return torch.Generator().manual_seed(self.seed)


def finetune(training: Training, *, steps: int, tick: Callable[[], None]) -> State:
    """The weights after so many steps, averaged along the way; the network itself is left anywhere.

    `tick` is called after each step.
    """
    rng, network, recipe = training.random(), training.network, training.recipe
    parameters = [p for p in network.module.parameters() if p.is_floating_point()]
    network.module.requires_grad_(True)
    optimiser = torch.optim.AdamW(parameters, lr=recipe.rate, weight_decay=WEIGHT_DECAY)
    plan = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, recipe.rate, total_steps=steps, pct_start=WARM_UP
    )
    mean: Any = get_ema_multi_avg_fn(MEMORY)  # type: ignore[no-untyped-call]
    average = AveragedModel(network.module, multi_avg_fn=mean)
    try:
        _norms_train(network, on=recipe.norm)
        for _ in range(steps):
            loss = _loss(training, rng)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(parameters, 5.0)
            optimiser.step()
            plan.step()
            average.update_parameters(network.module)
            tick()
    finally:
        network.module.requires_grad_(False)
        network.module.eval()
    return {name: value.clone() for name, value in average.module.state_dict().items()}


def load_between(training: Training, before: State, after: State, kept: float) -> None:
    """Weights a part `kept` (0..1) of the way from `before` to `after`, in place.

    Where batch norm was trained its statistics belong to none of the two: they are computed anew
    (as Izmailov et al., Averaging weights leads to wider optima, UAI 2018).
    """
    network = training.network
    between = {
        name: torch.lerp(value, after[name], kept) if value.is_floating_point() else after[name]
        for name, value in before.items()
    }
    network.module.load_state_dict(between)
    norms = _norms(network) if training.recipe.norm else []
    if not norms:
        return
    rng = training.random()
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
    _norms_train(network, on=True)
    try:
        with torch.no_grad():
            for _ in range(STATISTICS_OF):
                network.logits(_batch(training, rng)[0])
    finally:
        network.module.eval()
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.momentum = momentum


def _norms(network: Trainable) -> list[_BatchNorm]:
    return [
        each
        for each in network.module.modules()
        if isinstance(each, _BatchNorm) and each.track_running_stats
    ]


def _norms_train(network: Trainable, *, on: bool) -> None:
    for norm in _norms(network):
        norm.train(on)


def _loss(training: Training, rng: torch.Generator) -> Tensor:
    network, recipe = training.network, training.recipe
    pictures, labels, pairs = _batch(training, rng)
    logits = network.logits(pictures)
    loss = F.cross_entropy(logits, network.targets(labels))
    if recipe.consistency and pairs:
        first, second = logits[-2 * pairs :].log_softmax(dim=1).chunk(2)
        loss = loss + recipe.consistency * _apart(first, second)
    return loss


def _batch(training: Training, rng: torch.Generator) -> tuple[Tensor, Tensor, int]:
    """Pictures, labels, and how many objects come in the end, each twice, in two halves."""
    material, recipe, breaking = training.material, training.recipe, training.breaking
    pairs = round(recipe.batch * recipe.composed / 2)
    own = torch.randint(len(material), (recipe.batch - 2 * pairs,), generator=rng)
    plain = varied(material.images[own].float(), rng, strong=breaking.picture)
    if pairs == 0:
        return plain, material.labels[own], 0
    subjects = draw_subjects(material, pairs, rng)
    pair = [_changed(training, subjects, rng) for _ in range(2)]
    labels = torch.cat([material.labels[own], material.labels[subjects].repeat(2)])
    return torch.cat([plain, *pair]), labels, pairs


def _changed(training: Training, subjects: Tensor, rng: torch.Generator) -> Tensor:
    material, breaking = training.material, training.breaking
    donors = (
        draw_within(material, subjects, rng)
        if training.recipe.within
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
