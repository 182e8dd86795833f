"""Little worlds whose every answer can be computed by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from auditor.domain.preprocess import Preprocess
from auditor.domain.samples import Sample
from auditor.interventions.donor_assignment import assess_eligibility, assign_donors
from auditor.interventions.trials import Trial, run_trials
from auditor.tensors.batch import Batch
from auditor.tensors.classifier import Classifier

SIDE = 40
OBJECT = slice(16, 24)
SURE = math.log(9.0)
"""A logit difference that gives .9 against .1."""

Colour = tuple[int, int, int]


def sample(name: str, label: str, group: str | None = None, image: str | None = None) -> Sample:
    return Sample(
        case_id=name,
        image=image or f"{name}.png",
        label=label,
        path=Path(f"{name}.png"),
        duplicate_group=group,
    )


def batch_of(samples: Sequence[Sample], images: Tensor, masks: Tensor) -> Batch:
    count = len(samples)
    return Batch(
        samples=tuple(samples),
        images=images,
        masks=masks,
        ignored=torch.zeros_like(masks),
        has_mask=masks.flatten(1).any(dim=1),
        object_cropped=torch.zeros(count),
        original_sizes=torch.full((count, 2), images.shape[-1]),
    )


def flat_batch(
    samples: Sequence[Sample], things: Sequence[Colour], grounds: Sequence[Colour]
) -> Batch:
    """One flat square in the middle of a flat ground each."""
    images = torch.tensor(grounds, dtype=torch.uint8)[:, :, None, None].repeat(1, 1, SIDE, SIDE)
    images[:, :, OBJECT, OBJECT] = torch.tensor(things, dtype=torch.uint8)[:, :, None, None]
    masks = torch.zeros(len(samples), SIDE, SIDE, dtype=torch.bool)
    masks[:, OBJECT, OBJECT] = True
    return batch_of(samples, images, masks)


class ColourProbe(nn.Module):
    """Logit of class k: SURE times the mean of channel k over one region of the image."""

    def __init__(self, region: slice, channels: Sequence[int]) -> None:
        super().__init__()
        self.region, self.channels = region, list(channels)

    def forward(self, images: Tensor) -> Tensor:
        means = images[:, :, self.region, self.region].mean(dim=(2, 3))
        return SURE * means[:, self.channels]


CORNER = slice(0, 4)
CENTRE = slice(18, 22)


def classifier(network: nn.Module, classes: Sequence[str]) -> Classifier:
    """Pixels arrive as value / 255."""
    return Classifier(
        network=network.eval(),
        classes=tuple(classes),
        preprocess=Preprocess(resize=None, crop=None, mean=(0, 0, 0), std=(1, 1, 1)),
        target_layer="",
        device=torch.device("cpu"),
        weights_sha256="",
    )


class Count:
    """A progress that counts."""

    def __init__(self) -> None:
        self.steps: list[int] = []

    def stage(self, name: str, total: int | None) -> None:
        raise AssertionError("the stage is the caller's to open")

    def advance(self, steps: int = 1) -> None:
        self.steps.append(steps)


def run_all(network: Classifier, subjects: Batch, **given: Any) -> list[Trial]:
    """Every trial of every subject, in one part."""
    everyone = frozenset(sample.case_id for sample in subjects.samples)
    settings = {
        "sampled": everyone,
        "swaps": 3,
        "seed": 0,
        "batch_size": 16,
        "progress": Count(),
    } | given
    sampled, seed = settings.pop("sampled"), settings.pop("seed")
    found = assess_eligibility([subjects] if everyone else [])
    assignment = assign_donors(found, sampled=sampled, swaps=settings["swaps"], seed=seed)
    return list(run_trials(network, subjects, assignment, asked=everyone, **settings))
