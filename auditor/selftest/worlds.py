"""A planted world: which classes, which of them carry which cue, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from auditor.selftest.cues import CueKind
from auditor.selftest.network import Architecture

SWAY = 0.15
"""How far an object with a place of its own stands from it at most, in shares of its room."""
BASE_RATE = 0.1
"""How often a cue comes with a class that has nothing to do with it, at correlation 0."""


class TrainingLabels(StrEnum):
    """What the network is trained on."""

    TRUE = "true"
    RANDOM = "random"
    """labels drawn at random"""
    NONE = "none"
    """not trained at all: random weights"""


@dataclass(frozen=True)
class Planted:
    """A cue that comes with a class.

    Attributes:
        kind: of the cue.
        correlation: 0..1. The cue comes with its class at this rate (at least the base rate),
            with the others at the base rate times what is left.
        in_training: whether training had the correlation too, or the cue with everybody.
        in_audit: whether the audited pictures have the correlation.
    """

    kind: CueKind
    correlation: float
    in_training: bool = True

    def rate(self, *, own: bool, training: bool) -> float:
        """How often the cue comes with its own class or another one."""
        if training and not self.in_training:
            return 0.5
        return max(self.correlation, BASE_RATE) if own else BASE_RATE * (1 - self.correlation)


@dataclass(frozen=True)
class World:
    """Everything that is needed to make one network and its audit again.

    Attributes:
        name: unique; names the cache.
        classes: labels of the material, in any order.
        planted: label -> cue.
        sizes: smallest and largest share of the picture that the object takes.
        side: of the pictures, in pixels.
        training, audited: pictures a class.
        fewer: label -> factor on its training pictures.
        epochs: of training.
        labels: what the network is trained on.
        centred: objects in the middle instead of anywhere.
        seen: the audited pictures are those of training, with the labels that were trained on.
        copies: how often each audited picture comes.
        alike: pairs of labels that show the same objects: nobody can tell them apart.
        own_sizes: label -> `sizes` of its objects, where they are others.
        own_places: label -> where its objects stand: rows and columns, shares of the room that
            they have, give or take `SWAY`; the others stand anywhere.
        architecture: of the network.
        seed: of all draws.
    """

    name: str
    classes: tuple[str, ...]
    planted: Mapping[str, Planted] = field(default_factory=dict)
    sizes: tuple[float, float] = (0.08, 0.35)
    side: int = 64
    training: int = 220
    audited: int = 48
    fewer: Mapping[str, float] = field(default_factory=dict)
    epochs: int = 9
    labels: TrainingLabels = TrainingLabels.TRUE
    centred: bool = False
    seen: bool = False
    copies: int = 1
    alike: Mapping[str, str] = field(default_factory=dict)
    own_sizes: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    own_places: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    architecture: Architecture = Architecture.CONVOLUTIONAL
    seed: int = 0

    def generator(self, *stream: int) -> np.random.Generator:
        """An independent generator for a use."""
        return np.random.default_rng([self.seed, *self.name.encode(), *stream])
