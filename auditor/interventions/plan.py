"""Everything that will be asked of the network, as positions, before any image is composed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray

from auditor.domain.cues import CUES, Cue, Extent
from auditor.domain.interventions import (
    APPEARANCES,
    EDGES,
    FLAT_FILLS,
    HOLE_FILLS,
    SHOW_DONOR,
    TRANSPLANTS,
    Fill,
    Intervention,
)
from auditor.interventions.donor_choice import Donors, Pairs
from auditor.interventions.edges import Edges
from auditor.interventions.holes import ObjectMasks, area_share
from auditor.interventions.properties import Places

_FILLED_AT_EDGE = tuple(name for name in EDGES if name not in SHOW_DONOR)
_TRIED_BY = {
    spec.given: spec.id
    for spec in CUES
    if spec.given in TRANSPLANTS and spec.extent is not Extent.SPOT
}
"""The cue that a transplant of an attribute tries."""
LARGEST_UNION = 0.75
"""Two holes together may take this much of an image: a quarter of its background has to stay."""

Positions = NDArray[np.int64]
NO_DONOR = -1


@dataclass(frozen=True)
class Block:
    """Trials of one kind.

    Attributes:
        intervention, fill: what is done.
        subjects: (R,) positions of the cases.
        donors: (R,) positions of the donors, `NO_DONOR` where none takes part.
    """

    intervention: Intervention
    fill: Fill
    subjects: Positions
    donors: Positions

    def __len__(self) -> int:
        return len(self.subjects)


Plan = tuple[Block, ...]


@dataclass(frozen=True)
class Scope:
    """What is asked of some cases only, since of others it cannot change a verdict.

    Attributes:
        misled: cases that are answered wrongly: whether a plain background gives the label back
            matters for these alone. None for all.
        closed: cases of a further look -> what is swapped or searched no more in their class: it
            is ruled out, or another test confirms the class. What only describes a class, fixed
            changes of the whole picture, is asked of its first look alone.
    """

    misled: frozenset[str] | None = None
    closed: Mapping[str, frozenset[Cue]] = field(default_factory=dict)

    def of(self, case_ids: Collection[str]) -> Scope:
        """Of these cases alone."""
        misled = None if self.misled is None else self.misled & frozenset(case_ids)
        closed = {name: self.closed[name] for name in case_ids if name in self.closed}
        return Scope(misled, closed)


EVERYTHING = Scope()


def plan_trials(
    object_masks: ObjectMasks,
    donors: Donors,
    *,
    asked: Sequence[int],
    swaps: int,
    misled: Collection[int] | None = None,
) -> Plan:
    """Every trial of the asked subjects. What cannot be done to a subject is absent.

    Subjects without a usable object are asked as they are (`original`), nothing else;
    trials of appearance are planned apart.

    Args:
        object_masks: of all subjects, the asked ones and those that only lend their background.
        donors: of the asked subjects.
        asked: positions.
        swaps: most empty images that a subject is compared with, for each fill.
        misled: those that are put on plain backgrounds; None for all.
    """
    usable = object_masks.usable.tolist()
    able = [i for i in asked if usable[i]]
    plain = able if misled is None else [i for i in able if i in misled]
    blocks = [
        _alone(Intervention.ORIGINAL, Fill.NONE, list(asked)),
        *(_alone(Intervention.NEUTRAL, fill, plain) for fill in FLAT_FILLS),
        *(_alone(Intervention.BACKGROUND_REMOVED, fill, able) for fill in (Fill.GREY, Fill.MEAN)),
    ]
    for fill in HOLE_FILLS:
        blocks += _filled(fill, able, donors, object_masks, swaps)
    return tuple(block for block in blocks if len(block))


def plan_appearance_swaps(
    places: Places,
    donors: Donors,
    *,
    asked: Sequence[int],
    closed: Mapping[int, Collection[Cue]] | None = None,
) -> Plan:
    """Changes of the whole image, transplants, and salient patches filled.

    Args:
        places: salient patches of all subjects.
        donors: of the asked subjects.
        asked: positions of subjects of the random sample: appearance tells of classes, not cases.
        closed: subjects of a further look -> what is given to them no more. What only describes
            a class, fixed changes of the whole image, is not asked of them either.
    """
    spared = closed or {}
    first = [i for i in asked if i not in spared]
    blocks = [_alone(appearance, Fill.NONE, first) for appearance in APPEARANCES]
    found, mirror = places.found.tolist(), places.has_mirror.tolist()
    for other, same in TRANSPLANTS.items():
        local = other is Intervention.PATCH_OTHER
        for intervention, pairs in ((same, donors.same), (other, donors.other)):
            cue = _TRIED_BY.get(other)
            given = [
                pair
                for pair in pairs
                if (found[pair[1]] or not local) and cue not in spared.get(pair[0], ())
            ]
            blocks.append(_met(intervention, Fill.NONE, given))
    pairable = [i for i in asked if found[i] and mirror[i]]
    for fill in HOLE_FILLS:
        blocks.append(_alone(Intervention.SALIENT_REMOVED, fill, pairable))
        blocks.append(_alone(Intervention.SALIENT_CONTROL, fill, pairable))
    return tuple(block for block in blocks if len(block))


def plan_edges(edges: Edges, donors: Donors, *, asked: Sequence[int]) -> Plan:
    """What is done at the outlines of the asked subjects that were searched, and given to the
    donors of their appearance.

    Args:
        edges: of all subjects.
        donors: of the asked subjects.
        asked: positions.
    """
    searched, outlined = edges.searched.tolist(), edges.outlines.found.tolist()
    found = [i for i in asked if searched[i]]
    given = [pair for pair in donors.other if searched[pair[0]] and outlined[pair[1]]]
    blocks = [
        _alone(intervention, fill, found) for fill in HOLE_FILLS for intervention in _FILLED_AT_EDGE
    ]
    blocks += [
        _met(intervention, Fill.NONE, given)
        for intervention in (Intervention.BESIDE_GIVEN, Intervention.BESIDE_GIVEN_CONTROL)
    ]
    return tuple(block for block in blocks if len(block))


def _filled(
    fill: Fill, able: list[int], donors: Donors, object_masks: ObjectMasks, swaps: int
) -> list[Block]:
    has_control = object_masks.has_control.tolist()
    micro_batcher = [i for i in able if has_control[i]]
    emptied = _under_one_hole(donors.other, object_masks, swaps)
    return [
        _alone(Intervention.OBJECT_REMOVED, fill, able),
        _alone(Intervention.CONTROL_HOLE, fill, micro_batcher),
        _alone(Intervention.PASTED_BACK, fill, able),
        _met(Intervention.BACKGROUND_SAME, fill, donors.same),
        _met(Intervention.BACKGROUND_OTHER, fill, donors.other),
        _met(Intervention.EMPTY_OWN, fill, emptied),
        _met(Intervention.EMPTY_OTHER, fill, emptied),
    ]


def _under_one_hole(pairs: Pairs, object_masks: ObjectMasks, swaps: int) -> Pairs:
    """A subject's first `swaps` donors whose hole and its own leave enough of the image."""
    left: dict[int, int] = {}
    chosen: Pairs = []
    for pair, fits in zip(pairs, _union_fits(pairs, object_masks), strict=True):
        if fits and left.setdefault(pair[0], swaps) > 0:
            left[pair[0]] -= 1
            chosen.append(pair)
    return chosen


def _union_fits(pairs: Pairs, object_masks: ObjectMasks, chunk: int = 256) -> list[bool]:
    index = torch.tensor(pairs, device=object_masks.holes.device, dtype=torch.long).view(-1, 2)
    parts = (index[start : start + chunk] for start in range(0, len(index), chunk))
    unions = (
        area_share(object_masks.holes[part[:, 0]] | object_masks.holes[part[:, 1]])
        for part in parts
    )
    return [taken <= LARGEST_UNION for union in unions for taken in union.tolist()]


def _alone(intervention: Intervention, fill: Fill, subjects: list[int]) -> Block:
    return _met(intervention, fill, [(subject, NO_DONOR) for subject in subjects])


def _met(intervention: Intervention, fill: Fill, pairs: Pairs) -> Block:
    positions = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return Block(intervention, fill, positions[:, 0], positions[:, 1])
