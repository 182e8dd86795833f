"""Whom interventions ask: each class's random sample look by look, and nominated cases.

After each look the classes that are decided stop, the others are asked about more objects
(decision 23). At the end the rest of a confirmed class's sample is asked, too: which of its
pictures depend on the cue is told picture by picture. Resume-safe as every stage: samples, donors
and looks are settled beforehand, and who goes on is a part of its own, so that every process of a
job and a resumed run read the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, chain, zip_longest

import pandas as pd

from auditor.domain.cues import Cue
from auditor.domain.mask_doubts import SCORELESS, MaskDoubt
from auditor.domain.messages import N_
from auditor.domain.verdicts import ClassVerdict
from auditor.findings.class_decisions import decide_classes
from auditor.findings.verdicts.stopping import closed_tests, settled
from auditor.interventions.design import CHOSEN_BY, Choice, choose
from auditor.interventions.plan import Scope
from auditor.pipeline.intervention_stage import Subjects, ask_about, grouped
from auditor.pipeline.setup import Setup
from auditor.pipeline.stored_trials import FIRST_ROUND, StoredTrials
from auditor.pipeline.verdict_stage import doubtful_classes
from auditor.scoring.null import null_nomination_rates
from auditor.statistics.sequential import LookPosition
from auditor.storage.parts import Parts
from auditor.storage.tables import release_memory

STAGE = "looks"
DECIDED = ["round", "class", "goes_on", "confirmed", "closed"]
"""Columns of its parts: a class with objects left, whether it goes on, whether it is confirmed,
and as JSON what is tried no more on it."""


@dataclass(frozen=True)
class Intervened:
    """What the interventions left behind.

    Attributes:
        cases: with `drawn` (in the class's random sample), `sampled` (and asked in its looks) and
            `tested`.
        standing: of each class that was asked, the look at which it was decided.
    """

    cases: pd.DataFrame
    standing: Mapping[str, LookPosition]


def intervene(setup: Setup, parts: Parts, cases: pd.DataFrame) -> Intervened:
    """Ask the sample of every class look by look, and nominated cases. Parts that are done stay."""
    settings = setup.config.interventions
    choice = choose(
        cases.loc[cases["mask_doubt"] != MaskDoubt.INVERTED.value, list(CHOSEN_BY)],
        # A label and its absence are a pair, and no pair is decided before its last look.
        looks=settings.looks[-1:] if setup.classifier.labels else settings.looks,
        nominated_budget=settings.nominated_budget,
        seed=setup.config.run.seed,
    )
    cases = cases.assign(drawn=cases["case_id"].isin(choice.sampled))
    standing: dict[str, LookPosition] = {}
    wanted = (choice.sampled | choice.nominated) if settings.enabled else frozenset()
    if wanted:
        samples = grouped(setup.find(wanted), cases)
        subjects = Subjects.of(setup, parts, samples, choice.sampled)
        standing = _Rounds(setup, parts, cases, choice, subjects).run()
    asked = _reached(choice, standing) if wanted else choice.sampled
    marked = cases.assign(
        sampled=cases["case_id"].isin(asked),
        tested=cases["case_id"].isin([*StoredTrials(parts, (FIRST_ROUND,)).taking_part().cases]),
    )
    return Intervened(marked, standing)


def nomination_nulls(setup: Setup, parts: Parts, cases: pd.DataFrame) -> dict[str, float | None]:
    """By class, the nomination rate of its drawn sample under permuted masks."""
    drawn = cases.loc[cases["drawn"] & ~cases["mask_doubt"].isin(SCORELESS), "case_id"]
    return null_nomination_rates(parts.find("cases", drawn), seed=setup.config.run.seed)


class _Rounds:
    """One round after the other until every class is decided or at its last look."""

    def __init__(
        self, setup: Setup, parts: Parts, cases: pd.DataFrame, choice: Choice, subjects: Subjects
    ) -> None:
        self._setup, self._parts, self._cases = setup, parts, cases
        self._choice, self._subjects = choice, subjects
        self._misled = frozenset(cases.loc[~cases["correct"].astype(bool), "case_id"])
        self._nulls: dict[str, float | None] | None = None

    def run(self) -> dict[str, LookPosition]:
        """The look at which each class was decided."""
        turns = self._choice.turns
        standing = {name: LookPosition(_ends(own), 0) for name, own in turns.items()}
        asked = frozenset(name for own in turns.values() for name in own[0])
        part = self._ask(asked | self._choice.nominated, {}, first=0)
        number, confirmed = 0, frozenset[str]()
        while any(map(_has_more, standing.values())):
            decided = self._decided(number, standing)
            confirmed = frozenset(decided.loc[decided["confirmed"], "class"])
            going = _going_on(decided)
            if not going:
                break
            closed: dict[str, frozenset[Cue]] = {}
            for name, cues in going.items():
                stands = standing[name]
                standing[name] = replace(stands, position=stands.position + 1)
                closed |= dict.fromkeys(turns[name][stands.position + 1], cues)
            part = self._ask(closed, closed, first=part)
            number += 1
        left = self._left_nominated(standing) | self._left_of(confirmed, standing)
        self._ask(left, {}, first=part, alone=True)
        return standing

    def _ask(
        self,
        asked: Iterable[str],
        closed: Mapping[str, frozenset[Cue]],
        *,
        first: int,
        alone: bool = False,
    ) -> int:
        """The number of the next part.

        Args:
            closed: by case.
            first: number of the first part.
            alone: the cases count for themselves, so nothing is tried that tells of classes.
        """
        subjects = self._subjects
        if alone:
            unsampled = replace(subjects.assignment, sampled=frozenset())
            subjects = replace(subjects, assignment=unsampled)
        scope = Scope(self._misled, closed)
        return ask_about(self._setup, self._parts, subjects, frozenset(asked), scope, first=first)

    def _decided(self, number: int, standing: Mapping[str, LookPosition]) -> pd.DataFrame:
        """`DECIDED` of this round."""
        setup, parts = self._setup, self._parts
        if setup.engine.leads and not parts.has(STAGE, number):
            parts.write(STAGE, number, self._decide(number, standing))
        setup.engine.meet()
        parts.expect(STAGE, [number])
        rows = parts.read(STAGE)
        return rows[rows["round"] == number]

    def _decide(self, number: int, standing: Mapping[str, LookPosition]) -> pd.DataFrame:
        """`DECIDED`, from the trials until here."""
        setup, settings = self._setup, self._setup.config.findings
        setup.progress.stage(N_("deciding which classes go on"), len(standing))
        if self._nulls is None:
            self._nulls = nomination_nulls(setup, self._parts, self._cases)
        reached = _reached(self._choice, standing)
        found = decide_classes(
            self._cases.assign(sampled=self._cases["case_id"].isin(reached)),
            StoredTrials(self._parts, (FIRST_ROUND,), reached | self._choice.nominated),
            settings=settings,
            seed=setup.config.run.seed,
            classes=tuple(map(str, self._cases["label"].unique())),
            null_nominated=self._nulls,
            doubtful=doubtful_classes(self._cases, setup.provenance.auto_masks),
            at=standing,
        )
        stopped = settled(found.evidence, found.decisions, settings)
        rows = [
            (
                number,
                each.name,
                each.name not in stopped,
                decision.verdict is ClassVerdict.CONFIRMED,
                _written(closed_tests(each, decision, settings)),
            )
            for each in found.evidence
            if _has_more(standing.get(each.name))
            for decision in [found.decisions[each.name]]
        ]
        release_memory()
        return pd.DataFrame(rows, columns=DECIDED)

    def _left_nominated(self, standing: Mapping[str, LookPosition]) -> frozenset[str]:
        """Nominated cases of samples that stopped before they were reached, as far as the budget
        goes: they are told of as the other nominated ones are."""
        nominated = frozenset(self._cases.loc[self._cases["nominated"].eq(True), "case_id"])
        budget = self._setup.config.interventions.nominated_budget - len(self._choice.nominated)
        queues = [self._queue(label, stands) for label, stands in sorted(standing.items())]
        kept = [[name for name in queue if name in nominated] for queue in queues]
        in_turn = [name for name in chain.from_iterable(zip_longest(*kept)) if name is not None]
        return frozenset(in_turn[: max(0, budget)])

    def _left_of(
        self, names: Iterable[str], standing: Mapping[str, LookPosition]
    ) -> frozenset[str]:
        """Cases of the samples of some classes that their looks did not reach."""
        return frozenset(case for name in names for case in self._queue(name, standing[name]))

    def _queue(self, label: str, stands: LookPosition) -> list[str]:
        return [name for turn in self._choice.turns[label][stands.position + 1 :] for name in turn]


def _going_on(decided: pd.DataFrame) -> dict[str, frozenset[Cue]]:
    """The classes that are not decided and have objects left, and what is tried no more."""
    own = decided[decided["goes_on"]]
    return {
        str(name): frozenset(map(Cue, json.loads(closed)))
        for name, closed in zip(own["class"], own["closed"], strict=True)
    }


def _ends(turns: Sequence[Sequence[str]]) -> tuple[int, ...]:
    """Objects at each look."""
    return tuple(accumulate(map(len, turns)))


def _reached(choice: Choice, standing: Mapping[str, LookPosition]) -> frozenset[str]:
    """Cases of the samples up to the looks where the classes stand."""
    return frozenset(
        name
        for label, stands in standing.items()
        for turn in choice.turns[label][: stands.position + 1]
        for name in turn
    )


def _has_more(stands: LookPosition | None) -> bool:
    return stands is not None and stands.position + 1 < len(stands.looks)


def _written(closed: Iterable[Cue]) -> str:
    return json.dumps(sorted(cue.value for cue in closed))
