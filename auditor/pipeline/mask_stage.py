"""Swaps of backgrounds that are cut out with wrong masks: whether a verdict depends on the masks.

Resume-safe as every stage: the choice follows from the trials, one part per class.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import pandas as pd

from auditor.domain.interventions import Fill, Intervention
from auditor.domain.mask_references import MaskSource
from auditor.domain.messages import N_
from auditor.domain.samples import Sample
from auditor.interventions.mask_errors import MaskSwap, as_table, run_mask_trials
from auditor.pipeline.background_writer import keep
from auditor.pipeline.setup import Setup
from auditor.pipeline.stored_trials import first_round
from auditor.pipeline.verdict_stage import MASK_TRIALS, automatic_classes
from auditor.pipeline.worker import Worker
from auditor.ports import Progress
from auditor.storage.parts import Parts
from auditor.tensors.batch import Batch

SWAPPED = ("case_id", "label", "intervention", "fill", "donor")
"""Columns of the trials that the choice of swaps looks at."""
OBJECTS, DONORS = 20, 3
"""Objects of a class, and donors of other classes that each meets beside one of its own: with the
masks as given and six errors at most 7 * 20 * (3 + 1) = 560 forward passes a class."""


@dataclass(frozen=True)
class Doubted:
    """One class whose masks are tried.

    Attributes:
        swaps: of its objects.
        samples: of all cases that take part.
        doubted: case_ids whose masks are changed.
    """

    swaps: tuple[MaskSwap, ...]
    samples: tuple[Sample, ...]
    doubted: frozenset[str]

    def __len__(self) -> int:
        return 1


def try_masks(setup: Setup, parts: Parts, cases: pd.DataFrame) -> None:
    """Make the mask trials of every class that is asked about. Parts that are done stay.

    Args:
        parts: with the trials of the first round.
        cases: of every audited image.
    """
    mode = setup.config.findings.mask_stability
    asked = doubted_classes(cases, mode)
    if not asked:
        return
    trials = first_round(
        parts,
        Intervention.BACKGROUND_SAME,
        Intervention.BACKGROUND_OTHER,
        columns=SWAPPED,
    )
    if trials.empty:
        return
    masked = cases["mask_source"].ne(MaskSource.NONE.value)
    changed = masked if mode == "always" else cases["mask_source"].eq(MaskSource.AUTO.value)
    doubted = frozenset(cases.loc[changed, "case_id"])
    sampled = frozenset(cases.loc[cases["sampled"], "case_id"])
    chosen = {i: choose_swaps(trials, name, sampled) for i, name in enumerate(asked)}
    chosen = {i: swaps for i, swaps in chosen.items() if swaps}
    left = {i: swaps for i, swaps in chosen.items() if not parts.has(MASK_TRIALS, i)}
    setup.progress.stage(N_("trying slightly wrong masks"), len(left))
    tasks = ((i, _task(setup, swaps, doubted)) for i, swaps in left.items())
    keep(setup.engine.each(try_class, tasks, setup.progress), partial(parts.write, MASK_TRIALS))
    parts.expect(MASK_TRIALS, chosen)


def doubted_classes(cases: pd.DataFrame, mode: str) -> tuple[str, ...]:
    """The classes whose masks are tried, sorted: of `auto` those with many automatic masks."""
    if mode == "off":
        return ()
    if mode == "auto":
        return tuple(sorted(automatic_classes(cases)))
    masked = cases.loc[cases["mask_source"].ne(MaskSource.NONE.value), "label"]
    return tuple(sorted(map(str, masked.unique())))


def choose_swaps(trials: pd.DataFrame, name: str, sampled: frozenset[str]) -> tuple[MaskSwap, ...]:
    """The swaps of one class: of those that the first round made, in a fixed order.

    Args:
        trials: of the first round.
        name: of the class.
        sampled: case_ids of the random sample.
    """
    own = trials[
        trials["label"].eq(name)
        & trials["fill"].eq(Fill.BLUR.value)
        & trials["donor"].notna()
        & trials["case_id"].isin(sampled)
    ]
    same, other = (
        own[own["intervention"].eq(kind.value)].groupby("case_id")["donor"].agg(set)
        for kind in (Intervention.BACKGROUND_SAME, Intervention.BACKGROUND_OTHER)
    )
    cases = _drawn(set(same.index) & set(other.index))[:OBJECTS]
    return tuple(
        MaskSwap(case, _drawn(same[case], case)[0], donor)
        for case in cases
        for donor in _drawn(other[case], case)[:DONORS]
    )


def _drawn(names: Iterable[str], salt: str = "") -> list[str]:
    return sorted(names, key=lambda name: hashlib.sha256(f"{salt}\x00{name}".encode()).digest())


def _task(setup: Setup, swaps: Sequence[MaskSwap], doubted: frozenset[str]) -> Doubted:
    needed = frozenset(n for swap in swaps for n in (swap.case, swap.same, swap.other))
    samples = tuple(setup.find(needed).values())
    return Doubted(tuple(swaps), samples, doubted & needed)


def try_class(
    worker: Worker, tasks: Iterable[tuple[int, Doubted]], progress: Progress
) -> Iterator[tuple[int, pd.DataFrame]]:
    """The mask trials of numbered tasks."""
    for i, task in tasks:
        batches = [each.batch for each in worker.loader.load(task.samples) if each.batch]
        trials = run_mask_trials(
            worker.classifier,
            Batch.concatenate(batches),
            task.swaps,
            doubted=task.doubted,
            batch_size=worker.config.run.batch_size,
        )
        progress.advance(1)
        yield i, as_table(trials)
