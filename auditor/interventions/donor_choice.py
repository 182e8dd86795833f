"""Which object meets whose background: balanced, seeded, and never its own photo."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from auditor.domain.samples import Sample

LARGE_HOLE = 0.40
"""Donors whose hole is larger are avoided: little of their background is left."""
ENOUGH_DONORS = 5
"""With fewer small-holed donors the large-holed join, so that no image stands for its class."""
MOST_CLASSES = 8
"""With more other classes than this, every object meets a balanced draw of them."""

Pairs = list[tuple[int, int]]


@dataclass(frozen=True)
class Donors:
    """(subject, donor) positions. A subject that finds no donor is absent.

    Attributes:
        same: donors of the subject's own class.
        other: donors of other classes; a subject's first ones are of different classes.
    """

    same: Pairs
    other: Pairs


def choose_donors(
    samples: Sequence[Sample],
    *,
    sampled: Sequence[bool],
    usable: Sequence[bool],
    hole_share: Sequence[float],
    swaps: int,
    seed: int,
    same_swaps: int | None = None,
    most_classes: int = MOST_CLASSES,
) -> Donors:
    """Draw every subject's donors.

    A donor is sampled and usable, and is never of the subject's own photo or duplicate group.
    Donors of a class take turns in a seeded order. Every subject gets `swaps` donors of its own
    class and, of other classes, one each (more where there are fewer than `swaps` classes); with
    more than `MOST_CLASSES` others it meets `max(swaps, MOST_CLASSES)` of them, every class
    equally often over the subjects of a class.

    Args:
        samples: N subjects.
        sampled: of each, whether it is in its class's random sample.
        usable: of each, whether it has an object-free version.
        hole_share: of each, share of the image that its hole takes, 0..1.
        swaps: least donors on either side.
        same_swaps: donors of its own class, if not `swaps` of them.
        most_classes: other classes that an object meets, at most; `swaps` at least.
        seed: of the orders. Positions in the batch do not matter, case_ids do.
    """
    order = sorted(range(len(samples)), key=lambda i: (not sampled[i], samples[i].case_id))
    donors = _by_label((i for i in order if sampled[i] and usable[i]), samples)
    labels = sorted(donors)

    def pools(side: int) -> dict[str, _Pool]:
        return {
            label: _Pool(
                samples,
                donors[label],
                hole_share,
                np.random.default_rng([seed, side, *label.encode()]),
            )
            for label in labels
        }

    same_pools, other_pools = pools(0), pools(1)
    same: Pairs = []
    other: Pairs = []
    members = _by_label((i for i in order if usable[i]), samples)
    for label in sorted(members):
        others = [name for name in labels if name != label]
        np.random.default_rng([seed, 2, *label.encode()]).shuffle(others)
        for turn, subject in enumerate(members[label]):
            if label in same_pools:
                same += _meet(subject, [same_pools[label]] * (same_swaps or swaps))
            rounds = _classes_met(others, turn, swaps, most_classes)
            other += _meet(subject, [other_pools[name] for name in rounds])
    return Donors(same, other)


def _by_label(positions: Iterable[int], samples: Sequence[Sample]) -> dict[str, list[int]]:
    """The positions of every label, in their order."""
    found: dict[str, list[int]] = {}
    for i in positions:
        found.setdefault(samples[i].label, []).append(i)
    return found


def _classes_met(others: Sequence[str], turn: int, swaps: int, most: int) -> list[str]:
    """Classes whose backgrounds the object meets, in order: a window that goes round."""
    if not others:
        return []
    count = min(len(others), max(swaps, most))
    start = turn * count if count < len(others) else turn
    window = [others[(start + step) % len(others)] for step in range(count)]
    return window * -(-swaps // count)


def _meet(subject: int, pools: Sequence[_Pool]) -> Pairs:
    met: Pairs = []
    for pool in pools:
        donor = pool.draw(subject, {donor for _, donor in met})
        if donor is not None:
            met.append((subject, donor))
    return met


class _Pool:
    """Donors of one class that take turns; small-holed ones go first while there are enough."""

    def __init__(
        self,
        samples: Sequence[Sample],
        donors: Sequence[int],
        hole_share: Sequence[float],
        generator: np.random.Generator,
    ) -> None:
        self._samples = samples
        turns = [donors[i] for i in generator.permutation(len(donors))]
        small = [i for i in turns if hole_share[i] <= LARGE_HOLE]
        enough = len({samples[i].group for i in small}) >= ENOUGH_DONORS
        first = small if enough else turns
        self._tiers: tuple[deque[int], ...] = (
            deque(first),
            deque(i for i in turns if i not in set(first)),
        )

    def draw(self, subject: int, taken: set[int]) -> int | None:
        """The donor whose turn it is, of those that this subject may meet."""
        own = self._samples[subject]
        for tier in self._tiers:
            for donor in tier:
                theirs = self._samples[donor]
                apart = theirs.group != own.group and theirs.image != own.image
                if apart and donor not in taken:
                    tier.remove(donor)
                    tier.append(donor)
                    return donor
        return None
