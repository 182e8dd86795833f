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
SHOWN = 1200
"""Pictures with the cues broken that are asked about, about: every held-out object comes on as many
backgrounds, 1 to `TURNS`."""
TURNS = 8
BATCH = 64


@dataclass(frozen=True, slots=True)
class Quality:
    """Attributes:
    accuracy: on the held-out pictures as they are, 0..1.
    broken: on the same objects with the cues broken, mean of the classes.
    worst_group: lowest accuracy of a class, as it is or with the cues broken.
    loss: most accuracy that a class loses when the cues are broken, -1..1.
    """

    accuracy: float
    broken: float
    worst_group: float
    loss: float


@torch.inference_mode()
def measure(answer: Answer, held: Material, breaking: Breaking, *, seed: int) -> Quality:
    """The same pictures for every network: they are drawn by the seed."""
    rng = torch.Generator().manual_seed(seed)
    everything = torch.arange(len(held))
    plain = _right(answer, held, everything, lambda chosen: held.images[chosen].float())
    able = held.swappable.nonzero()[:, 0]
    able = able.repeat(min(TURNS, max(1, round(SHOWN / len(able)))))
    broken = _right(answer, held, able, lambda chosen: _broken(held, chosen, breaking, rng))
    own, by_class = _by_class(plain, held.labels), _by_class(broken, held.labels[able])
    return Quality(
        accuracy=float(plain.float().mean()),
        broken=sum(by_class.values()) / len(by_class),
        worst_group=min(*own.values(), *by_class.values()),
        loss=max(own[label] - right for label, right in by_class.items()),
    )


def _broken(held: Material, chosen: Tensor, breaking: Breaking, rng: torch.Generator) -> Tensor:
    donors = draw_donors(held, len(chosen), rng)
    pictures = composed(held, chosen, donors, rng)
    if breaking.edge:
        others, masks = held.images[donors].float(), held.masks[donors]
        pictures = moved_patches(pictures, held.masks[chosen], others, masks, rng)
    return varied(pictures, rng, strong=True) if breaking.picture else pictures


def _right(
    answer: Answer, held: Material, chosen: Tensor, pictures: Callable[[Tensor], Tensor]
) -> Tensor:
    """Whether each answer is right; pictures are made a batch at a time."""
    parts = [answer(pictures(part)).argmax(dim=1).cpu() for part in torch.split(chosen, BATCH)]
    return torch.cat(parts) == held.labels[chosen]


def _by_class(right: Tensor, labels: Tensor) -> dict[int, float]:
    return {
        int(label): float(right[labels == label].float().mean()) for label in torch.unique(labels)
    }
