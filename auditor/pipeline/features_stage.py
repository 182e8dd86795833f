"""What is left of sampled images without their object, a part at a time, for the dataset's leak."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, fields
from functools import partial

import pandas as pd

from auditor.domain.mask_references import MaskSource
from auditor.domain.messages import N_
from auditor.domain.samples import Sample
from auditor.interventions.background_features import BackgroundFeatures, background_features
from auditor.pipeline.background_writer import keep
from auditor.pipeline.setup import Setup
from auditor.pipeline.worker import Worker
from auditor.ports import Progress
from auditor.storage.parts import Parts

REMAINS = [field.name for field in fields(BackgroundFeatures)]
BATCHES_A_PART = 16


def describe(setup: Setup, parts: Parts, cases: pd.DataFrame) -> None:
    """Describe the random sample (`drawn`). Parts that are done stay."""
    chosen = cases[cases["drawn"] & (cases["mask_source"] != MaskSource.NONE.value)]
    if chosen.empty or not setup.config.interventions.enabled:
        return
    samples = list(setup.find(frozenset(chosen["case_id"])).values())
    size = BATCHES_A_PART * setup.config.run.batch_size
    shares = {
        i: samples[start : start + size] for i, start in enumerate(range(0, len(samples), size))
    }
    left = {i: share for i, share in shares.items() if not parts.has("background_features", i)}
    setup.progress.stage(N_("background features"), sum(map(len, left.values())))
    made = setup.engine.each(describe_share, left.items(), setup.progress)
    keep(made, partial(parts.write, "background_features"))
    parts.expect("background_features", shares)


def describe_share(
    worker: Worker, tasks: Iterable[tuple[int, Sequence[Sample]]], progress: Progress
) -> Iterator[tuple[int, pd.DataFrame]]:
    """The descriptions of numbered tasks."""
    for i, share in tasks:
        found: list[BackgroundFeatures] = []
        for loaded in worker.loader.load(share):
            if loaded.batch is not None:
                found += background_features(
                    worker.classifier,
                    loaded.batch,
                    asked=frozenset(sample.case_id for sample in loaded.batch.samples),
                    batch_size=worker.config.run.batch_size,
                )
            progress.advance(len(loaded.skips) + (len(loaded.batch) if loaded.batch else 0))
        yield i, pd.DataFrame(map(asdict, found), columns=REMAINS)
