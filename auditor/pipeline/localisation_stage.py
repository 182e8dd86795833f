"""Where a cue lies and what it is: a second round of trials, for classes that swaps point to and
for classes without masks.

Resume-safe as every stage: the choice follows from the first round's trials, one part per class.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from auditor.data.geometry import to_view
from auditor.data.pixels import read_pixels
from auditor.domain.interventions import Intervention
from auditor.domain.mask_references import MaskSource
from auditor.domain.messages import N_
from auditor.domain.preprocess import Preprocess
from auditor.domain.samples import Sample
from auditor.imagery.decode import UnreadableImage
from auditor.interventions.picture_properties.compression import compressed, quality_of
from auditor.interventions.swap_partners import choose_attribute_swaps, screen, screen_bare
from auditor.interventions.swap_pictures import AttributeSwap, Compression, prepare
from auditor.interventions.swap_trials import run_attribute_swaps
from auditor.interventions.trial_frame import trial_frame
from auditor.pipeline.background_writer import keep
from auditor.pipeline.intervention_stage import MAP, grouped
from auditor.pipeline.setup import Setup
from auditor.pipeline.stored_trials import SECOND_ROUND as STAGE
from auditor.pipeline.stored_trials import first_round
from auditor.pipeline.worker import Worker
from auditor.ports import Progress
from auditor.scoring.rows import stored_maps
from auditor.storage.parts import Parts
from auditor.storage.tables import to_arrow_part
from auditor.tensors.batch import Batch

SCREENED = (
    "case_id",
    "label",
    "intervention",
    "donor_label",
    "p_label",
    "p_label_control",
    "p_donor",
    "p_donor_control",
)
"""Columns of the trials that the choice of classes looks at: swaps, and pictures as they are."""


@dataclass(frozen=True)
class Locating:
    """One class to look into.

    Attributes:
        attribute_swaps: of its pictures.
        samples: of all cases that take part.
        maps: `MAP` columns of these cases.
        bare: the class has no masks.
    """

    attribute_swaps: tuple[AttributeSwap, ...]
    samples: tuple[Sample, ...]
    maps: pd.DataFrame
    bare: bool

    def __len__(self) -> int:
        return 1


def locate(setup: Setup, parts: Parts, cases: pd.DataFrame) -> None:
    """Make the second round of trials. Parts that are done stay.

    Args:
        parts: with those of the first round.
        cases: of every audited image, with `sampled`.
    """
    sampled = frozenset(cases.loc[cases["sampled"], "case_id"])
    seed, labels = setup.config.run.seed, setup.classifier.labels
    floor = setup.config.findings.effect_floor
    trials = first_round(
        parts, Intervention.BACKGROUND_OTHER, Intervention.ORIGINAL, columns=SCREENED
    )
    screenings = (
        screen(trials, sampled=sampled, floor=floor, labels=labels),
        screen_bare(trials, bare_cases(cases), seed=seed, labels=labels),
    )
    del trials
    looked_into = [(name, found) for found in screenings for name in found.classes]
    if not looked_into:
        return
    able = frozenset(n for found in screenings for members in found.able.values() for n in members)
    samples = grouped(setup.find(able), cases)
    chosen = {
        i: choose_attribute_swaps(name, found, samples, seed=seed)
        for i, (name, found) in enumerate(looked_into)
    }
    chosen = {i: attribute_swaps for i, attribute_swaps in chosen.items() if attribute_swaps}
    first_bare = len(screenings[0].classes)
    left = {i: attribute_swaps for i, attribute_swaps in chosen.items() if not parts.has(STAGE, i)}
    setup.progress.stage(N_("locating what the classes rely on"), len(left))
    needed = {name for attribute_swaps in left.values() for name in _named(attribute_swaps)}
    maps = parts.find("cases", needed, MAP) if left else pd.DataFrame(columns=list(MAP))
    tasks = (
        (i, _locating(attribute_swaps, samples, maps, bare=i >= first_bare))
        for i, attribute_swaps in left.items()
    )
    keep(setup.engine.each(locate_class, tasks, setup.progress), partial(_write, parts))
    parts.expect(STAGE, chosen)


def bare_cases(cases: pd.DataFrame) -> frozenset[str]:
    """case_ids of the sampled cases of classes without any mask."""
    bare = cases["mask_source"].eq(MaskSource.NONE.value)
    whole = bare.groupby(cases["label"].astype(object)).transform("all")
    return frozenset(cases.loc[whole & cases["sampled"], "case_id"])


def locate_class(
    worker: Worker, tasks: Iterable[tuple[int, Locating]], progress: Progress
) -> Iterator[tuple[int, pd.DataFrame]]:
    """The trials of numbered tasks."""
    batch_size = worker.config.run.batch_size
    for i, task in tasks:
        batches = [each.batch for each in worker.loader.load(task.samples) if each.batch]
        batch = Batch.concatenate(batches).to(worker.classifier.device)
        maps = stored_maps(task.maps, [sample.case_id for sample in batch.samples])
        compression = compression_of_files(task.samples, worker.classifier.preprocess)
        pictures = prepare(batch, maps, compression, batch_size=batch_size, store=worker.pictures)
        rows = run_attribute_swaps(
            worker.classifier, pictures, task.attribute_swaps, batch_size=batch_size, bare=task.bare
        )
        progress.advance(1)
        yield i, trial_frame(rows)


def compression_of_files(samples: Iterable[Sample], preprocess: Preprocess) -> Compression:
    """What shows of the files' compression; one file is in memory at a time. A file that cannot be
    read again shows none."""
    paths = {sample.case_id: sample.path for sample in samples}
    qualities: dict[str, int] = {}
    for name, path in paths.items():
        try:
            quality = quality_of(_pixels(path))
        except UnreadableImage:
            continue
        if quality is not None:
            qualities[name] = quality

    def view(case_id: str, quality: int) -> Tensor:
        again = compressed(_pixels(paths[case_id]), quality)
        image = torch.from_numpy(again.copy()).permute(2, 0, 1).contiguous()
        return to_view(image, None, preprocess).image

    return Compression(qualities, view)


def _pixels(path: Path) -> NDArray[np.uint8]:
    """(H, W, 3) uint8."""
    return read_pixels(path).permute(1, 2, 0).contiguous().numpy()


def _write(parts: Parts, index: int, frame: pd.DataFrame) -> None:
    parts.write_arrow(STAGE, index, to_arrow_part("trials", frame))


def _named(attribute_swaps: Iterable[AttributeSwap]) -> frozenset[str]:
    return frozenset(
        name for each in attribute_swaps for name in (each.subject, each.donor, each.control)
    )


def _locating(
    attribute_swaps: list[AttributeSwap],
    samples: Mapping[str, Sample],
    maps: pd.DataFrame,
    *,
    bare: bool,
) -> Locating:
    needed = _named(attribute_swaps)
    chosen = tuple(sample for name, sample in samples.items() if name in needed)
    return Locating(tuple(attribute_swaps), chosen, maps[maps["case_id"].isin(needed)], bare)
