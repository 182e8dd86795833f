"""How good a network is on pictures that no method has trained on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from auditor.repairs.compositions import Breaking, composed, draw_donors, moved_patches, varied
from auditor.repairs.material import Material

Answer = Callable[[Tensor], Tensor]
"""(B, 3, H, W) pictures in 0..255 to (B, C) logits."""
TURNS = 3
"""Backgrounds that every held-out object is shown on."""
BATCH = 64


@dataclass(frozen=True, slots=True)
class Quality:
    """Attributes:
    accuracy: on the held-out pictures as they are, 0..1.
    broken: on the same objects with the cues broken, mean of the classes.
    worst_group: lowest accuracy of a class, as it is or with the cues broken.
    """

    accuracy: float
    broken: float
    worst_group: float


@torch.inference_mode()
def measure(answer: Answer, held: Material, breaking: Breaking, *, seed: int) -> Quality:
    """The same pictures for every network: they are drawn by the seed."""
    rng = torch.Generator().manual_seed(seed)
    plain = _right(answer, held.images.float(), held.labels)
    able = held.swappable.nonzero()[:, 0]
    pictures, labels = [], []
    for _ in range(TURNS):
        donors = draw_donors(held, len(able), rng)
        swapped = composed(held, able, donors, rng)
        if breaking.edge:
            swapped = moved_patches(
                swapped, held.masks[able], held.images[donors].float(), held.masks[donors], rng
            )
        pictures.append(varied(swapped, rng, strong=True) if breaking.picture else swapped)
        labels.append(held.labels[able])
    broken = _right(answer, torch.cat(pictures), torch.cat(labels))
    groups = [*_by_class(plain, held.labels), *_by_class(broken, torch.cat(labels))]
    return Quality(
        accuracy=float(plain.float().mean()),
        broken=sum(_by_class(broken, torch.cat(labels))) / len(torch.unique(torch.cat(labels))),
        worst_group=min(groups),
    )


def _right(answer: Answer, pictures: Tensor, labels: Tensor) -> Tensor:
    parts = [answer(part).argmax(dim=1).cpu() for part in torch.split(pictures, BATCH)]
    return torch.cat(parts) == labels


def _by_class(right: Tensor, labels: Tensor) -> list[float]:
    return [float(right[labels == label].float().mean()) for label in torch.unique(labels)]
