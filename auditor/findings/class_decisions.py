"""Evidence of every class and a verdict on it, from the trials so far."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from auditor.config import FindingsSection
from auditor.domain.multilabel import absent
from auditor.findings.evidence.class_evidence import ClassEvidence, Gathered, gather
from auditor.findings.evidence.held_to_look import held_to
from auditor.findings.evidence.label_evidence import answered, gather_labels
from auditor.findings.evidence.population import population, taking_part
from auditor.findings.evidence.trial_table import TrialTable, tidy
from auditor.findings.evidence.trials_by_kind import TrialsByKind, TrialSource
from auditor.findings.verdicts.class_verdicts import Decision, decide, of_two, with_q_values
from auditor.findings.verdicts.shared_cues import of_three
from auditor.statistics.sequential import LookPosition

Trials = pd.DataFrame | TrialSource
"""TRIALS columns, or who has them."""


@dataclass(frozen=True)
class DecidedClasses:
    """What the trials so far say of every class.

    Attributes:
        table: the trials.
        population: every audited image, see `auditor.findings.evidence.population`.
        gathered: evidence, held to the look where each class stands.
        decisions: by class.
        labels: of several an image those that are in the data, sorted.
    """

    table: TrialTable
    population: pd.DataFrame
    gathered: Gathered
    decisions: Mapping[str, Decision]
    labels: tuple[str, ...] = ()

    @property
    def evidence(self) -> tuple[ClassEvidence, ...]:
        """Of every class."""
        return self.gathered.classes


def decide_classes(
    cases: pd.DataFrame,
    trials: Trials,
    *,
    settings: FindingsSection,
    seed: int,
    classes: Sequence[str],
    null_nominated: Mapping[str, float | None],
    doubtful: Collection[str] = (),
    labels: Sequence[str] = (),
    at: Mapping[str, LookPosition] | None = None,
) -> DecidedClasses:
    """A verdict on every class.

    Args:
        doubtful: classes whose automatic masks miss drawn ones by too much to count.
        labels: of several an image, see `evaluate.evaluate_classes`.
        at: the looks of each class and where it stands; a class that is absent has one look.
        trials: TRIALS columns, or who has them: then a few interventions are in memory at a time,
            or a few of several labels.
        cases, settings, seed, classes, null_nominated: see `evaluate.evaluate`.
    """
    table = _table(trials, cases, seed=seed)
    numbers = population(cases, table.case_ids())
    floor, shown = settings.effect_floor, set(numbers["label"].unique())
    own = tuple(sorted(name for name in labels if shown & {name, absent(name)}))
    if labels:
        gathered = gather_labels(
            numbers,
            table,
            own,
            answered(cases, own),
            null_nominated=null_nominated,
            floor=floor,
            seed=seed,
        )
    else:
        gathered = gather(
            numbers,
            table,
            tuple(sorted(set(classes) | shown)),
            model_classes=max(1, len(classes)),
            null_nominated=null_nominated,
            floor=floor,
            seed=seed,
        )
    stands = at or {}
    held = tuple(held_to(e, stands[e.name]) if e.name in stands else e for e in gathered.classes)
    evidence = with_q_values(held)
    decided = {e.name: decide(e, settings, doubtful_masks=e.name in doubtful) for e in evidence}
    return DecidedClasses(
        table=table,
        population=numbers,
        gathered=replace(gathered, classes=evidence),
        decisions=decided if labels else of_three(of_two(decided, evidence), evidence, floor),
        labels=own,
    )


def _table(trials: Trials, cases: pd.DataFrame, *, seed: int) -> TrialTable:
    if isinstance(trials, pd.DataFrame):
        return tidy(trials, taking_part(cases, trials), seed=seed)
    return TrialsByKind(trials, cases, seed=seed)
