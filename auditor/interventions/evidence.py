"""The pictures of chosen trials, made again exactly as the network saw them."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from PIL import Image
from torch import Tensor

from auditor.domain.interventions import EDGES, SPEC_OF, Family, Fill, Intervention
from auditor.domain.places import EdgePatch, read_place
from auditor.interventions.compose import compose
from auditor.interventions.edges import searched_before
from auditor.interventions.holes import find_objects
from auditor.interventions.plan import NO_DONOR
from auditor.interventions.precompute import precompute
from auditor.interventions.properties import find_places
from auditor.interventions.swap_pictures import pictures_of, swap_attribute
from auditor.interventions.trials import Trial
from auditor.tensors.batch import Batch

QUALITY = 88
"""JPEG quality of the pictures."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One row of the evidence table; `picture` is a JPEG in the network's input geometry."""

    case_id: str
    intervention: str
    fill: str
    donor: str | None
    probability: float
    picture: bytes


def render(
    subjects: Batch, trials: Sequence[Trial], maps: Tensor | None = None
) -> Iterator[Evidence]:
    """The changed images of chosen trials, in their order.

    A picture follows from its trial's case, donor, intervention, fill and place alone: nothing is
    drawn and nothing asked.

    Args:
        subjects: at least the cases and donors of the trials. Give few at a time: two emptied
            versions of each are held.
        trials: as `run_trials` returned them.
        maps: (N, h, w) saliency maps of the subjects, needed for trials of salient patches.

    Raises:
        KeyError: a case or donor that is not among the subjects.
    """
    if not trials:
        return
    object_masks = find_objects(subjects)
    position = {sample.case_id: i for i, sample in enumerate(subjects.samples)}
    needed = {
        position[trial.case_id]: place.needed
        for trial in trials
        if trial.intervention in EDGES
        and trial.place is not None
        and isinstance(place := read_place(trial.place), EdgePatch)
    }
    precomputed = precompute(
        subjects,
        object_masks,
        find_places(object_masks, maps),
        searched_before(object_masks, needed),
    )
    pictures = pictures_of(subjects, precomputed)
    for trial in trials:
        subject = position[trial.case_id]
        donor = NO_DONOR if trial.donor is None else position[trial.donor]
        at, giver = (torch.tensor([i], device=precomputed.images.device) for i in (subject, donor))
        if SPEC_OF[trial.intervention].family is Family.ATTRIBUTE_SWAP:
            place = read_place(trial.place or "")
            image = swap_attribute(pictures, place, at, giver, at)
        else:
            image = compose(
                precomputed, Intervention(trial.intervention), Fill(trial.fill), at, giver
            )
        yield Evidence(
            trial.case_id,
            trial.intervention,
            trial.fill,
            trial.donor,
            trial.p_label,
            jpeg(image[0]),
        )


def jpeg(image: Tensor) -> bytes:
    """(3, H, W) uint8 as a JPEG file."""
    target = io.BytesIO()
    pixels = image.permute(1, 2, 0).contiguous().cpu().numpy()
    Image.fromarray(pixels).save(target, "JPEG", quality=QUALITY)
    return target.getvalue()
