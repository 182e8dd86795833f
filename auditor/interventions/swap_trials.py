"""Runs attribute swaps: the network's answers to pictures with one part or property swapped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from auditor.domain.interventions import Fill, Intervention
from auditor.domain.places import (
    Place,
    Property,
    Region,
    RegionKind,
    typical_area,
    write_place,
)
from auditor.interventions.picture_properties import offered_properties
from auditor.interventions.regions import BARE, FINER, FIRST, WHOLE
from auditor.interventions.swap_pictures import AttributeSwap, Pictures, swap_attribute
from auditor.interventions.trials import Trial
from auditor.tensors.classifier import Classifier
from auditor.tensors.questions import answered

ENOUGH = 0.5
"""Smaller regions of a kind are tried where its largest carries this share of the whole."""
SOME, SOME_LOG = 0.05, 0.5
"""Probability, or logarithm of it, that a region has to move in both directions where there is no
whole background to hold it against."""
TINY = 1e-30
REFINED = 3
"""Of so many kinds at most, those with the smallest regions."""


def run_attribute_swaps(
    classifier: Classifier,
    pictures: Pictures,
    attribute_swaps: Sequence[AttributeSwap],
    *,
    batch_size: int,
    bare: bool = False,
) -> list[Trial]:
    """Try every region and property on the swaps of one class.

    Args:
        classifier: knows every label.
        pictures: the subjects, donors and controls, on its device.
        attribute_swaps: in both directions.
        batch_size: pictures in one forward pass.
        bare: the class has no masks: regions that need one are left out, and regions that carry
            something by themselves are refined.

    Returns:
        Trials of `exchange_*` with their place, in a fixed order.
    """
    asking = _Asking.of(classifier, pictures, attribute_swaps, batch_size)
    regions = BARE if bare else FIRST
    offered = offered_properties(pictures.properties, classifier.preprocess)
    first: list[Place] = [*regions, *map(Property, offered)]
    answers = {place: _ask(asking, place) for place in first}
    for region in _promising(asking, answers, bare=bare):
        answers |= {finer: _ask(asking, finer) for finer in FINER[region.kind]}
    return [trial for place, said in answers.items() for trial in _trials(asking, place, said)]


@dataclass(frozen=True)
class _Asking:
    """The swaps as positions: (R,) each."""

    classifier: Classifier
    pictures: Pictures
    subjects: Tensor
    donors: Tensor
    controls: Tensor
    anchors: Tensor
    given: Tensor
    labels: Tensor
    batch_size: int

    @classmethod
    def of(
        cls,
        classifier: Classifier,
        pictures: Pictures,
        attribute_swaps: Sequence[AttributeSwap],
        batch_size: int,
    ) -> _Asking:
        samples = pictures.subjects.samples
        position = {sample.case_id: i for i, sample in enumerate(samples)}
        index = {name: i for i, name in enumerate(classifier.classes)}
        device = pictures.precomputed.images.device
        columns = [
            [position[getattr(each, name)] for each in attribute_swaps]
            for name in ("subject", "donor", "control")
        ]
        subjects, donors, controls = (
            torch.tensor(column, dtype=torch.long, device=device) for column in columns
        )
        given = torch.tensor([each.given for each in attribute_swaps], device=device)
        return cls(
            classifier,
            pictures,
            subjects,
            donors,
            controls,
            torch.where(given, donors, subjects),
            given,
            torch.tensor([index[sample.label] for sample in samples], device=device),
            batch_size,
        )


@dataclass(frozen=True)
class _Answers:
    """Of the R swaps and their controls: (R, 2) probabilities of the subject's and of the
    donor's class, (R,) positions of the answers; `able` where the place can be told."""

    other: Tensor
    same: Tensor
    answer: Tensor
    answer_same: Tensor
    able: Tensor


def _ask(asking: _Asking, place: Place) -> _Answers:
    able = torch.ones_like(asking.given)
    if isinstance(place, Region) and place.kind is RegionKind.PEAK:
        able = asking.pictures.precomputed.appearance.places.found[asking.anchors]
    other, answer = _probabilities(asking, place, asking.donors)
    same, answer_same = _probabilities(asking, place, asking.controls)
    return _Answers(other, same, answer, answer_same, able)


@torch.inference_mode()
def _probabilities(asking: _Asking, place: Place, givers: Tensor) -> tuple[Tensor, Tensor]:
    columns = torch.stack([asking.labels[asking.subjects], asking.labels[asking.donors]], dim=1)
    found, answers = [], []
    for start in range(0, len(givers), asking.batch_size):
        part = slice(start, start + asking.batch_size)
        images = swap_attribute(
            asking.pictures, place, asking.subjects[part], givers[part], asking.anchors[part]
        )
        probabilities = asking.classifier.probabilities(images)
        found.append(probabilities.gather(1, columns[part]))
        multilabel = asking.classifier.multilabel
        answers.append(answered(probabilities, columns[part, 0], multilabel=multilabel))
    return torch.cat(found).double().cpu(), torch.cat(answers).cpu()


def _promising(asking: _Asking, answers: Mapping[Place, _Answers], *, bare: bool) -> list[Region]:
    """The smallest regions that carry enough in both directions: of the whole background or,
    without masks, by themselves."""
    given = asking.given.cpu()

    def effects(said: _Answers) -> tuple[float, float]:
        """Mean loss of the class's own pictures, mean gain of the others."""
        change = said.other - said.same
        return -float(change[~given, 0].mean()), float(change[given, 1].mean())

    def moves(said: _Answers) -> bool:
        """Both directions by so much, in probability or in its logarithm."""
        ratio = (said.other.clamp(min=TINY) / said.same.clamp(min=TINY)).log()
        logs = -float(ratio[~given, 0].mean()), float(ratio[given, 1].mean())
        return min(effects(said)) >= SOME or min(logs) >= SOME_LOG

    whole = None if bare else effects(answers[WHOLE])
    carrying = [
        region
        for region in (BARE if bare else FIRST)
        if region.kind in FINER
        and (
            moves(answers[region])
            if whole is None
            else all(
                part >= ENOUGH * all_ > 0.0
                for part, all_ in zip(effects(answers[region]), whole, strict=True)
            )
        )
    ]
    return sorted(carrying, key=typical_area)[:REFINED]


def _trials(asking: _Asking, place: Place, said: _Answers) -> list[Trial]:
    samples, text = asking.pictures.subjects.samples, write_place(place)
    classes = asking.classifier.classes
    trials = []
    for row in torch.nonzero(said.able.cpu())[:, 0].tolist():
        given = bool(asking.given[row])
        subject, donor, control = (
            samples[int(positions[row])]
            for positions in (asking.subjects, asking.donors, asking.controls)
        )
        p_label, p_donor = said.other[row].tolist()
        p_label_same, p_donor_same = said.same[row].tolist()
        same = Intervention.EXCHANGE_GIVEN_SAME if given else Intervention.EXCHANGE_SAME
        other = Intervention.EXCHANGE_GIVEN if given else Intervention.EXCHANGE_OTHER
        for intervention, lender, answer, known in (
            (same, control, said.answer_same, (p_label_same, None, None, None)),
            (other, donor, said.answer, (p_label, p_label_same, p_donor, p_donor_same)),
        ):
            trials.append(
                Trial(
                    subject.case_id,
                    subject.label,
                    subject.group,
                    intervention.value,
                    Fill.NONE.value,
                    lender.case_id,
                    lender.label,
                    lender.group,
                    known[0],
                    known[1],
                    known[2],
                    known[3],
                    classes[int(answer[row])],
                    text,
                )
            )
    return trials
