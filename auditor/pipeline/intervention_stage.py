"""Interventions on some cases, a part at a time. `look_rounds` says on which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from auditor.domain.messages import N_, phrase
from auditor.domain.samples import Sample
from auditor.interventions.donor_assignment import (
    DonorAssignment,
    DonorEligibility,
    assess_eligibility,
    assign_donors,
    count_pictures,
)
from auditor.interventions.plan import EVERYTHING, Scope
from auditor.interventions.trial_frame import trial_frame
from auditor.interventions.trials import run_trials
from auditor.pipeline.background_writer import keep
from auditor.pipeline.not_finite import refuse_many
from auditor.pipeline.setup import Setup
from auditor.pipeline.worker import Worker
from auditor.ports import Progress
from auditor.scoring.rows import stored_maps
from auditor.storage.parts import Parts
from auditor.storage.tables import release_memory
from auditor.tensors.batch import Batch

UNANSWERED = "unanswered"
"""Parts that name the cases whose changed versions have no finite answer."""
PIXELS_A_PART = 64 * 224 * 224
"""Cases are asked as many at a time as have about so many pixels: their donors, up to fifteen
each, are in memory with them."""
CASES_A_PART = 512
"""And so many at most: of small pictures not the pixels fill the memory but the answers, and the
donors, of which every part has its own."""
MAP = ("case_id", "cam", "cam_height", "cam_width", "cam_scale")


def grouped(subjects: Mapping[str, Sample], cases: pd.DataFrame) -> dict[str, Sample]:
    """The samples with the duplicate groups of their cases."""
    own = cases[cases["case_id"].isin(list(subjects)) & cases["duplicate_group"].notna()]
    groups = dict(zip(own["case_id"], own["duplicate_group"], strict=True))
    return {
        name: replace(sample, duplicate_group=groups.get(name, sample.duplicate_group))
        for name, sample in subjects.items()
    }


@dataclass(frozen=True)
class Subjects:
    """Everybody who may be asked or lend a background, looked over once.

    Attributes:
        samples: of all, by case_id.
        eligible: what the choice of donors knew of them.
        assignment: the donors of all. They do not depend on who is asked.
        maps: `MAP` columns of all.
    """

    samples: Mapping[str, Sample]
    eligible: DonorEligibility
    assignment: DonorAssignment
    maps: pd.DataFrame

    @classmethod
    def of(
        cls, setup: Setup, parts: Parts, samples: Mapping[str, Sample], sampled: frozenset[str]
    ) -> Subjects:
        """Choose the donors of some cases.

        Args:
            samples: by case_id.
            sampled: the random sample among them.
        """
        run, swaps = setup.config.run, setup.config.interventions.swaps
        setup.progress.stage(N_("choosing backgrounds"), len(samples))
        found = assess_eligibility(setup.batches(list(samples.values())), batch_size=run.batch_size)
        assignment = assign_donors(
            found,
            sampled=sampled,
            swaps=swaps,
            seed=run.seed,
            labels=setup.classifier.labels,
        )
        return cls(samples, found, assignment, parts.find("cases", samples, MAP))


def ask_about(
    setup: Setup,
    parts: Parts,
    subjects: Subjects,
    asked: frozenset[str],
    scope: Scope,
    *,
    first: int,
) -> int:
    """Make the trials of some cases. Parts that are done stay.

    Args:
        asked: case_ids among the subjects.
        scope: what is asked of some of them only.
        first: number of their first part.

    Returns:
        The number of the part after their last.
    """
    swaps = setup.config.interventions.swaps
    shares = _shares(subjects.eligible, asked, first)
    if not shares:
        return first
    left = {i: share for i, share in shares.items() if not parts.has("trials", i)}
    pictures = count_pictures(
        subjects.eligible, subjects.assignment, swaps=swaps, asked=asked, scope=scope
    )
    setup.progress.stage(
        phrase("interventions (about {n:,} changed pictures)", n=pictures),
        sum(map(len, left.values())),
    )
    tasks = ((i, _asking(share, subjects, scope)) for i, share in left.items())
    broken = 0

    def write(i: int, answered: Asked) -> None:
        nonlocal broken
        broken += len(answered.unanswered)
        refuse_many(broken, len(asked))
        parts.write(UNANSWERED, i, answered.unanswered)
        # The trials come last: their part says that the share is done.
        parts.write("trials", i, answered.trials)

    keep(setup.engine.each(ask, tasks, setup.progress), write)
    parts.expect("trials", shares)
    return first + len(shares)


@dataclass(frozen=True)
class Asking:
    """Some cases to intervene on, and all that this takes.

    Attributes:
        asked: case_ids.
        samples: of the asked cases and of the donors that they meet.
        meetings: of the asked cases.
        maps: `MAP` columns of the samples' cases.
        scope: what is asked of some of them only.
    """

    asked: frozenset[str]
    samples: tuple[Sample, ...]
    assignment: DonorAssignment
    maps: pd.DataFrame
    scope: Scope = EVERYTHING

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
    """The trials of numbered tasks. Nothing of one is in memory any more when the next begins."""
    for i, task in tasks:
        yield i, _answered(worker, task, progress)
        release_memory()


def _answered(worker: Worker, task: Asking, progress: Progress) -> Asked:
    run = worker.config.run
    batch = Batch.concatenate(
        [each.batch for each in worker.loader.load(task.samples) if each.batch]
    )
    rows = run_trials(
        worker.classifier,
        batch,
        task.assignment,
        asked=task.asked,
        swaps=worker.config.interventions.swaps,
        batch_size=run.batch_size,
        progress=progress,
        maps=stored_maps(task.maps, [sample.case_id for sample in batch.samples]),
        scope=task.scope,
        store=worker.pictures,
    )
    return _asked(trial_frame(rows), task)


def _asked(trials: pd.DataFrame, task: Asking) -> Asked:
    broken = set(trials.loc[trials["p_label"].isna(), "case_id"])
    cases = [(each.case_id, each.image) for each in task.samples if each.case_id in broken]
    left = trials if not broken else trials[~trials["case_id"].isin(broken)]
    return Asked(left, pd.DataFrame(cases, columns=["case_id", "image"], dtype="str"))


def _asking(share: Sequence[Sample], subjects: Subjects, scope: Scope) -> Asking:
    asked = frozenset(sample.case_id for sample in share)
    needed = asked | subjects.assignment.donors_of(asked)
    samples = tuple(sample for sample in subjects.eligible.samples if sample.case_id in needed)
    return Asking(
        asked,
        samples,
        subjects.assignment.of(asked),
        subjects.maps[subjects.maps["case_id"].isin(needed)],
        scope.of(asked),
    )


def _shares(
    found: DonorEligibility, asked: frozenset[str], first: int
) -> dict[int, tuple[Sample, ...]]:
    """Neighbours in the order of the data, so of one class mostly: they meet the same donors."""
    size = min(CASES_A_PART, max(1, PIXELS_A_PART // max(1, found.pixels)))
    members = tuple(sample for sample in found.samples if sample.case_id in asked)
    starts = range(0, len(members), size)
    return {first + i: members[start : start + size] for i, start in enumerate(starts)}
