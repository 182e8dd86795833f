"""A small convolutional network, and how it is trained in seconds to a minute on one core."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

MEAN = STD = (0.5, 0.5, 0.5)
BATCH = 32
Norm = Literal["batch", "group"]
FACTORY_PREFIXES: Mapping[Norm, str] = {
    "batch": "network_of_",
    "group": "network_without_batch_norm_of_",
}
GROUPS = 8


def small_network(classes: int, norm: Norm = "batch") -> nn.Sequential:
    """Four convolutions, global average, one linear layer; grid: an eighth of the picture."""
    widths = (3, 24, 32, 64, 96)
    strides = (2, 2, 1, 2)
    layers: list[nn.Module] = []
    for before, after, stride in zip(widths[:-1], widths[1:], strides, strict=True):
        layers += [
            nn.Conv2d(before, after, 3, stride=stride, padding=1, bias=False),
            nn.BatchNorm2d(after) if norm == "batch" else nn.GroupNorm(GROUPS, after),
            nn.ReLU(),
        ]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(96, classes))


def __getattr__(name: str) -> Callable[[], nn.Module]:
    """`network_of_7` is the factory of a network with seven logits: `model.factory` names it."""
    for norm, prefix in FACTORY_PREFIXES.items():
        if name.startswith(prefix) and name.removeprefix(prefix).isdigit():
            return partial(small_network, int(name.removeprefix(prefix)), norm)
    raise AttributeError(name)


def factory(classes: int, norm: Norm = "batch") -> str:
    """Name of the factory, as the configuration wants it."""
    return f"{__name__}:{FACTORY_PREFIXES[norm]}{classes}"


def train(
    images: NDArray[np.uint8],
    labels: NDArray[np.int64],
    *,
    classes: int,
    epochs: int,
    seed: int,
    norm: Norm = "batch",
) -> nn.Module:
    """A trained network in eval mode.

    Args:
        images: (N, H, W, 3).
        labels: (N,) 0..classes-1.
        classes: number of logits.
        epochs: 0 leaves the weights random.
        seed: of weights and order.
        norm: of the network.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = small_network(classes, norm).to(memory_format=torch.channels_last)
        inputs, targets = _inputs(images), torch.from_numpy(labels)
        steps = epochs * max(1, len(inputs) // BATCH)
        if epochs:
            optimiser = torch.optim.AdamW(network.parameters(), weight_decay=0.02)
            schedule = torch.optim.lr_scheduler.OneCycleLR(
                optimiser, max_lr=6e-3, total_steps=steps
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
