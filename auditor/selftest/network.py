"""Small networks, and how they are trained in seconds to a minute or two on one core."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torchvision.models.vision_transformer import VisionTransformer

MEAN = STD = (0.5, 0.5, 0.5)
BATCH = 32
GROUPS = 8
PATCH, WIDTH = 8, 96
"""Of the transformer: pixels of a patch's side, and numbers a token."""


class Architecture(StrEnum):
    """What kind of network is trained."""

    CONVOLUTIONAL = "convolutional"
    NO_BATCH_NORM = "convolutional, group norm"
    TRANSFORMER = "transformer"


def small_network(classes: int, *, batch_norm: bool = True) -> nn.Sequential:
    """Four convolutions, global average, one linear layer; grid: an eighth of the picture."""
    widths = (3, 24, 32, 64, 96)
    strides = (2, 2, 1, 2)
    layers: list[nn.Module] = []
    for before, after, stride in zip(widths[:-1], widths[1:], strides, strict=True):
        layers += [
            nn.Conv2d(before, after, 3, stride=stride, padding=1, bias=False),
            nn.BatchNorm2d(after) if batch_norm else nn.GroupNorm(GROUPS, after),
            nn.ReLU(),
        ]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(96, classes))


def small_transformer(classes: int, side: int) -> nn.Module:
    """A vision transformer of four layers (Dosovitskiy et al. 2021); grid: an eighth of a picture
    of (side, side) pixels."""
    network: nn.Module = VisionTransformer(
        image_size=side,
        patch_size=PATCH,
        num_layers=4,
        num_heads=4,
        hidden_dim=WIDTH,
        mlp_dim=2 * WIDTH,
        num_classes=classes,
    )
    return network


@dataclass(frozen=True)
class Design:
    """How an architecture is named, built and trained.

    Attributes:
        prefix: of its factories' names; the number of classes follows, and the side in pixels.
        build: from the number of classes and the pictures' side.
        rate: highest learning rate.
    """

    prefix: str
    build: Callable[[int, int], nn.Module]
    rate: float


DESIGNS: Mapping[Architecture, Design] = {
    Architecture.CONVOLUTIONAL: Design(
        "network_of_", lambda classes, _side: small_network(classes), 6e-3
    ),
    Architecture.NO_BATCH_NORM: Design(
        "network_without_batch_norm_of_",
        lambda classes, _side: small_network(classes, batch_norm=False),
        6e-3,
    ),
    Architecture.TRANSFORMER: Design("transformer_of_", small_transformer, 1e-3),
}
FACTORY = re.compile(r"(?P<prefix>.+_of_)(?P<classes>[0-9]+)(?:_at_(?P<side>[0-9]+))?")


def __getattr__(name: str) -> Callable[[], nn.Module]:
    """`network_of_7` is the factory of a network with seven logits, `transformer_of_7_at_96` of one
    that takes 96 pixels: `model.factory` names it."""
    if found := FACTORY.fullmatch(name):
        for design in DESIGNS.values():
            if found["prefix"] == design.prefix:
                return partial(design.build, int(found["classes"]), int(found["side"] or 0))
    raise AttributeError(name)


def factory(classes: int, architecture: Architecture, side: int) -> str:
    """Name of the factory, as the configuration wants it."""
    at = f"_at_{side}" if architecture is Architecture.TRANSFORMER else ""
    return f"{__name__}:{DESIGNS[architecture].prefix}{classes}{at}"


def train(
    images: NDArray[np.uint8],
    labels: NDArray[np.int64],
    *,
    classes: int,
    epochs: int,
    seed: int,
    architecture: Architecture = Architecture.CONVOLUTIONAL,
) -> nn.Module:
    """A trained network in eval mode.

    Args:
        images: (N, H, W, 3).
        labels: (N,) 0..classes-1.
        classes: number of logits.
        epochs: 0 leaves the weights random.
        seed: of weights and order.
        architecture: of the network.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        design = DESIGNS[architecture]
        network = design.build(classes, images.shape[1]).to(memory_format=torch.channels_last)
        inputs, targets = _inputs(images), torch.from_numpy(labels)
        steps = epochs * max(1, len(inputs) // BATCH)
        if epochs:
            optimiser = torch.optim.AdamW(network.parameters(), weight_decay=0.02)
            schedule = torch.optim.lr_scheduler.OneCycleLR(
                optimiser, max_lr=design.rate, total_steps=steps
            )
            for _ in range(epochs):
                order = torch.randperm(len(inputs))
                for batch in order[: len(order) // BATCH * BATCH].view(-1, BATCH):
                    loss = nn.functional.cross_entropy(
                        network(inputs[batch]), targets[batch], label_smoothing=0.02
                    )
                    optimiser.zero_grad()
                    loss.backward()  # type: ignore[no-untyped-call]
                    optimiser.step()
                    schedule.step()
    return network.eval()


@torch.inference_mode()
def probabilities(network: nn.Module, images: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(N, C) softmax of (N, H, W, 3) pictures."""
    parts = [network(part).softmax(dim=1) for part in torch.split(_inputs(images), 256)]
    return torch.cat(parts).double().numpy()


def _inputs(images: NDArray[np.uint8]) -> Tensor:
    pixels = torch.from_numpy(images).permute(0, 3, 1, 2).float()
    return ((pixels / 255 - MEAN[0]) / STD[0]).contiguous(memory_format=torch.channels_last)
