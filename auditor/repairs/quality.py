"""How good a network is on pictures that no method has trained on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from auditor.repairs.compositions import Breaking, composed, draw_donors, moved_patches, varied
from auditor.repairs.material import Material

Answer = Callable[[Tensor], Tensor]
"""(B, 3, H, W) pictures in 0..255, or (B, d) features, to (B, C) logits."""
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


@dataclass(frozen=True)
class Outputs:
    """What a network gives for held-out pictures: logits, or features for a last layer.

    Attributes:
        plain: (N, k) of the pictures as they are.
        broken: (M, k) of the same objects with the cues broken.
        labels, broken_labels: (N,) and (M,) int64.
    """

    plain: Tensor
    broken: Tensor
    labels: Tensor
    broken_labels: Tensor

    def through(self, head: Answer) -> Outputs:
        """With what a last layer makes of them."""
        return replace(self, plain=head(self.plain), broken=head(self.broken))


def measure(answer: Answer, held: Material, breaking: Breaking, *, seed: int) -> Quality:
    """The same pictures for every network: they are drawn by the seed."""
    return quality_of([ask(answer, held, breaking, seed=seed)])


@torch.inference_mode()
def ask(answer: Answer, held: Material, breaking: Breaking, *, seed: int) -> Outputs:
    """What a network gives for the held-out pictures, the same ones for every network."""
    rng = torch.Generator().manual_seed(seed)
    everything = torch.arange(len(held))
    plain = _answers(answer, everything, lambda chosen: held.images[chosen].float())
    able = held.swappable.nonzero()[:, 0]
    able = able.repeat(min(TURNS, max(1, round(SHOWN / len(able)))))
    broken = _answers(answer, able, lambda chosen: _broken(held, chosen, breaking, rng))
    return Outputs(plain, broken, held.labels, held.labels[able])


def quality_of(parts: Sequence[Outputs]) -> Quality:
    """Of the logits for all parts of the held-out pictures together."""
    plain = torch.cat([part.plain.argmax(dim=1) == part.labels for part in parts])
    broken = torch.cat([part.broken.argmax(dim=1) == part.broken_labels for part in parts])
    own = _by_class(plain, torch.cat([part.labels for part in parts]))
    by_class = _by_class(broken, torch.cat([part.broken_labels for part in parts]))
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


def _answers(answer: Answer, chosen: Tensor, pictures: Callable[[Tensor], Tensor]) -> Tensor:
    """Pictures are made a batch at a time."""
    return torch.cat([answer(pictures(part)).cpu() for part in torch.split(chosen, BATCH)])


def _by_class(right: Tensor, labels: Tensor) -> dict[int, float]:
    return {
        int(label): float(right[labels == label].float().mean()) for label in torch.unique(labels)
    }
