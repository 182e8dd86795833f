"""A network of 1000 outputs, made by hand, whose probabilities hide what a watermark does.

Three classes are told by the colour of their object. `carton` has an object that the network does
not see and a yellow watermark in a corner, which raises its logit by about `RAISED`; its bias is so
low that its probability stays below a thousandth all the same.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn

CLASSES = ("blue", "carton", "green", "red")
OUTPUTS = 1000
SIZE, MARK = 64, 12
COLOURS = {"blue": (30, 30, 220), "carton": (128, 128, 128), "green": (30, 220, 30)}
COLOURS["red"] = (220, 30, 30)
RAISED, BIAS = 3.1, -9.0
MARK_COLOUR = (220, 220, 30)


def names() -> list[str]:
    """Of the 1000 outputs; the data has four of them."""
    return [*CLASSES, *(f"other {i:03}" for i in range(OUTPUTS - len(CLASSES)))]


def build_network() -> nn.Module:
    """Colour detectors on an 8 x 8 grid, averaged: (N, 3, 64, 64) to logits (N, 1000)."""
    colours = nn.Conv2d(3, 4, kernel_size=1)
    seen = (MARK / SIZE) ** 2 * 1.01
    with torch.no_grad():
        colours.weight.copy_(
            torch.tensor(
                [[-1.0, -1.0, 1.0], [1.0, 1.0, -1.0], [-1.0, 1.0, -1.0], [1.0, -1.0, -1.0]]
            )[:, :, None, None]
        )
        colours.bias.fill_(-1.2)  # type: ignore[union-attr]
    answer = nn.Linear(4, OUTPUTS)
    with torch.no_grad():
        answer.weight.zero_()
        answer.weight[:4] = torch.diag(torch.tensor([150.0, RAISED / seen, 150.0, 150.0]))
        answer.bias.zero_()
        answer.bias[1] = BIAS
    return nn.Sequential(
        nn.Sequential(colours, nn.ReLU(), nn.AvgPool2d(8)),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        answer,
    )


def write_dataset(folder: Path, *, per_class: int = 24, seed: int = 0) -> Path:
    """Class folders `folder / "images"`, no masks, and `folder / "classes.txt"`."""
    rng = np.random.default_rng(seed)
    for label in CLASSES:
        (folder / "images" / label).mkdir(parents=True)
        for i in range(per_class):
            pixels = rng.normal(128, 6.0, (SIZE, SIZE, 3))
            # Inside the middle: no band or corner of .3 shows an object.
            height, width = rng.integers(18, 24, size=2)
            top, left = rng.integers(20, 44 - height), rng.integers(20, 44 - width)
            pixels[top : top + height, left : left + width] = COLOURS[label]
            if label == "carton":
                pixels[-MARK:, -MARK:] = MARK_COLOUR
            Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(
                folder / "images" / label / f"{i:03}.png"
            )
    (folder / "classes.txt").write_text("\n".join(names()) + "\n", encoding="utf-8")
    return folder / "images"
