"""Masks that are wrong by a set amount, and swaps of backgrounds that are cut out with them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, fields, replace

import pandas as pd
import torch
from torch import Tensor

from auditor.domain.interventions import Fill
from auditor.domain.mask_errors import AS_GIVEN, OVERLAP, MaskError
from auditor.interventions.fills import fill_holes
from auditor.interventions.holes import find_objects, grown, moved
from auditor.tensors.batch import Batch
from auditor.tensors.classifier import Classifier


@dataclass(frozen=True, slots=True)
class MaskSwap:
    """Whose object is shown on whose background: case_ids.

    Attributes:
        case: whose object.
        same: donor of its own class.
        other: donor of another class.
    """

    case: str
    same: str
    other: str


@dataclass(frozen=True, slots=True)
class MaskTrial:
    """One swap with wrong masks, and its control; probabilities in 0..1.

    Attributes:
        case_id, label, donor, donor_label: as in the trials.
        error: a `MaskError`, or `AS_GIVEN`.
        p_label, p_donor: of the object's and of the donor's class, on the donor's background.
        p_label_same, p_donor_same: the same on a background of the object's own class.
    """

    case_id: str
    label: str
    donor: str
    donor_label: str
    error: str
    p_label: float
    p_donor: float
    p_label_same: float
    p_donor_same: float


def wrong_masks(masks: Tensor, error: MaskError) -> Tensor:
    """(N, H, W) bool masks changed until they overlap the given ones by no more than `OVERLAP`.

    A mask is changed pixel by pixel, so that the error is the same share of a small and of a large
    object. One that would vanish keeps its last pixels; an empty one stays empty.

    Raises:
        ValueError: the error needs no new picture.
    """
    if error not in OVERLAP:
        raise ValueError(f"{error} needs no new picture")
    found, least = masks.clone(), OVERLAP[error]
    open_ = masks.flatten(1).any(dim=1)
    for step in range(1, max(masks.shape[1:])):
        changed = _changed(masks, error, step)
        open_ = open_ & changed.flatten(1).any(dim=1)
        found = torch.where(open_[:, None, None], changed, found)
        open_ = open_ & (_overlap(masks, found) > least)
        if not bool(open_.any()):
            break
    return found


def _changed(masks: Tensor, error: MaskError, step: int) -> Tensor:
    match error:
        case MaskError.ERODED | MaskError.ERODED_SLIGHTLY:
            return ~grown(~masks, step)
        case MaskError.DILATED | MaskError.DILATED_SLIGHTLY:
            return grown(masks, step)
        case MaskError.SHIFTED | MaskError.SHIFTED_BACK:
            way = -step if error is MaskError.SHIFTED else step
            shift = torch.full((len(masks), 2), way, device=masks.device)
            return moved(masks, shift)
        case _:
            raise ValueError(f"{error.value} does not change a mask")


def _overlap(masks: Tensor, others: Tensor) -> Tensor:
    """(N,) intersection over union; 1 of two empty masks."""
    both = (masks & others).flatten(1).sum(dim=1).float()
    any_ = (masks | others).flatten(1).sum(dim=1).float()
    return torch.where(any_ > 0, both / any_.clamp(min=1), 1.0)


@torch.inference_mode()
def run_mask_trials(
    classifier: Classifier,
    subjects: Batch,
    swaps: Sequence[MaskSwap],
    *,
    doubted: Collection[str],
    batch_size: int,
) -> list[MaskTrial]:
    """The swaps with the masks as given and with each error of `OVERLAP`.

    Args:
        classifier: knows the label of every subject.
        subjects: every case and donor; they stay on the classifier's device.
        swaps: of one class or of several.
        doubted: case_ids whose masks are changed; the others' stay as they are.
        batch_size: images in one forward pass.
    """
    subjects = subjects.to(classifier.device)
    changed = torch.tensor(
        [sample.case_id in doubted for sample in subjects.samples], device=classifier.device
    )
    trials: list[MaskTrial] = []
    for error in (None, *OVERLAP):
        masks = subjects.masks
        if error is not None:
            masks = torch.where(changed[:, None, None], wrong_masks(masks, error), masks)
        named = AS_GIVEN if error is None else error.value
        batch = replace(subjects, masks=masks)
        trials += _asked(classifier, batch, swaps, named, batch_size)
    return trials


def _asked(
    classifier: Classifier, subjects: Batch, swaps: Sequence[MaskSwap], error: str, batch_size: int
) -> list[MaskTrial]:
    object_masks = find_objects(subjects, batch_size=batch_size)
    place = {sample.case_id: i for i, sample in enumerate(subjects.samples)}
    label = {sample.case_id: sample.label for sample in subjects.samples}
    usable = object_masks.usable.tolist()
    able = [
        swap
        for swap in swaps
        if all(usable[place[name]] for name in (swap.case, swap.same, swap.other))
    ]
    pairs = sorted({(s.case, donor) for s in able for donor in (s.same, s.other)})
    said: dict[tuple[str, str], Tensor] = {}
    for start in range(0, len(pairs), batch_size):
        part = pairs[start : start + batch_size]
        own = torch.tensor([place[case] for case, _ in part], device=subjects.images.device)
        lent = torch.tensor([place[donor] for _, donor in part], device=subjects.images.device)
        emptied = fill_holes(
            subjects.images[lent], object_masks.holes[lent], object_masks.sources[lent], Fill.BLUR
        )
        images = torch.where(object_masks.masks[own][:, None], subjects.images[own], emptied)
        answers = classifier.trial_probabilities(images).double().cpu()
        said |= dict(zip(part, answers, strict=True))
    column = {name: i for i, name in enumerate(classifier.classes)}

    def told(swap: MaskSwap) -> MaskTrial:
        other, same = said[swap.case, swap.other], said[swap.case, swap.same]
        own, lent = column[label[swap.case]], column[label[swap.other]]
        return MaskTrial(
            case_id=swap.case,
            label=label[swap.case],
            donor=swap.other,
            donor_label=label[swap.other],
            error=error,
            p_label=float(other[own]),
            p_donor=float(other[lent]),
            p_label_same=float(same[own]),
            p_donor_same=float(same[lent]),
        )

    return [told(swap) for swap in able]


def as_table(trials: Sequence[MaskTrial]) -> pd.DataFrame:
    """One row per trial, in the columns of `MaskTrial`."""
    columns = [field.name for field in fields(MaskTrial)]
    return pd.DataFrame([asdict(trial) for trial in trials], columns=columns)
