"""Which sets a seed makes: one kind of situation each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from auditor.selftest.cues import CueKind
from auditor.selftest.drawn import Drawn
from auditor.selftest.network import Architecture
from auditor.selftest.worlds import Planted, TrainingLabels, World

STRONG, WEAK = 0.95, 0.6
CLASSES = 6
SIDE, LARGER = 96, 224

Masks = Literal["exact", "loose", "shifted"]


@dataclass(frozen=True)
class PlantedSet:
    """One set of the benchmark.

    Attributes:
        name: folder name, unique.
        kind: what it tests; figures are told a kind.
        world: classes, cues, sizes, network.
        masks: how the masks that are handed out relate to the objects.
    """

    name: str
    kind: str
    world: World
    masks: Masks = "exact"


def planted_sets(seed: int) -> tuple[PlantedSet, ...]:
    """Every set of a seed, in a stable order. Classes and the cue's owner are drawn by the seed."""
    single = [
        _set(seed, kind.value, {0: (kind, STRONG)}, number) for number, kind in enumerate(CueKind)
    ]
    several = [
        _set(seed, "shared", {0: (CueKind.TAG, STRONG), 1: (CueKind.TAG, STRONG)}, 20),
        _set(seed, "pair", {0: (CueKind.BACKGROUND, STRONG)}, 21, classes=2),
        _set(seed, "pair", {0: (CueKind.TAG, STRONG)}, 22, classes=2),
        _set(seed, "weak", {0: (CueKind.TAG, WEAK), 1: (CueKind.CAST, WEAK)}, 23),
        _set(seed, "all cued", _EVERY, 24, classes=len(_EVERY)),
        _set(seed, "clean", {}, 25),
        _set(seed, "clean pair", {}, 26, classes=2),
        _set(seed, "unused", {0: (CueKind.TAG, STRONG)}, 27, used=False),
        _set(seed, "random labels", {0: (CueKind.TAG, STRONG)}, 28, labels=TrainingLabels.RANDOM),
        _set(seed, "random weights", {0: (CueKind.TAG, STRONG)}, 29, labels=TrainingLabels.NONE),
        _set(seed, "loose masks", {0: (CueKind.BACKGROUND, STRONG)}, 30, masks="loose"),
        _set(seed, "shifted masks", {0: (CueKind.FRAME, STRONG)}, 31, masks="shifted"),
        _set(seed, "small objects", {0: (CueKind.TAG, STRONG)}, 32, sizes=(0.02, 0.06)),
        _set(
            seed,
            "no batch norm",
            {0: (CueKind.BACKGROUND, STRONG)},
            33,
            architecture=Architecture.NO_BATCH_NORM,
        ),
        _set(
            seed,
            "transformer",
            {0: (CueKind.BACKGROUND, STRONG), 1: (CueKind.TAG, STRONG)},
            34,
            architecture=Architecture.TRANSFORMER,
        ),
        _set(
            seed,
            "larger pictures",
            {0: (CueKind.BACKGROUND, STRONG), 1: (CueKind.TAG, STRONG)},
            35,
            side=LARGER,
        ),
        _set(seed, "object size", {}, 36, sizes=(0.04, 0.1), first_size=(0.3, 0.45)),
        _set(seed, "object place", {}, 37, first_place=(0.1, 0.1)),
    ]
    return (*single, *several)


def chosen_sets(seed: int, kinds: Sequence[str]) -> tuple[PlantedSet, ...]:
    """The sets of some kinds; all without any.

    Raises:
        KeyError: a kind is unknown.
    """
    sets = planted_sets(seed)
    known = {each.kind for each in sets}
    for kind in kinds:
        if kind not in known:
            raise KeyError(kind)
    return tuple(each for each in sets if not kinds or each.kind in kinds)


_EVERY: Mapping[int, tuple[CueKind, float]] = {
    0: (CueKind.BACKGROUND, STRONG),
    1: (CueKind.TAG, STRONG),
    2: (CueKind.CAST, STRONG),
    3: (CueKind.RULER, STRONG),
}


def _set(
    seed: int,
    kind: str,
    cues: Mapping[int, tuple[CueKind, float]],
    stream: int,
    *,
    classes: int = CLASSES,
    masks: Masks = "exact",
    used: bool = True,
    labels: TrainingLabels = TrainingLabels.TRUE,
    sizes: tuple[float, float] = (0.08, 0.35),
    side: int = SIDE,
    first_size: tuple[float, float] | None = None,
    first_place: tuple[float, float] | None = None,
    architecture: Architecture = Architecture.CONVOLUTIONAL,
) -> PlantedSet:
    order = np.random.default_rng([seed, stream]).permutation(Drawn.classes)
    names = [str(name) for name in order[:classes]]
    planted = {
        names[place]: Planted(cue, correlation, in_training=used)
        for place, (cue, correlation) in cues.items()
    }
    name = f"{stream:02d}-{kind.replace(' ', '-')}"
    world = World(
        name,
        tuple(sorted(names)),
        planted,
        side=side,
        sizes=sizes,
        own_sizes={} if first_size is None else {names[0]: first_size},
        own_places={} if first_place is None else {names[0]: first_place},
        labels=labels,
        architecture=architecture,
        seed=seed,
    )
    return PlantedSet(name, kind, world, masks)
