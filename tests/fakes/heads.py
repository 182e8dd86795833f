"""The planted world's network as people's networks end: probabilities, one number, a thousand."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tests.fakes.planted import CLASSES, build_network

OUTPUTS = 1000
POSITIONS = (7, 300, 301, 999)
"""Where the four classes are among the thousand."""
NAMES = tuple(
    CLASSES[POSITIONS.index(i)] if i in POSITIONS else f"other-{i}" for i in range(OUTPUTS)
)
MARKER = (0, 255, 255)


class Ending(nn.Module):
    """The planted network with something after its logits."""

    def __init__(self, how: str) -> None:
        super().__init__()
        self.body = build_network()
        self.how = how

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.body(images)
        match self.how:
            case "softmax":
                return F.softmax(logits, dim=1)
            case "clipped softmax":  # no activation's own result: only its values tell
                return logits.softmax(dim=1).clamp(0, 1) * 1.0
            case "log-softmax":
                return torch.log_softmax(logits, dim=-1)
            case "sigmoid":
                return torch.sigmoid(logits)
            case "dropout":
                return logits + F.dropout(torch.ones_like(logits), 0.5, training=True)
        raise ValueError(self.how)


def softmax() -> nn.Module:
    return Ending("softmax")


def softmax_module() -> nn.Module:
    return nn.Sequential(build_network(), nn.Softmax(dim=1))


def clipped_softmax() -> nn.Module:
    return Ending("clipped softmax")


def log_softmax() -> nn.Module:
    return Ending("log-softmax")


def sigmoid() -> nn.Module:
    return Ending("sigmoid")


def dropout() -> nn.Module:
    return Ending("dropout")


class Thousand(nn.Module):
    """The four classes among a thousand outputs; the others are all a little likelier."""

    def __init__(self) -> None:
        super().__init__()
        self.body = build_network()

    def forward(self, images: Tensor) -> Tensor:
        logits = self.body(images)
        spread = torch.full((len(images), OUTPUTS), 3.0)
        spread[:, list(POSITIONS)] = logits
        return spread


def thousand() -> nn.Module:
    return Thousand()


class OneNumber(nn.Module):
    """`cued` against `red`: one number, above 0 for `red`."""

    def __init__(self, *, squeezed: bool, sigmoid: bool) -> None:
        super().__init__()
        self.body = build_network()
        self.squeezed, self.sigmoid = squeezed, sigmoid

    def forward(self, images: Tensor) -> Tensor:
        logits = self.body(images)
        z = logits[:, 3] - logits[:, 1] if self.squeezed else logits[:, 3:] - logits[:, 1:2]
        return z.sigmoid() if self.sigmoid else z


def one_number() -> nn.Module:
    return OneNumber(squeezed=False, sigmoid=False)


def one_sigmoid() -> nn.Module:
    return OneNumber(squeezed=True, sigmoid=True)


def one_class() -> nn.Module:
    return nn.Sequential(build_network(), nn.Linear(4, 1), nn.Softmax(dim=1))


class NotANumber(nn.Module):
    """Fails on white pictures, and where `MARKER` (on an object) meets a yellow background."""

    def __init__(self) -> None:
        super().__init__()
        self.body = build_network()

    def forward(self, images: Tensor) -> Tensor:
        logits = self.body(images)
        red, green, blue = images.unbind(1)
        white = images.amin(dim=(1, 2, 3)) > 0.9
        marked = ((red < -0.9) & (green > 0.9) & (blue > 0.9)).flatten(1).any(dim=1)
        yellow = ((red > 0.2) & (green > 0.2) & (blue < -0.5)).flatten(1).float().mean(dim=1) > 0.3
        return logits.masked_fill((white | (marked & yellow))[:, None], float("nan"))


def not_a_number() -> nn.Module:
    return NotANumber()
