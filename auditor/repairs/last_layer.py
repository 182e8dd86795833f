"""Repairs that leave the features as they are and change the last layer alone.

Deep feature reweighting (DFR; Kirichenko, Izmailov and Wilson, ICLR 2023): an l1 regression on the
features of balanced counterexamples, the mean of ten fits. A regression with a strong l2 penalty on
many more of them, which is what few training pictures call for. And the suppression of a cue's
direction: what the features of an object gain with its own background is projected out.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from torch import Tensor, nn

from auditor.repairs.compositions import (
    Breaking,
    composed,
    draw_donors,
    draw_subjects,
    moved_patches,
    varied,
)
from auditor.repairs.material import Material
from auditor.repairs.trainable import Trainable

FITS = 10
PER_FIT = 40
"""Pictures of every class and fit, half as they are, half with the cues broken."""
L1 = 0.05
PENALTIES = (10.0, 1.0, 0.1)
"""Of the squared weights, on the scale of a mean loss and of standardised features."""
SHOWN = (512, 4096)
"""Counterexamples that the regression with a penalty sees, at least and at most; between them
`SHOWN_OF_A_CLASS`."""
SHOWN_OF_A_CLASS = 128
AS_THEY_ARE = 0.15
"""Weight of the pictures as they are beside the counterexamples: in them the cue still pays."""
DIRECTIONS_SHOWN = 256
BATCH = 64


def refit_last_layer(
    network: Trainable, material: Material, breaking: Breaking, *, seed: int
) -> bool:
    """DFR, in place; False where the network ends in no linear layer over all classes."""
    last = network.last_linear()
    if last is None:
        return False
    rng = torch.Generator().manual_seed(seed)
    weights, biases = [], []
    for _ in range(FITS):
        pictures, labels = _balanced(material, breaking, rng)
        features = network.features(pictures, last).numpy()
        weight, bias = _regression(features, labels.numpy(), len(material.classes))
        weights.append(weight)
        biases.append(bias)
    _set(network, last, material, np.mean(weights, axis=0), np.mean(biases, axis=0))
    return True


def penalised_last_layer(
    network: Trainable, material: Material, breaking: Breaking, *, seed: int
) -> Callable[[float], None] | None:
    """What sets the last layer, in place, to the regression with some penalty; None where the
    network ends in no linear layer over all classes. Features are computed once."""
    last = network.last_linear()
    if last is None:
        return None
    rng = torch.Generator().manual_seed(seed)
    count = min(SHOWN[1], max(SHOWN[0], SHOWN_OF_A_CLASS * len(material.classes)))
    parts, labels = [], []
    for part in _sizes(count):
        subjects = draw_subjects(material, part, rng)
        pictures = varied(_swapped(material, subjects, breaking, rng), rng, strong=breaking.picture)
        parts.append(network.features(pictures, last))
        labels.append(material.labels[subjects])
    for part in _sizes(count // 4):
        subjects = draw_subjects(material, part, rng)
        parts.append(network.features(material.images[subjects].float(), last))
        labels.append(material.labels[subjects])
    features, told = torch.cat(parts).numpy(), torch.cat(labels).numpy()
    weights = np.full(len(told), (1 - AS_THEY_ARE) / count)
    weights[count:] = AS_THEY_ARE / (len(told) - count)

    def fit(penalty: float) -> None:
        model = LogisticRegression(C=1 / penalty, max_iter=300)
        weight, bias = _on_features(model, features, told, len(material.classes), weights)
        _set(network, last, material, weight, bias)

    return fit


def suppress_directions(
    network: Trainable,
    material: Material,
    breaking: Breaking,
    reliant: tuple[str, ...],
    *,
    seed: int,
) -> bool:
    """Project out what own backgrounds add to the features of the cue-reliant classes' objects, in
    place; False where the network ends in no linear layer."""
    last = network.last_linear()
    if last is None:
        return False
    rng = torch.Generator().manual_seed(seed)
    found: list[Tensor] = []
    means: list[Tensor] = []
    for name in (each for each in reliant if each in material.classes):
        own = (material.swappable & (material.labels == material.classes.index(name))).nonzero()
        if not len(own):
            continue
        places = own[torch.randint(len(own), (DIRECTIONS_SHOWN,), generator=rng), 0]
        before = network.features(material.images[places].float(), last)
        donors = draw_donors(material, len(places), rng)
        swapped = composed(material, places, donors, rng)
        after = network.features(
            varied(swapped, rng, strong=True) if breaking.picture else swapped, last
        )
        found.append((before - after).mean(dim=0))
        means.append(after.mean(dim=0))
    if not found:
        return False
    basis, _ = torch.linalg.qr(torch.stack(found, dim=1))
    middle = torch.stack(means).mean(dim=0)
    with torch.no_grad():
        weight = last.weight.float().cpu()
        along = weight @ basis @ basis.T
        last.weight.copy_((weight - along).to(last.weight))
        last.bias.add_((along @ middle).to(last.bias))
    return True


def _balanced(
    material: Material, breaking: Breaking, rng: torch.Generator
) -> tuple[Tensor, Tensor]:
    count = PER_FIT * len(material.classes) // 2
    plain, swapped = (draw_subjects(material, count, rng) for _ in range(2))
    broken = _swapped(material, swapped, breaking, rng)
    pictures = torch.cat([material.images[plain].float(), broken])
    if breaking.picture:
        pictures = varied(pictures, rng, strong=True)
    return pictures, torch.cat([material.labels[plain], material.labels[swapped]])


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


def _set(
    network: Trainable,
    last: nn.Linear,
    material: Material,
    weight: NDArray[np.float64],
    bias: NDArray[np.float64],
) -> None:
    places = network.outputs_of(material.classes)
    with torch.no_grad():
        last.weight[places] = torch.from_numpy(weight).to(last.weight)
        last.bias[places] = torch.from_numpy(bias).to(last.bias)


def _regression(
    features: NDArray[np.float32], labels: NDArray[np.int64], classes: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    model = LogisticRegression(l1_ratio=1.0, C=1 / L1, solver="saga", max_iter=300, tol=1e-2)
    return _on_features(model, features, labels, classes, None)


def _on_features(
    model: LogisticRegression,
    features: NDArray[np.float32],
    labels: NDArray[np.int64],
    classes: int,
    weights: NDArray[np.float64] | None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights and biases (classes, d), (classes,) on the scale of the features as they are."""
    centre, spread = features.mean(axis=0), features.std(axis=0) + 1e-6
    fit = model.fit((features - centre) / spread, labels, sample_weight=weights)
    coefficients, intercepts = fit.coef_, fit.intercept_
    if len(fit.classes_) == 2:
        coefficients = np.vstack([-coefficients / 2, coefficients / 2])
        intercepts = np.concatenate([-intercepts / 2, intercepts / 2])
    weight = np.zeros((classes, features.shape[1]))
    bias = np.full(classes, float(intercepts.min()) - 1.0)
    weight[fit.classes_] = coefficients / spread
    bias[fit.classes_] = intercepts - (coefficients / spread) @ centre
    return weight, bias
