"""How often the network is right about one label of several an image."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LabelAccuracy:
    """How often the network is right about one label among several; None is undefined.

    Attributes:
        sensitivity: share of the images with the label that it finds.
        specificity: share of the sampled images without it that it leaves alone.
        auroc: of the label's score, chance .5.
    """

    sensitivity: float | None
    specificity: float | None
    auroc: float | None

    @property
    def balanced(self) -> float | None:
        """Mean of both shares, chance .5; the one that is known."""
        known = [x for x in (self.sensitivity, self.specificity) if x is not None]
        return sum(known) / len(known) if known else None
