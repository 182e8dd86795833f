"""Ask the network about every changed image. One trial is one changed image and its answer."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from auditor.domain.answers import TOP, TOP_PROBABILITIES, write_classes
from auditor.domain.cues import Cue
from auditor.domain.interventions import ANSWERED, SWAPS
from auditor.interventions.case_progress import CaseProgress
from auditor.interventions.compose import compose
from auditor.interventions.composed_pictures import BatchPictures, ComposedPictures
from auditor.interventions.controls import Answers, Controls, controls_of, watch_list
from auditor.interventions.donor_assignment import DonorAssignment
from auditor.interventions.edges import PLACES, search
from auditor.interventions.holes import find_objects
from auditor.interventions.plan import (
    EVERYTHING,
    NO_DONOR,
    Block,
    Positions,
    Scope,
    plan_appearance_swaps,
    plan_edges,
    plan_trials,
)
from auditor.interventions.precompute import PrecomputedBatch, precompute
from auditor.interventions.properties import find_places
from auditor.interventions.trial_places import places_told
from auditor.ports import Progress
from auditor.tensors.batch import Batch
from auditor.tensors.classifier import Classifier
from auditor.tensors.questions import answered, highest


@dataclass(frozen=True, slots=True)
class Trial:
    """One row of the trials table (`auditor.domain.schema.TRIALS`); probabilities in 0..1."""

    case_id: str
    label: str
    group: str
    intervention: str
    fill: str
    donor: str | None
    donor_label: str | None
    donor_group: str | None
    p_label: float
    p_label_control: float | None
    p_donor: float | None
    p_donor_control: float | None
    answer: str
    place: str | None = None
    top_classes: str | None = None
    top_probability_1: float | None = None
    top_probability_2: float | None = None
    top_probability_3: float | None = None
    top_probability_4: float | None = None
    top_probability_5: float | None = None


def run_trials(
    classifier: Classifier,
    subjects: Batch,
    assignment: DonorAssignment,
    *,
    asked: Collection[str],
    swaps: int,
    batch_size: int,
    progress: Progress,
    maps: Tensor | None = None,
    scope: Scope = EVERYTHING,
    store: ComposedPictures | None = None,
) -> Iterator[Trial]:
    """Intervene on some subjects and keep the network's answers with their paired controls.

    Everything is asked when this returns; the trials are made as they are taken.

    Args:
        classifier: knows the label of every subject.
        subjects: the cases to intervene on and every donor that they meet; they stay on the
            classifier's device together with four emptied versions of each.
        meetings: of the asked cases, from `auditor.interventions.donor_assignment`.
        asked: case_ids among the subjects; the others only lend their background.
        swaps: most empty images that a case is compared with, for each fill.
        batch_size: images in one forward pass; changes nothing but the rounding of floats.
        progress: advanced by the number of asked cases, bit by bit.
        maps: (N, h, w) saliency maps of the subjects; without them no salient patch is tried.
        scope: what is asked of some of these cases only.
        store: what was composed for other networks, in this geometry; on a CPU only.
    """
    if not asked:
        return iter(())
    subjects = subjects.to(classifier.device)
    object_masks = find_objects(subjects, batch_size=batch_size)
    positions = [i for i, sample in enumerate(subjects.samples) if sample.case_id in asked]
    donors = assignment.among(subjects.samples, asked)
    names = [sample.case_id for sample in subjects.samples]
    looked = [i for i in positions if names[i] in assignment.sampled]
    closed = {i: scope.closed[names[i]] for i in looked if names[i] in scope.closed}
    misled = scope.misled
    told = None if misled is None else [i for i in positions if names[i] in misled]
    outlined = [i for i in looked if Cue.EDGE_MARK not in closed.get(i, ())]
    places = find_places(object_masks, maps)
    receivers = assignment.appearance_among(subjects.samples, asked)
    pictures = BatchPictures(subjects.samples, store)
    edges = search(
        classifier,
        subjects,
        object_masks,
        asked=outlined,
        batch_size=batch_size,
        pictures=pictures,
    )
    plan = (
        *plan_trials(object_masks, donors, asked=positions, swaps=swaps, misled=told),
        *plan_appearance_swaps(places, receivers, asked=looked, closed=closed),
        *plan_edges(edges, receivers, asked=outlined),
    )
    precomputed = precompute(
        subjects, object_masks, places, edges, batch_size=batch_size, pictures=pictures
    )
    index = {name: position for position, name in enumerate(classifier.classes)}
    labels = np.array([index[sample.label] for sample in subjects.samples])
    watched = watch_list(plan, labels)
    searched = PLACES * len(outlined)
    images = searched + sum(len(block) for block in plan)
    share = CaseProgress(progress, cases=len(positions), images=images)
    share.advance(searched)
    asking = _Asked(classifier, precomputed, labels, watched, batch_size, share)
    answers = [_ask(asking, block) for block in plan]
    controls = controls_of(plan, answers, labels, watched)
    meaning = _Told(subjects, classifier.classes, precomputed)
    return (
        trial
        for block, answer, control in zip(plan, answers, controls, strict=True)
        for trial in _rows(meaning, block, answer, control)
    )


@dataclass(frozen=True)
class _Asked:
    """What stays the same while block after block is asked."""

    classifier: Classifier
    precomputed: PrecomputedBatch
    labels: Positions
    watched: Positions
    batch_size: int
    progress: CaseProgress


def _ask(asked: _Asked, block: Block) -> Answers:
    chunks = []
    for start in range(0, len(block), asked.batch_size):
        part = slice(start, start + asked.batch_size)
        chunks.append(_ask_chunk(asked, block, block.subjects[part], block.donors[part]))
        asked.progress.advance(len(block.subjects[part]))
    said = torch.cat(chunks).cpu().numpy()
    answer, p_label, p_donor = said[:, :3].T
    width = asked.watched.shape[1]
    top, p_top = np.split(said[:, 3 + width :], 2, axis=1)
    return Answers(
        p_label=p_label,
        p_donor=np.where(block.donors == NO_DONOR, np.nan, p_donor),
        answer=answer.astype(np.int64),
        watched=said[:, 3 : 3 + width],
        top=top.astype(np.int64),
        p_top=p_top,
    )


@torch.inference_mode()
def _ask_chunk(asked: _Asked, block: Block, subjects: Positions, donors: Positions) -> Tensor:
    """(B, 3 + W + 2 T) float64 on the device: answer, p_label, p_donor, watched, the T classes
    with the largest probabilities and those."""
    device = asked.precomputed.images.device
    images = compose(
        asked.precomputed,
        block.intervention,
        block.fill,
        torch.from_numpy(subjects).to(device),
        torch.from_numpy(donors).to(device),
    )
    probabilities = asked.classifier.trial_probabilities(images)
    named = asked.labels[subjects, None], asked.labels[donors, None], asked.watched[subjects]
    classes = np.concatenate(named, axis=1)
    picked = probabilities.gather(1, torch.from_numpy(classes).to(device))
    asks = torch.from_numpy(asked.labels[subjects]).to(device)
    several = asked.classifier.multilabel
    top, p_top = highest(probabilities, asks, TOP, multilabel=several)
    answer = answered(probabilities, asks, multilabel=several)
    columns = (answer[:, None], picked, top, p_top)
    return torch.cat([column.double() for column in columns], dim=1)


@dataclass(frozen=True)
class _Told:
    """What positions in the plan stand for."""

    subjects: Batch
    classes: Sequence[str]
    precomputed: PrecomputedBatch


def _rows(told: _Told, block: Block, answers: Answers, controls: Controls) -> Iterator[Trial]:
    swapped = block.intervention in SWAPS
    kept = block.intervention in ANSWERED
    subjects = told.subjects
    shown = places_told(block, told.precomputed)
    for row, (subject, donor) in enumerate(
        zip(block.subjects.tolist(), block.donors.tolist(), strict=True)
    ):
        case = subjects.samples[subject]
        lender = None if donor == NO_DONOR else subjects.samples[donor]
        best = _top(told.classes, answers, row) if kept else (None, ())
        yield Trial(
            case_id=case.case_id,
            label=case.label,
            group=case.group,
            intervention=block.intervention.value,
            fill=block.fill.value,
            donor=lender and lender.case_id,
            donor_label=lender and lender.label,
            donor_group=lender and lender.group,
            p_label=float(answers.p_label[row]),
            p_label_control=_known(controls.p_label[row]),
            p_donor=_known(answers.p_donor[row]) if swapped else None,
            p_donor_control=_known(controls.p_donor[row]),
            answer=told.classes[answers.answer[row]],
            place=shown[row],
            top_classes=best[0],
            **dict(zip(TOP_PROBABILITIES, best[1], strict=False)),
        )


def _top(classes: Sequence[str], answers: Answers, row: int) -> tuple[str, Sequence[float]]:
    named = write_classes(tuple(classes[i] for i in answers.top[row]))
    return named, answers.p_top[row].tolist()


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
