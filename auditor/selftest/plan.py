"""The worlds of `auditor selftest`: two planted ones, a clean one, two broken networks."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from auditor.domain.messages import N_
from auditor.selftest.cues import CueKind
from auditor.selftest.drawn import Drawn
from auditor.selftest.worlds import Planted, TrainingLabels, World

CORRELATION = 0.95
CLASSES = 6
FEW_CLASSES = 4


def worlds(seed: int) -> tuple[World, ...]:
    """The whole self-test: about a minute and a half of one core."""
    first = _shuffled(seed, 1)
    second = _shuffled(seed, 2)
    third = _shuffled(seed, 3)[:FEW_CLASSES]
    return (
        World(
            N_("background, tag, frame"),
            tuple(sorted(first)),
            _with(first, CueKind.BACKGROUND, CueKind.TAG, CueKind.FRAME),
            seed=seed,
        ),
        World(
            N_("cast, companion, tag"),
            tuple(sorted(second)),
            _with(second, CueKind.CAST, CueKind.COMPANION, CueKind.TAG),
            seed=seed + 1,
        ),
        World(N_("nothing planted"), tuple(sorted(first)), seed=seed + 2),
        *(
            World(name, tuple(sorted(third)), _with(third, CueKind.TAG), labels=labels, seed=seed)
            for name, labels in (
                (N_("random labels"), TrainingLabels.RANDOM),
                (N_("random weights"), TrainingLabels.NONE),
            )
        ),
    )


def quick_worlds(seed: int) -> tuple[World, ...]:
    """Enough to see that everything works, in a few seconds; too little to rate anything."""
    names = _shuffled(seed, 1)[:FEW_CLASSES]
    classes = tuple(sorted(names))
    planted = _with(names, CueKind.TAG)
    return (
        World(N_("tag"), classes, planted, side=48, training=120, audited=24, epochs=7, seed=seed),
        World(
            N_("random weights"), classes, planted, side=48, audited=24, labels=TrainingLabels.NONE
        ),
    )


def _shuffled(seed: int, stream: int) -> list[str]:
    order = np.random.default_rng([seed, stream]).permutation(Drawn.classes)
    return [str(name) for name in order[:CLASSES]]


def _with(names: list[str], *kinds: CueKind) -> Mapping[str, Planted]:
    return {name: Planted(kind, CORRELATION) for name, kind in zip(names, kinds, strict=False)}
