"""A world whose answer is known by construction: coloured objects and a network made by hand.

Three classes are told by the colour of their object; `cued` is told by its yellow background, its
magenta object is invisible to the network. `blue` is also what the network answers to an image
that shows nothing, and unaffected all the same. Nothing is trained, so nothing can drift.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import nn

CLASSES = ("blue", "cued", "green", "red")
SIZE = 64
COLOURS = {
    "blue": (30, 30, 220),
    "cued": (220, 0, 220),
    "green": (30, 220, 30),
    "red": (220, 30, 30),
}
EMPTY_BIAS = 2.0
"""An image that shows nothing is `blue`: e^2 / (e^2 + 3) = .71, the others .096 each."""
YELLOW = (190, 190, 10)
GREY = (128, 128, 128)


def build_network() -> nn.Module:
    """Colour detectors on an 8 x 8 grid, averaged: (N, 3, 64, 64) to logits (N, 4).

    Inputs are (x / 255 - .5) / .5. A detector answers its own colour with about 1 and grey, white
    and the other colours with 0; nothing at all is `blue`.
    """
    colours = nn.Conv2d(3, 4, kernel_size=1)
    with torch.no_grad():
        colours.weight.copy_(
            torch.tensor(
                [[-1.0, -1.0, 1.0], [1.0, 1.0, -1.0], [-1.0, 1.0, -1.0], [1.0, -1.0, -1.0]]
            )[:, :, None, None]
        )
        colours.bias.copy_(torch.tensor([-1.2, -1.2, -1.2, -1.2]))  # type: ignore[union-attr]
    answer = nn.Linear(4, 4)
    with torch.no_grad():
        answer.weight.copy_(torch.diag(torch.tensor([60.0, 30.0, 60.0, 60.0])))
        answer.bias.copy_(torch.tensor([EMPTY_BIAS, 0.0, 0.0, 0.0]))
    return nn.Sequential(
        nn.Sequential(colours, nn.ReLU(), nn.AvgPool2d(8)),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        answer,
    )


Draw = Callable[[str, np.random.Generator], tuple[NDArray[np.uint8], NDArray[np.bool_]]]
"""A picture of a class and its mask."""


def picture(label: str, rng: np.random.Generator) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """An image of a class and its mask: a rectangle of 10 to 25% on a noisy background."""
    ground = YELLOW if label == "cued" else GREY
    pixels = rng.normal(ground, 6.0, (SIZE, SIZE, 3))
    height, width = rng.integers(20, 32, size=2)
    top, left = rng.integers(0, SIZE - height), rng.integers(0, SIZE - width)
    mask = np.zeros((SIZE, SIZE), dtype=bool)
    mask[top : top + height, left : left + width] = True
    pixels[mask] = COLOURS[label]
    return pixels.clip(0, 255).astype(np.uint8), mask


def write_dataset(
    folder: Path,
    *,
    per_class: int = 24,
    seed: int = 0,
    classes: Iterable[str] = CLASSES,
    draw: Draw = picture,
) -> Path:
    """Class folders `images/` and a mirrored `masks/` under `folder`; `folder / "images"`."""
    rng = np.random.default_rng(seed)
    for label in classes:
        for kind in ("images", "masks"):
            (folder / kind / label).mkdir(parents=True)
        for i in range(per_class):
            pixels, mask = draw(label, rng)
            Image.fromarray(pixels).save(folder / "images" / label / f"{i:03}.png")
            Image.fromarray(mask).save(folder / "masks" / label / f"{i:03}.png")
    return folder / "images"


def config_of(folder: Path, **sections: dict[str, Any]) -> dict[str, Any]:
    """The configuration of an audit of `write_dataset(folder)` into `folder / "run"`."""
    tree: dict[str, dict[str, Any]] = {
        "data": {"path": folder / "images", "masks": folder / "masks"},
        "model": {
            "factory": "tests.fakes.planted:build_network",
            "preprocess": {
                "resize": False,
                "crop": False,
                "mean": (0.5, 0.5, 0.5),
                "std": (0.5, 0.5, 0.5),
            },
            "layer": "0",
        },
        "run": {"out": folder / "run", "device": "cpu", "workers": 0, "batch_size": 32},
    }
    for name, values in sections.items():
        tree[name] = tree.get(name, {}) | values
    return tree


class NotFinite(nn.Module):
    """The network, which answers NaN: nothing that loading it would show."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = build_network()

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        answers: torch.Tensor = self.inner(images)
        return answers * float("nan")


def build_not_finite() -> nn.Module:
    """A network of which the audit first learns that it is broken."""
    return NotFinite()


def build_repaired() -> nn.Module:
    """The same after training that mended it: `cued` is told by its magenta object."""
    network = build_network()
    with torch.no_grad():
        network[0][0].weight[1, :, 0, 0] = torch.tensor([1.0, -1.0, 1.0])  # type: ignore[index]
    return network
