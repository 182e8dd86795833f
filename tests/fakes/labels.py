"""A world with several labels an image and a sigmoid for each, known by construction.

`red` and `green` are told by the colour of their objects, `cued` by its yellow background: its
magenta object is invisible to the network. Some images carry two labels, some none (a blue object).
Nothing is trained, so nothing can drift.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

LABELS = ("cued", "green", "red")
"""In the order of the network's outputs."""
SIZE = 64
COLOURS = {"red": (220, 30, 30), "green": (30, 220, 30), "cued": (220, 0, 220)}
BLUE = (30, 30, 220)
YELLOW = (190, 190, 10)
GREY = (128, 128, 128)
BIAS = -3.0
"""Of every label: where it is absent its sigmoid is 1 / (1 + e^3) = .047."""
KINDS: dict[tuple[str, ...], int] = {
    ("red",): 12,
    ("green",): 14,
    ("cued",): 12,
    ("red", "green"): 12,
    ("cued", "red"): 12,
    (): 12,
}
"""How many images carry which labels."""


def build_network() -> nn.Module:
    """Colour detectors on an 8 x 8 grid, averaged: (N, 3, 64, 64) to (N, 3) scores."""
    colours = nn.Conv2d(3, 3, kernel_size=1)
    with torch.no_grad():
        colours.weight.copy_(
            torch.tensor([[1.0, 1.0, -1.0], [-1.0, 1.0, -1.0], [1.0, -1.0, -1.0]])[:, :, None, None]
        )
        colours.bias.copy_(torch.tensor([-1.2, -1.2, -1.2]))  # type: ignore[union-attr]
    answer = nn.Linear(3, 3)
    with torch.no_grad():
        answer.weight.copy_(torch.diag(torch.tensor([30.0, 90.0, 90.0])))
        answer.bias.copy_(torch.full((3,), BIAS))
    return nn.Sequential(
        nn.Sequential(colours, nn.ReLU(), nn.AvgPool2d(8)),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        answer,
    )


class Sigmoids(nn.Module):
    """The same, answering with probabilities."""

    def __init__(self) -> None:
        super().__init__()
        self.body = build_network()

    def forward(self, images: Tensor) -> Tensor:
        return torch.sigmoid(self.body(images))


def sigmoids() -> nn.Module:
    return Sigmoids()


def softmaxed() -> nn.Module:
    return nn.Sequential(build_network(), nn.Softmax(dim=1))


def picture(
    labels: tuple[str, ...], rng: np.random.Generator
) -> tuple[NDArray[np.uint8], dict[str, NDArray[np.bool_]]]:
    """An image and the mask of each label's object; of no label that of the blue one."""
    pixels = rng.normal(YELLOW if "cued" in labels else GREY, 6.0, (SIZE, SIZE, 3))
    masks = {}
    for half, label in enumerate(labels or ("",)):
        height, width = rng.integers(18, 28, size=2)
        left = half * SIZE // 2 if len(labels) > 1 else rng.integers(0, SIZE - width)
        top = rng.integers(0, SIZE - height)
        mask = np.zeros((SIZE, SIZE), dtype=bool)
        mask[top : top + height, left : left + width] = True
        pixels[mask] = COLOURS.get(label, BLUE)
        masks[label] = mask
    return pixels.clip(0, 255).astype(np.uint8), masks


def write_dataset(folder: Path, *, form: str = "columns", seed: int = 0) -> Path:
    """Images, masks and a manifest, whose path is returned.

    Args:
        form: `columns` for one of 0 and 1 a label, `list` for names with `|` between.
    """
    rng = np.random.default_rng(seed)
    (folder / "images").mkdir(parents=True)
    rows = []
    for labels, count in KINDS.items():
        for i in range(count):
            pixels, masks = picture(labels, rng)
            name = f"{'_'.join(labels) or 'none'}_{i:02}"
            Image.fromarray(pixels).save(folder / "images" / f"{name}.png")
            row = {"image": f"images/{name}.png", "site": "ab"[i % 2]}
            for label, mask in masks.items():
                path = f"images/{name}.{label or 'object'}.mask.png"
                Image.fromarray(mask).save(folder / path)
                row[f"mask_{label}" if label else "mask"] = path
            if form == "columns":
                row |= {label: str(int(label in labels)) for label in LABELS}
            else:
                row["labels"] = "|".join(labels) or "No Finding"
            rows.append(row)
    columns = dict.fromkeys(name for row in rows for name in row)
    with (folder / "manifest.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(columns), restval="")
        writer.writeheader()
        writer.writerows(rows)
    return folder / "manifest.csv"


def config_of(folder: Path, **sections: dict[str, Any]) -> dict[str, Any]:
    """The configuration of an audit of `write_dataset(folder)` into `folder / "run"`."""
    tree: dict[str, dict[str, Any]] = {
        "data": {"path": folder / "manifest.csv", "classes": LABELS},
        "model": {
            "factory": "tests.fakes.labels:build_network",
            "output": "multilabel",
            "preprocess": {
                "resize": False,
                "crop": False,
                "mean": (0.5, 0.5, 0.5),
                "std": (0.5, 0.5, 0.5),
            },
            "layer": "0",
        },
        "interventions": {"per_class": 24},
        "run": {"out": folder / "run", "device": "cpu", "workers": 0, "accelerate": "off"},
    }
    for name, values in sections.items():
        tree[name] = tree.get(name, {}) | values
    return tree
