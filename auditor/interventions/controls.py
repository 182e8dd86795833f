"""Every answer beside that of its control, so that what pasting and filling do cancels out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.domain.interventions import HOLE_FILLS, SWAPS, Fill, Intervention, Pairing, paired_by
from auditor.interventions.plan import Block, Plan, Positions

Probabilities = NDArray[np.float64]

_OF_DONOR = paired_by(Pairing.DONOR)
_OF_CASE = paired_by(Pairing.CASE)
_OVER_FILLS = paired_by(Pairing.ALL_FILLS)


@dataclass(frozen=True)
class Answers:
    """What the network said to the R images of a block.

    Attributes:
        p_label: (R,) probability of the case's label.
        p_donor: (R,) probability of the donor's class; NaN where no donor takes part.
        answer: (R,) position of the class it answers.
        watched: (R, W) probabilities of the classes in the case's row of `watch_list`.
        top: (R, T) positions of the classes with the largest probabilities.
        p_top: (R, T) theirs, largest first.
    """

    p_label: Probabilities
    p_donor: Probabilities
    answer: Positions
    watched: Probabilities
    top: Positions
    p_top: Probabilities


@dataclass(frozen=True)
class Controls:
    """(R,) probabilities of label and donor class on the paired controls; NaN without."""

    p_label: Probabilities
    p_donor: Probabilities


def watch_list(plan: Plan, labels: Positions) -> Positions:
    """(N, W) classes whose backgrounds each case meets, filled up with its own label.

    Their probabilities are kept on the same-class backgrounds too: the controls of `p_donor`.
    """
    met: dict[int, list[int]] = {}
    for block in plan:
        if block.intervention in SWAPS:
            for subject, donor in zip(block.subjects.tolist(), block.donors.tolist(), strict=True):
                classes = met.setdefault(subject, [])
                if labels[donor] not in classes:
                    classes.append(int(labels[donor]))
    width = max(map(len, met.values()), default=0)
    watched = np.repeat(labels[:, None], width, axis=1)
    for subject, classes in met.items():
        watched[subject, : len(classes)] = classes
    return watched


def controls_of(
    plan: Plan, answers: Sequence[Answers], labels: Positions, watched: Positions
) -> list[Controls]:
    """The controls of every block, in the order of the plan.

    Which, the table of interventions tells: `control` and `pairing` of a row.

    Args:
        plan: N subjects' blocks.
        answers: of each block.
        labels: (N,) classes.
        watched: (N, W), see `watch_list`.
    """
    said = {(b.intervention, b.fill): (b, a) for b, a in zip(plan, answers, strict=True)}

    def means(intervention: Intervention, *fills: Fill) -> _Means:
        return _means(said, intervention, fills, len(labels), watched)

    controls = []
    for block in plan:
        unknown = np.full(len(block), np.nan)
        p_label, p_donor = unknown, unknown
        if block.intervention in _OF_CASE:
            p_label = means(_OF_CASE[block.intervention], block.fill).p_label[block.subjects]
        elif block.intervention in SWAPS:
            same = means(SWAPS[block.intervention], block.fill)
            slots = watched[block.subjects] == labels[block.donors][:, None]
            p_label = same.p_label[block.subjects]
            p_donor = same.watched[block.subjects, slots.argmax(axis=1)]
        elif block.intervention in _OVER_FILLS:
            pooled = means(_OVER_FILLS[block.intervention], *HOLE_FILLS)
            p_label = pooled.p_label[block.subjects]
        elif block.intervention in _OF_DONOR:
            p_label = said[_OF_DONOR[block.intervention], block.fill][1].p_label
        controls.append(Controls(p_label, p_donor))
    return controls


@dataclass(frozen=True)
class _Means:
    """Means by case, NaN where a case has no such trial: (N,) of the label, (N, W) watched."""

    p_label: Probabilities
    watched: Probabilities


def _means(
    said: Mapping[tuple[Intervention, Fill], tuple[Block, Answers]],
    intervention: Intervention,
    fills: Sequence[Fill],
    cases: int,
    watched: Positions,
) -> _Means:
    label_sum, watched_sum = np.zeros(cases), np.zeros(watched.shape)
    count = np.zeros(cases)
    for block, answers in (said[key] for fill in fills if (key := (intervention, fill)) in said):
        np.add.at(count, block.subjects, 1.0)
        np.add.at(label_sum, block.subjects, answers.p_label)
        np.add.at(watched_sum, block.subjects, answers.watched)
    times = np.where(count > 0, count, np.nan)
    return _Means(label_sum / times, watched_sum / times[:, None])
