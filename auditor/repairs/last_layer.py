"""Repairs that leave the features as they are and change the last layer alone.

Deep feature reweighting (DFR; Kirichenko, Izmailov and Wilson, ICLR 2023): an l1 regression on the
features of balanced counterexamples, the mean of ten fits. A regression drawn towards the weights
that the network has (a Gaussian prior around them), which is what few training pictures call for.
And the suppression of a cue's direction: what an object's features gain with its own background is
projected out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from torch import Tensor, nn
from torch.nn import functional as F

from auditor.repairs.compositions import (
    Breaking,
    composed,
    draw_donors,
    draw_subjects,
    moved_patches,
    varied,
)
from auditor.repairs.material import Material
from auditor.repairs.trainable import Trainable, TrainableHead

FITS = 10
PER_FIT = 40
"""Pictures of every class and fit, half as they are, half with the cues broken."""
L1 = 0.05
SHRUNK = 0.3
"""The old last layer is kept to this part: 0, .3 and 1 were compared (docs/remedy.md)."""
PENALTIES = (6.0, 2.0, 0.6, 0.1)
"""Of the squared distance to the old weights, on the scale of a mean loss and of standardised
features; the strongest first, each begins where the one before ended."""
SHARES = (0.15, 0.3, 0.5)
"""Weights of the pictures as they are beside the counterexamples: in them the cue still pays."""
SHOWN = (512, 4096)
"""Counterexamples that the regressions draw from, at least and at most; between them
`SHOWN_OF_A_CLASS`."""
SHOWN_OF_A_CLASS = 128
ITERATIONS = 60
DIRECTIONS_SHOWN = 256
BATCH = 64


@dataclass(frozen=True)
class Pool:
    """Features of pictures that a last layer learns from.

    Attributes:
        features: (N, d) float32.
        labels: (N,) int64, positions in the material's classes.
        changed: of them, the first so many stand on other backgrounds.
    """

    features: Tensor
    labels: Tensor
    changed: int


def pool_of(
    network: Trainable, last: nn.Linear, material: Material, breaking: Breaking, *, seed: int
) -> Pool:
    """Changed pictures and a quarter as many as they are, every class equally often; computed once
    for all regressions."""
    rng = torch.Generator().manual_seed(seed)
    count = min(SHOWN[1], max(SHOWN[0], SHOWN_OF_A_CLASS * len(material.classes)))
    features, labels = [], []
    for size, changed in ((count, True), (count // 4, False)):
        for part in _sizes(size):
            subjects = draw_subjects(material, part, rng)
            pictures = material.images[subjects].float()
            if changed:
                pictures = _swapped(material, subjects, breaking, rng)
            pictures = varied(pictures, rng, strong=breaking.picture)
            features.append(network.features(pictures, last))
            labels.append(material.labels[subjects])
    return Pool(torch.cat(features), torch.cat(labels), count)


def refitted(pool: Pool, old: TrainableHead, places: Tensor, *, seed: int) -> TrainableHead:
    """DFR: the mean of some l1 regressions, half of each on pictures as they are.

    Args:
        pool: to draw from.
        old: the last layer as it is.
        places: its rows that stand for the material's classes.
        seed: of the draws.
    """
    rng = torch.Generator().manual_seed(seed)
    half = PER_FIT * len(places) // 2
    weights, biases = [], []
    for _ in range(FITS):
        changed = torch.randint(pool.changed, (half,), generator=rng)
        plain = torch.randint(pool.changed, len(pool.labels), (half,), generator=rng)
        chosen = torch.cat([changed, plain])
        features, labels = pool.features[chosen].numpy(), pool.labels[chosen].numpy()
        weight, bias = _regression(features, labels, len(places))
        weights.append(weight)
        biases.append(bias)
    new = TrainableHead(old.weight.clone(), old.bias.clone())
    new.weight[places] = torch.from_numpy(np.mean(weights, axis=0)).float()
    new.bias[places] = torch.from_numpy(np.mean(biases, axis=0)).float()
    return new


def drawn_to_old(
    pool: Pool, old: TrainableHead, places: Tensor
) -> dict[tuple[float, float], TrainableHead]:
    """By share and penalty the regression whose weights are drawn towards the shrunk old ones;
    outputs of classes that the material lacks are shrunk as well. Args as of `refitted`."""
    features = pool.features.double()
    centre, spread = features.mean(dim=0), features.std(dim=0) + 1e-6
    standard = (features - centre) / spread
    begun = SHRUNK * (features @ old.weight[places].double().T + old.bias[places].double())
    found = {}
    for share in SHARES:
        weights = torch.full((len(pool.labels),), (1 - share) / pool.changed, dtype=torch.float64)
        weights[pool.changed :] = share / (len(pool.labels) - pool.changed)
        step = torch.zeros(len(places), features.shape[1], dtype=torch.float64)
        shift = torch.zeros(len(places), dtype=torch.float64)
        for penalty in PENALTIES:
            step, shift = _drawn(standard, begun, (pool.labels, weights), penalty, (step, shift))
            new = TrainableHead(SHRUNK * old.weight, SHRUNK * old.bias)
            new.weight[places] += (step / spread).float()
            new.bias[places] += (shift - (step / spread) @ centre).float()
            found[share, penalty] = new
    return found


def _drawn(
    standard: Tensor,
    begun: Tensor,
    told: tuple[Tensor, Tensor],
    penalty: float,
    start: tuple[Tensor, Tensor],
) -> tuple[Tensor, Tensor]:
    """What is added to weights and biases; `told` are labels and weights of the pictures."""
    labels, weights = told
    with torch.enable_grad():
        step, shift = (each.clone().requires_grad_() for each in start)
        optimiser = torch.optim.LBFGS(
            [step, shift], max_iter=ITERATIONS, line_search_fn="strong_wolfe"
        )

        def closure() -> Tensor:
            optimiser.zero_grad()
            each = F.cross_entropy(begun + standard @ step.T + shift, labels, reduction="none")
            loss = (weights * each).sum() + penalty / 2 * step.square().sum()
            loss.backward()  # type: ignore[no-untyped-call]
            return loss

        optimiser.step(closure)  # type: ignore[no-untyped-call]
    return step.detach(), shift.detach()


def without_directions(
    network: Trainable,
    last: nn.Linear,
    material: Material,
    breaking: Breaking,
    reliant: tuple[str, ...],
    *,
    seed: int,
) -> TrainableHead | None:
    """The last layer without what own backgrounds add to the features of the cue-reliant classes'
    objects; None where none of their objects can be swapped."""
    rng = torch.Generator().manual_seed(seed)
    found, means = [], []
    for name in (each for each in reliant if each in material.classes):
        own = (material.swappable & (material.labels == material.classes.index(name))).nonzero()
        if not len(own):
            continue
        places = own[torch.randint(len(own), (DIRECTIONS_SHOWN,), generator=rng), 0]
        before = network.features(material.images[places].float(), last)
        donors = draw_donors(material, len(places), rng)
        swapped = composed(material, places, donors, rng)
        shown = varied(swapped, rng, strong=True) if breaking.picture else swapped
        after = network.features(shown, last)
        found.append((before - after).mean(dim=0))
        means.append(after.mean(dim=0))
    if not found:
        return None
    basis, _ = torch.linalg.qr(torch.stack(found, dim=1))
    middle = torch.stack(means).mean(dim=0)
    old = network.head(last)
    along = old.weight @ basis @ basis.T
    return TrainableHead(old.weight - along, old.bias + along @ middle)


def _swapped(
    material: Material, subjects: Tensor, breaking: Breaking, rng: torch.Generator
) -> Tensor:
    """Objects on random backgrounds, with patches moved between outlines where a cue lies there."""
    donors = draw_donors(material, len(subjects), rng)
    broken = composed(material, subjects, donors, rng)
    if not breaking.edge:
        return broken
    others = material.images[donors].float()
    return moved_patches(broken, material.masks[subjects], others, material.masks[donors], rng)


def _sizes(count: int) -> list[int]:
    """Batches that add up to a count."""
    return [min(BATCH, count - done) for done in range(0, count, BATCH)]


def _regression(
    features: NDArray[np.float32], labels: NDArray[np.int64], classes: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights and biases (classes, d), (classes,) on the scale of the features as they are."""
    model = LogisticRegression(l1_ratio=1.0, C=1 / L1, solver="saga", max_iter=300, tol=1e-2)
    centre, spread = features.mean(axis=0), features.std(axis=0) + 1e-6
    fit = model.fit((features - centre) / spread, labels)
    coefficients, intercepts = fit.coef_, fit.intercept_
    if len(fit.classes_) == 2:
        coefficients = np.vstack([-coefficients / 2, coefficients / 2])
        intercepts = np.concatenate([-intercepts / 2, intercepts / 2])
    weight = np.zeros((classes, features.shape[1]))
    bias = np.full(classes, float(intercepts.min()) - 1.0)
    weight[fit.classes_] = coefficients / spread
    bias[fit.classes_] = intercepts - (coefficients / spread) @ centre
    return weight, bias
