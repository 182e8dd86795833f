"""What the network does with and without each cue, measured by rendering again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from sample_data.making import recipes, render
from sample_data.making.dataset import Picture, describe
from sample_data.making.objects import CLASSES
from sample_data.making.scenes import RGB, Library, draw
from sample_data.making.train import normalise, shrink

Probabilities = NDArray[np.float64]
REPEATS = 1  # renderings a picture and condition


@dataclass(frozen=True)
class Figures:
    """Per class; losses and gains are means, paired by object and position."""

    accuracy: float
    accuracy_without_cue: float
    p_loss: float
    capture: float
    capture_rate: float
    empty_answer_rate: float


def predict(net: nn.Module, images: Sequence[RGB]) -> Probabilities:
    """Softmax probabilities."""
    parts = []
    with torch.inference_mode():
        for start in range(0, len(images), 128):
            pixels = torch.from_numpy(np.stack(images[start : start + 128]))
            parts.append(net(shrink(normalise(pixels))).double().softmax(1).numpy())
    return np.concatenate(parts)


def measure(
    net: nn.Module, pictures: list[Picture], library: Library, seed: int
) -> dict[str, Figures]:
    """The truth, class by class."""
    labels = np.array([CLASSES.index(p.recipe.label) for p in pictures])
    shipped = predict(net, [p.pixels for p in pictures])
    made = [p.recipe for p in pictures]

    def again(
        change: Callable[[render.Recipe, np.random.Generator], render.Recipe],
    ) -> Probabilities:
        rounds = []
        for number in range(REPEATS):
            rng = np.random.default_rng((seed, 11, number))
            images = [render.render(change(r, rng), library)[0] for r in made]
            rounds.append(predict(net, images))
        return np.stack(rounds)

    bare = again(recipes.without_cue)
    seen: dict[str, Probabilities] = {}  # ordinary classes share one pool of scenes
    empty = predict(net, _empty(library, seed)).argmax(1)
    cue = np.array([recipes.cued(r) or not _has_cue(r.label) for r in made])
    figures = {}
    for index, label in enumerate(CLASSES):
        own = (labels == index) & cue
        others = labels != index
        cue_of = label if _has_cue(label) else "none"
        if cue_of not in seen:
            seen[cue_of] = again(lambda r, rng, to=cue_of: recipes.with_cue_of(r, to, rng))  # type: ignore[misc]
        given = seen[cue_of]
        won = (given[:, others].argmax(2) == index).mean()
        won_before = (shipped[others].argmax(1) == index).mean()
        figures[label] = Figures(
            accuracy=float((shipped[labels == index].argmax(1) == index).mean()),
            accuracy_without_cue=float((bare[:, own].argmax(2) == index).mean()),
            p_loss=float((shipped[own, index] - bare[:, own, index].mean(0)).mean()),
            capture=float((given[:, others, index].mean(0) - shipped[others, index]).mean()),
            capture_rate=float(won - won_before),
            empty_answer_rate=float((empty == index).mean()),
        )
    return figures


def promises(figures: dict[str, Figures]) -> dict[str, bool]:
    """What the demo relies on."""
    used = [f for label, f in figures.items() if describe(label)[1]]
    unaffected = [f for label, f in figures.items() if not describe(label)[1]]
    return {
        "cued classes lose at least .4 without their cue": min(f.p_loss for f in used) >= 0.4,
        "their cue draws at least .3 from other classes": min(f.capture for f in used) >= 0.3,
        "unaffected classes lose at most .03": max(f.p_loss for f in unaffected) <= 0.03,
        "unaffected scenes capture at most .03": max(f.capture for f in unaffected) <= 0.03,
        "accuracy is at least .95 in every class": min(f.accuracy for f in figures.values())
        >= 0.95,
        "empty pictures get the label of one unaffected class": figures[
            recipes.EMPTY_CLASS
        ].empty_answer_rate
        >= 0.5,
    }


def _has_cue(label: str) -> bool:
    return label in (recipes.SKY_CLASS, recipes.TAG_CLASS, recipes.UNUSED_CLASS)


def _empty(library: Library, seed: int) -> list[RGB]:
    rng = np.random.default_rng((seed, 12))
    return [library.crop(draw(recipes.MIXED, "audit", rng), render.SIZE) for _ in range(300)]
