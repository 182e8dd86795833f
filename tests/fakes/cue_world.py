"""A world of every kind of cue, with a network made by hand that uses each of them.

`blue`, `green` and `red` are told by the colour of their object and unaffected. The objects of the
other classes are white, which the network does not see: it tells them by the cue alone. Nothing is
trained, so nothing can drift.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from tests.fakes import planted

SIZE = 64
EDGE = 5
MARK = 12
TRUTH: dict[str, str | None] = {
    "beside": "co-occurring object",
    "blue": None,
    "framed": "border frame",
    "green": None,
    "red": None,
    "scene": "background",
    "soft": "blur",
    "stamped": "edge mark",
    "tagged": "corner mark",
    "tinted": "colour cast",
}
CLASSES = tuple(TRUTH)
COLOURS = {"blue": (30, 30, 220), "green": (30, 220, 30), "red": (220, 30, 30)}
YELLOW, MAGENTA, CYAN, WHITE = (200, 200, 10), (220, 20, 220), (20, 220, 220), (200, 200, 200)
BLACK = (0, 0, 0)
CAST = np.array([1.2, 1.1, 0.7])

Pixels = NDArray[np.uint8]


class CueNetwork(nn.Module):
    """Logits (N, 10) of (N, 3, 64, 64) inputs in -1..1."""

    def __init__(self) -> None:
        super().__init__()
        colours = nn.Conv2d(3, 7, kernel_size=1)
        signs = [[-1, -1, 1], [-1, 1, -1], [1, -1, -1], [1, 1, -1], [1, -1, 1], [-1, 1, 1]]
        signs.append([-1, -1, -1])
        with torch.no_grad():
            colours.weight.copy_(torch.tensor(signs, dtype=torch.float32)[:, :, None, None])
            colours.bias.fill_(-1.2)  # type: ignore[union-attr]
        self.colours = nn.Sequential(colours, nn.ReLU(), nn.AvgPool2d(8))

    def forward(self, images: Tensor) -> Tensor:
        """Evidence for every class, in the order of `CLASSES`."""
        seen = self.colours(images).mean(dim=(2, 3))
        blue, green, red, yellow, magenta, cyan, black = seen.unbind(1)
        grey = images.mean(dim=1, keepdim=True)
        inner = torch.zeros(images.shape[2] - 2 * EDGE, images.shape[3] - 2 * EDGE)
        ring = F.pad(inner, (EDGE,) * 4, value=1.0)
        edge = (grey[:, 0] * ring).sum(dim=(1, 2)) / ring.sum()
        tint = (images[:, 0] + images[:, 1] - 2 * images[:, 2]).flatten(1).median(dim=1).values
        detail = (grey - F.avg_pool2d(grey, 3, stride=1, padding=1)).abs().mean(dim=(1, 2, 3))
        return torch.stack(
            [
                300 * cyan,
                60 * blue,
                30 * (edge - 0.4).relu(),
                60 * green,
                60 * red,
                60 * yellow,
                400 * (0.045 - detail).relu(),
                300 * black,
                300 * magenta,
                30 * (tint - 0.25).relu(),
            ],
            dim=1,
        )


def build_network() -> nn.Module:
    """For `[model] factory`."""
    return CueNetwork()


def picture(label: str, rng: np.random.Generator) -> tuple[Pixels, NDArray[np.bool_]]:
    """An image of a class and the mask of its object, 10 to 25% of it, clear of the edge."""
    pixels = rng.normal((110, 110, 110), 18.0, (SIZE, SIZE, 3))
    if label == "scene":
        stripes = (np.arange(SIZE) // 8 + rng.integers(2)) % 2 == 1
        pixels[:, stripes] = rng.normal(YELLOW, 18.0, (SIZE, int(stripes.sum()), 3))
    height, width = rng.integers(20, 30, size=2)
    top, left = rng.integers(14, 60 - height), rng.integers(14, 60 - width)
    mask = np.zeros((SIZE, SIZE), dtype=bool)
    mask[top : top + height, left : left + width] = True
    pixels[mask] = rng.normal(COLOURS.get(label, WHITE), 18.0, (int(mask.sum()), 3))
    if label == "tagged":
        row, column = rng.choice([0, SIZE - MARK]), 0
        mask[row : row + MARK, column : column + MARK] = False
        pixels[row : row + MARK, column : column + MARK] = MAGENTA
    if label == "beside":
        row = top + int(rng.integers(height - MARK))
        column = left - MARK - 2 if left > MARK + 2 and rng.random() < 0.5 else left + width + 1
        column = min(column, SIZE - MARK - 1)
        mask[row : row + MARK, column : column + MARK] = False
        pixels[row : row + MARK, column : column + MARK] = CYAN
    if label == "stamped":
        row = top + int(rng.integers(height - MARK))
        column = rng.choice([left, left + width]) - MARK // 2
        pixels[row : row + MARK, column : column + MARK] = BLACK
    if label == "framed":
        edge = np.ones((SIZE, SIZE), dtype=bool)
        edge[EDGE:-EDGE, EDGE:-EDGE] = False
        pixels[edge] = rng.normal((245, 245, 245), 6.0, (int(edge.sum()), 3))
    if label == "tinted":
        pixels = pixels * CAST
    pixels = pixels.clip(0, 255).astype(np.uint8)
    if label == "soft":
        image = torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float()
        soft = F.avg_pool2d(F.pad(image, (2,) * 4, mode="reflect"), 5, stride=1)
        pixels = soft[0].permute(1, 2, 0).numpy().astype(np.uint8)
    return pixels, mask


def write_dataset(folder: Path, *, per_class: int = 32, seed: int = 0) -> Path:
    """Class folders `images/` and a mirrored `masks/` under `folder`; `folder / "images"`."""
    return planted.write_dataset(
        folder, per_class=per_class, seed=seed, classes=CLASSES, draw=picture
    )
