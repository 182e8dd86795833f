"""Interventions on each class's random sample and on nominated cases, a part at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import pandas as pd

from auditor.domain.mask_doubts import MaskDoubt
from auditor.domain.samples import Sample
from auditor.domain.schema import names
from auditor.interventions.design import CHOSEN_BY, choose
from auditor.interventions.donor_assignment import (
    DonorAssignment,
    DonorEligibility,
    assign_donors,
    count_pictures,
    survey_donors,
)
from auditor.interventions.trials import run_trials
from auditor.pipeline.background_writer import keep
from auditor.pipeline.not_finite import refuse_many
from auditor.pipeline.setup import Setup
from auditor.pipeline.worker import Worker
from auditor.ports import Progress
from auditor.scoring.rows import stored_maps
from auditor.storage.parts import Parts
from auditor.tensors.batch import Batch

UNANSWERED = "unanswered"
"""Parts that name the cases whose changed versions have no finite answer."""
PIXELS_A_PART = 64 * 224 * 224
"""Cases are asked as many at a time as have about so many pixels: their donors, up to fifteen
each, are in memory with them."""
MAP = ("case_id", "cam", "cam_height", "cam_width", "cam_scale")


def intervene(setup: Setup, parts: Parts, cases: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The cases with `sampled` and `tested`, and the trials. Parts that are done stay."""
    settings = setup.config.interventions
    choice = choose(
        cases.loc[cases["mask_doubt"] != MaskDoubt.INVERTED.value, list(CHOSEN_BY)],
        per_class=settings.most,
        nominated_budget=settings.nominated_budget,
        seed=setup.config.run.seed,
    )
    wanted = (choice.sampled | choice.nominated) if settings.enabled else frozenset()
    if wanted:
        subjects = grouped(setup.find(wanted), cases)
        _run_parts(setup, parts, subjects, sampled=choice.sampled)
    trials = parts.read("trials")
    marked = cases.assign(
        sampled=cases["case_id"].isin(choice.sampled),
        tested=cases["case_id"].isin(set(trials["case_id"])),
    )
    return marked, trials


def grouped(subjects: Mapping[str, Sample], cases: pd.DataFrame) -> dict[str, Sample]:
    """The samples with the duplicate groups of their cases."""
    own = cases[cases["case_id"].isin(list(subjects)) & cases["duplicate_group"].notna()]
    groups = dict(zip(own["case_id"], own["duplicate_group"], strict=True))
    return {
        name: replace(sample, duplicate_group=groups.get(name, sample.duplicate_group))
        for name, sample in subjects.items()
    }


def _run_parts(
    setup: Setup, parts: Parts, subjects: Mapping[str, Sample], *, sampled: frozenset[str]
) -> None:
    swaps, batch_size = setup.config.interventions.swaps, setup.config.run.batch_size
    setup.progress.stage("choosing backgrounds", len(subjects))
    found = survey_donors(setup.batches(list(subjects.values())), batch_size=batch_size)
    assignment = assign_donors(
        found,
        sampled=sampled,
        swaps=swaps,
        seed=setup.config.run.seed,
        labels=setup.classifier.labels,
    )
    shares = _shares(found)
    left = {i: share for i, share in shares.items() if not parts.has("trials", i)}
    pictures = count_pictures(found, assignment, swaps=swaps)
    setup.progress.stage(
        f"interventions (about {pictures:,} changed pictures in all)", sum(map(len, left.values()))
    )
    maps = parts.find("cases", subjects, MAP)
    tasks = ((i, _asking(share, subjects, assignment, maps)) for i, share in left.items())
    broken = 0

    def write(i: int, asked: Asked) -> None:
        nonlocal broken
        broken += len(asked.unanswered)
        refuse_many(broken, len(subjects))
        parts.write(UNANSWERED, i, asked.unanswered)
        # The trials come last: their part says that the share is done.
        parts.write("trials", i, asked.trials)

    keep(setup.engine.each(ask, tasks, setup.progress), write)
    parts.expect("trials", shares)


@dataclass(frozen=True)
class Asking:
    """Some cases to intervene on, and all that this takes.

    Attributes:
        asked: case_ids.
        samples: of the asked cases and of the donors that they meet.
        meetings: of the asked cases.
        maps: `MAP` columns of the samples' cases.
    """

    asked: frozenset[str]
    samples: tuple[Sample, ...]
    assignment: DonorAssignment
    maps: pd.DataFrame

    def __len__(self) -> int:
        return len(self.asked)


@dataclass(frozen=True)
class Asked:
    """What came of some cases: rows of the trials table, and the cases (`case_id`, `image`) that
    have none, since the network has no finite answer to some change of them."""

    trials: pd.DataFrame
    unanswered: pd.DataFrame


def ask(
    worker: Worker, tasks: Iterable[tuple[int, Asking]], progress: Progress
) -> Iterator[tuple[int, Asked]]:
    """The trials of numbered tasks."""
    run = worker.config.run
    for i, task in tasks:
        batches = [each.batch for each in worker.loader.load(task.samples) if each.batch]
        batch = Batch.concatenate(batches)
        rows = run_trials(
            worker.classifier,
            batch,
            task.assignment,
            asked=task.asked,
            swaps=worker.config.interventions.swaps,
            batch_size=run.batch_size,
            progress=progress,
            maps=stored_maps(task.maps, [sample.case_id for sample in batch.samples]),
        )
        yield i, _asked(pd.DataFrame(map(asdict, rows), columns=names("trials")), task)


def _asked(trials: pd.DataFrame, task: Asking) -> Asked:
    broken = set(trials.loc[trials["p_label"].isna(), "case_id"])
    cases = [(each.case_id, each.image) for each in task.samples if each.case_id in broken]
    left = trials if not broken else trials[~trials["case_id"].isin(broken)]
    return Asked(left, pd.DataFrame(cases, columns=["case_id", "image"], dtype="str"))


def _asking(
    share: Sequence[Sample],
    subjects: Mapping[str, Sample],
    assignment: DonorAssignment,
    maps: pd.DataFrame,
) -> Asking:
    asked = frozenset(sample.case_id for sample in share)
    needed = asked | assignment.donors_of(asked)
    samples = tuple(sample for name, sample in subjects.items() if name in needed)
    return Asking(asked, samples, assignment.of(asked), maps[maps["case_id"].isin(needed)])


def _shares(found: DonorEligibility) -> dict[int, tuple[Sample, ...]]:
    """Neighbours in the order of the data, so of one class mostly: they meet the same donors."""
    size = max(1, PIXELS_A_PART // max(1, found.pixels))
    starts = range(0, len(found.samples), size)
    return {i: found.samples[start : start + size] for i, start in enumerate(starts)}
