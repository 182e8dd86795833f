"""Which images are made of which: balanced over classes, seeded, and never of one's own photo.

Every class gets the same number of images of every origin that the cues call for, so that neither
a pasted object's edge nor a filled hole says anything about the label.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice

import numpy as np

from auditor.domain.cues import CUES, SPEC_OF, Counterexample, Cue, Extent
from auditor.domain.places import PropertyKind
from auditor.domain.samples import Sample

CANDIDATES = 4
"""Images of which the one serves as a background whose own object the pasted one hides best."""


Kind = Counterexample
MARKS = tuple(spec.id for spec in CUES if spec.extent is Extent.SPOT)


@dataclass(frozen=True, slots=True)
class Recipe:
    """One image to make.

    Attributes:
        label: class of the image that is made, that of its object.
        kind: how.
        source: case_id of the image whose object is shown.
        donor: case_id of the image that gives the background or the mark, or None.
        breaks: class whose cue it speaks against, or None where it is there for balance.
        others: case_ids of images that may give the background instead of `donor`.
        property: of the whole picture that the donor gives, where that is how.
    """

    label: str
    kind: Kind
    source: str
    donor: str | None
    breaks: str | None
    others: tuple[str, ...] = ()
    property: PropertyKind | None = None


def plan(
    samples: Sequence[Sample],
    cues: Mapping[str, Cue],
    *,
    marked: frozenset[str],
    per_class: int,
    seed: int,
) -> list[Recipe]:
    """Recipes for `per_class` images of every class, in a stable order.

    Half of a class's images show its objects on other classes' backgrounds; an unaffected class
    stands on a cued class's background every other time. The other half takes away, or gives to
    everybody, what the cues name: a mark, a frame, a cast, softness. Where all cues are
    backgrounds, all images are of the first kind.

    Args:
        samples: images with a mask whose object can be cut out; at least two classes.
        cues: the cue of every class that relies on one.
        marked: case_ids whose mark can be located.
        per_class: images to make of every class.
        seed: of every choice.
    """
    by_label: dict[str, list[Sample]] = {}
    for sample in samples:
        by_label.setdefault(sample.label, []).append(sample)
    classes = sorted(by_label)
    donors = {label: _Queue(by_label[label], seed, "donors", label) for label in classes}
    recipes = []
    for label in classes:
        subjects = _Queue(by_label[label], seed, "subjects", label)
        for step in islice(cycle(_steps(label, classes, cues)), per_class):
            special = _exchanged(step, label, subjects, donors, cues) or _special(
                step, label, subjects, donors, marked
            )
            recipes.append(special or _elsewhere(label, step[1], subjects, donors, cues))
    return recipes


Step = tuple[Kind, str]
"""How, and which class gives the background, the mark or the reason."""


def _steps(label: str, classes: Sequence[str], cues: Mapping[str, Cue]) -> list[Step]:
    """One round of what a class's images are made of."""
    others = [name for name in classes if name != label]
    cued = [name for name in others if name in cues]
    turns = [step for pair in zip(others, cycle(cued or others), strict=False) for step in pair]
    swaps: list[Step] = [
        (Kind.OBJECT_ELSEWHERE, name) for name in (others if label in cues else turns)
    ]
    special: list[Step] = []
    for name, cue in sorted(cues.items()):
        spec = SPEC_OF[cue]
        if spec.spreads is not None:
            special.append((spec.recipe if name == label else spec.spreads, name))
    if not special:
        return swaps
    rounds = range(max(len(swaps), len(special)))
    return [step for i in rounds for step in (swaps[i % len(swaps)], special[i % len(special)])]


def _special(
    step: Step,
    label: str,
    subjects: _Queue,
    donors: Mapping[str, _Queue],
    marked: frozenset[str],
) -> Recipe | None:
    """What is no swap, or None: also where the mark of no image could be located."""
    kind, other = step
    if kind in (Kind.OBJECT_ELSEWHERE, Kind.PROPERTY_EXCHANGED):
        return None
    if kind in (Kind.MARK_REMOVED, Kind.EDGE_MARK_REMOVED):
        found = subjects.next(marked)
        return Recipe(label, kind, found.case_id, None, label) if found else None
    if kind is Kind.MARK_PASTED:
        lender = donors[other].next(marked)
        return (
            Recipe(label, kind, subjects.first().case_id, lender.case_id, other) if lender else None
        )
    return Recipe(label, kind, subjects.first().case_id, None, other)


def _exchanged(
    step: Step,
    label: str,
    subjects: _Queue,
    donors: Mapping[str, _Queue],
    cues: Mapping[str, Cue],
) -> Recipe | None:
    """A property of a cued class given to another class, or one of another class given to it."""
    kind, other = step
    if kind is not Kind.PROPERTY_EXCHANGED:
        return None
    giver = other if other != label else next(each for each in donors if each != label)
    lender = donors[giver].first()
    shown = subjects.first().case_id
    given = SPEC_OF[cues[other]].property
    return Recipe(label, kind, shown, lender.case_id, other, property=given)


def _elsewhere(
    label: str, other: str, subjects: _Queue, donors: Mapping[str, _Queue], cues: Mapping[str, Cue]
) -> Recipe:
    """A swap; with another class where a mark of the class itself was to be removed."""
    subject = subjects.first()
    name = other if other != label else next(each for each in donors if each != label)
    donor = donors[name].next(apart_from=subject.group) or donors[name].first()
    others = donors[name].waiting(CANDIDATES - 1, apart_from=(subject.group, donor.group))
    breaks = label if label in cues else name if name in cues else None
    return Recipe(label, Kind.OBJECT_ELSEWHERE, subject.case_id, donor.case_id, breaks, others)


class _Queue:
    """The images of a class in a seeded order; who has served goes to the end."""

    def __init__(self, samples: Sequence[Sample], seed: int, *words: str) -> None:
        order = np.random.default_rng([seed, *"\x00".join(words).encode()])
        self._waiting: deque[Sample] = deque(samples[i] for i in order.permutation(len(samples)))

    def next(
        self, among: frozenset[str] | None = None, *, apart_from: str | None = None
    ) -> Sample | None:
        """Who has waited longest, of `among` if given and of another duplicate group."""
        for sample in self._waiting:
            if (among is None or sample.case_id in among) and sample.group != apart_from:
                self._waiting.remove(sample)
                self._waiting.append(sample)
                return sample
        return None

    def waiting(self, number: int, *, apart_from: tuple[str, ...]) -> tuple[str, ...]:
        """The case_ids of those who come next; they keep their places."""
        others = (sample for sample in self._waiting if sample.group not in apart_from)
        return tuple(sample.case_id for sample in islice(others, number))

    def first(self) -> Sample:
        """Who has waited longest of all."""
        self._waiting.rotate(-1)
        return self._waiting[-1]
