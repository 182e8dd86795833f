"""Interventions on each class's random sample and on nominated cases, a part at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

import pandas as pd

from auditor.domain.mask_doubts import MaskDoubt
from auditor.domain.samples import Sample
from auditor.domain.schema import names
from auditor.interventions.design import choose
from auditor.interventions.survey import Survey, arrange, count_pictures, survey
from auditor.interventions.trials import run_trials
from auditor.pipeline.setup import Setup
from auditor.scoring.rows import stored_maps
from auditor.storage.writer import RunWriter

PIXELS_A_PART = 64 * 224 * 224
"""Cases are asked as many at a time as have about so many pixels: their donors, up to fifteen
each, are in memory with them."""


def intervene(
    setup: Setup, writer: RunWriter, cases: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The cases with `sampled` and `tested`, and the trials. Parts that are done stay."""
    settings = setup.config.interventions
    groups = cases["duplicate_group"].fillna(cases["case_id"])
    right = cases["mask_doubt"] != MaskDoubt.INVERTED.value
    choice = choose(
        cases.assign(group=groups)[right],
        per_class=settings.per_class,
        nominated_budget=settings.nominated_budget,
        seed=setup.config.run.seed,
    )
    wanted = (choice.sampled | choice.nominated) if settings.enabled else frozenset()
    if wanted:
        _run_parts(setup, writer, cases, setup.find(wanted), sampled=choice.sampled)
    trials = writer.read_parts("trials")
    marked = cases.assign(
        sampled=cases["case_id"].isin(choice.sampled),
        tested=cases["case_id"].isin(set(trials["case_id"])),
    )
    return marked, trials


def _run_parts(
    setup: Setup,
    writer: RunWriter,
    cases: pd.DataFrame,
    subjects: Mapping[str, Sample],
    *,
    sampled: frozenset[str],
) -> None:
    swaps, batch_size = setup.config.interventions.swaps, setup.config.run.batch_size
    setup.progress.stage("choosing backgrounds", len(subjects))
    found = survey(setup.batches(list(subjects.values())), batch_size=batch_size)
    meetings = arrange(found, sampled=sampled, swaps=swaps, seed=setup.config.run.seed)
    parts = _parts(found)
    left = {i: part for i, part in parts.items() if not writer.has_part("trials", i)}
    pictures = count_pictures(found, meetings, swaps=swaps)
    setup.progress.stage(
        f"intervening (about {pictures:,} changed pictures in all)", sum(map(len, left.values()))
    )
    for i, part in left.items():
        asked = frozenset(sample.case_id for sample in part)
        needed = asked | meetings.donors_of(asked)
        batch = setup.load([sample for name, sample in subjects.items() if name in needed])
        rows = run_trials(
            setup.classifier,
            batch,
            meetings.of(asked),
            asked=asked,
            swaps=swaps,
            batch_size=batch_size,
            progress=setup.progress,
            maps=stored_maps(cases, [sample.case_id for sample in batch.samples]),
        )
        writer.write_part("trials", i, pd.DataFrame(map(asdict, rows), columns=names("trials")))


def _parts(found: Survey) -> dict[int, tuple[Sample, ...]]:
    """Neighbours in the order of the data, so of one class mostly: they meet the same donors."""
    size = max(1, PIXELS_A_PART // max(1, found.pixels))
    starts = range(0, len(found.samples), size)
    return {i: found.samples[start : start + size] for i, start in enumerate(starts)}
