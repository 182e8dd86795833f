"""A small swap test on the shipped files alone: objects cut out by their mask and pasted on
donors whose own object was filled, as an auditor without the renderer has to do it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from torch import nn

from sample_data.making import render
from sample_data.making.dataset import Picture
from sample_data.making.objects import CLASSES
from sample_data.making.scenes import RGB
from sample_data.making.verify import predict

DONORS = 3


def matrix(net: nn.Module, pictures: list[Picture], seed: int, fill: str) -> NDArray[np.float64]:
    """p of every class [object's class, donor's class, answered class], means over pastes."""
    rng = np.random.default_rng((seed, 13))
    behind = [_filled(p, fill, rng) for p in pictures]
    groups = [[i for i, p in enumerate(pictures) if p.recipe.label == c] for c in CLASSES]
    count = len(CLASSES)
    means = np.zeros((count, count, count))
    for target in range(count):
        for donor in range(count):
            images = []
            for item in groups[target]:
                free = [d for d in groups[donor] if d != item]
                for chosen in rng.choice(free, DONORS, replace=False):
                    mask = pictures[item].mask[..., None]
                    images.append(np.where(mask, pictures[item].pixels, behind[chosen]))
            means[target, donor] = predict(net, images).mean(0)
    return means


def summary(means: NDArray[np.float64]) -> dict[str, dict[str, float]]:
    """Per class: the loss on the scenes of every other class against its own, and capture."""
    own = np.array([means[c, c, c] for c in range(len(CLASSES))])
    out = {}
    for index, label in enumerate(CLASSES):
        others = [o for o in range(len(CLASSES)) if o != index]
        row = {f"loss on {CLASSES[o]}": float(own[index] - means[index, o, index]) for o in others}
        gained = np.mean([means[o, index, index] - means[o, o, index] for o in others])
        out[label] = {"p on own scenes": float(own[index]), "capture": float(gained), **row}
    return out


def _filled(picture: Picture, fill: str, rng: np.random.Generator) -> RGB:
    hole = cv2.dilate(picture.mask.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    if fill == "blur":
        return render.blur_fill(picture.pixels, hole)
    return render.patch_fill(picture.pixels, hole, rng)
