"""Every answer beside that of its control, so that what pasting and filling do cancels out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.domain.interventions import (
    APPEARANCES,
    HOLE_FILLS,
    SWAPS,
    Fill,
    Intervention,
)
from auditor.interventions.plan import Block, Plan, Positions

Probabilities = NDArray[np.float64]

_PAIRED = {
    Intervention.EMPTY_OWN: Intervention.EMPTY_OTHER,
    Intervention.BESIDE_GIVEN: Intervention.BESIDE_GIVEN_CONTROL,
}
"""Trials whose control is the trial of the same subject and donor in another block."""
_BESIDE = {
    Intervention.OBJECT_REMOVED: Intervention.CONTROL_HOLE,
    Intervention.SALIENT_REMOVED: Intervention.SALIENT_CONTROL,
    Intervention.EDGE_REMOVED: Intervention.EDGE_CONTROL,
    Intervention.BESIDE_REMOVED: Intervention.BESIDE_CONTROL,
    **dict.fromkeys(APPEARANCES, Intervention.ORIGINAL),
}


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

    - `object_removed`: the case's control hole under the same fill.
    - `salient_removed`: the case's `salient_control` under the same fill.
    - changes of the whole image: the image as it is.
    - `background_other`: mean of the case's `background_same` trials under the same fill; the
      transplants likewise.
    - `neutral`: mean of the case's `background_same` trials under both fills.
    - `edge_removed`, `beside_removed`: the same on the other side of the case's object.
    - `empty_own`, `beside_given`: the paired `empty_other`, `beside_given_control`.

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
        if block.intervention in _BESIDE:
            p_label = means(_BESIDE[block.intervention], block.fill).p_label[block.subjects]
        elif block.intervention in SWAPS:
            same = means(SWAPS[block.intervention], block.fill)
            slots = watched[block.subjects] == labels[block.donors][:, None]
            p_label = same.p_label[block.subjects]
            p_donor = same.watched[block.subjects, slots.argmax(axis=1)]
        elif block.intervention is Intervention.NEUTRAL:
            p_label = means(Intervention.BACKGROUND_SAME, *HOLE_FILLS).p_label[block.subjects]
        elif block.intervention in _PAIRED:
            p_label = said[_PAIRED[block.intervention], block.fill][1].p_label
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
