"""Trials that are read when they are asked for: of a few interventions, or labels, at a time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from auditor.domain.interventions import Intervention
from auditor.findings.evidence.trial_table import CaseFacts, TrialRows, in_order
from auditor.findings.frames import as_numbers

ROWS_KEPT = 2**18
"""So many rows that were asked for last are kept, and what had to be read twice, for that is asked
of class after class: the largest table of a large audit is asked for once, and not held. Of several
labels as many are read at once as have no more rows together, and at least one."""


@dataclass(frozen=True)
class TakingPart:
    """Who takes part in the trials.

    Attributes:
        cases: of each case the number of its trials, by case_id.
        tested: of those that have an answer.
        donors: of the trials that have an answer, the statistical cluster of every donor by
            case_id, None where none is stored.
    """

    cases: Mapping[str, int]
    tested: frozenset[str]
    donors: Mapping[str, str | None]


class TrialSource(Protocol):
    """Who has the trials of an audit."""

    def of_kinds(self, interventions: Collection[str]) -> pd.DataFrame:
        """Those of some interventions: TRIALS columns. The caller owns the frame."""

    def of_cases(self, case_ids: Collection[str]) -> pd.DataFrame:
        """Those of some cases, as `of_kinds`."""

    def taking_part(self) -> TakingPart:
        """Whom they are about."""


class TrialsByKind:
    """A `TrialTable` that reads the interventions that are asked for; it keeps the last ones.

    Args:
        source: of the trials.
        cases: of every audited image, as `tidy` takes them.
        seed: as for `tidy`.
    """

    def __init__(self, source: TrialSource, cases: pd.DataFrame, *, seed: int) -> None:
        self._source = source
        found = source.taking_part()
        involved = as_numbers(
            cases[cases["case_id"].isin(found.cases.keys() | found.donors.keys())]
        )
        self._known = frozenset(involved["case_id"])
        self._tested = sorted(found.tested & self._known)
        self._facts = CaseFacts.of(involved, self._tested, seed=seed)
        self._donors = found.donors
        self._trials_of = found.cases
        self._kept: dict[frozenset[str], pd.DataFrame] = {}
        self._times_read: Counter[frozenset[str]] = Counter()

    def of(self, *interventions: Intervention) -> pd.DataFrame:
        """Rows of some interventions, sampled or not."""
        kinds = frozenset(name.value for name in interventions)
        rows = self._kept.pop(kinds, None)
        if rows is None:
            rows = self._made_ready(self._source.of_kinds(kinds))
            self._times_read[kinds] += 1
        self._kept[kinds] = rows  # the last one, wherever it was
        self._let_go()
        return rows

    def sample(self, *interventions: Intervention) -> pd.DataFrame:
        """Rows of the random sample alone: what a class is estimated from."""
        rows = self.of(*interventions)
        return rows if rows["sampled"].all() else rows[rows["sampled"]]

    def of_labels(self, sets: Iterable[Collection[str]]) -> Iterator[TrialRows]:
        """The rows of the cases of some labels, one set of labels after the other. As many sets are
        read at once as have `ROWS_KEPT` rows together; they are not kept."""
        own: defaultdict[str, list[str]] = defaultdict(list)
        for case_id in self._trials_of.keys() & self._known:
            own[self._facts.label[case_id]].append(case_id)
        for batch in self._batches(sets, own):
            asked = [case_id for labels in batch for label in labels for case_id in own[label]]
            rows = self._made_ready(self._source.of_cases(asked))
            for labels in batch:
                yield TrialRows(rows[rows["label"].isin(list(labels))])
            del rows  # before the next ones are read

    def _batches(
        self, sets: Iterable[Collection[str]], own: Mapping[str, Sequence[str]]
    ) -> Iterator[list[Collection[str]]]:
        """The sets, those together that are read at once."""
        batch: list[Collection[str]] = []
        held = 0
        for labels in sets:
            rows = sum(self._trials_of[c] for label in labels for c in own.get(label, ()))
            if batch and held + rows > ROWS_KEPT:
                yield batch
                batch, held = [], 0
            batch.append(labels)
            held += rows
        if batch:
            yield batch

    def case_ids(self) -> Sequence[str]:
        """The cases with trials, sorted."""
        return self._tested

    def cluster_of(self) -> Mapping[str, str]:
        """The statistical cluster of every case with trials and of every donor."""
        group = self._facts.group
        tested = {name: group[name] for name in self._tested}
        return tested | {name: group.get(name, own or name) for name, own in self._donors.items()}

    def _made_ready(self, read: pd.DataFrame) -> pd.DataFrame:
        return self._facts.added_to(in_order(read, self._known, used_up=True))

    def _let_go(self) -> None:
        """Of more than `ROWS_KEPT` rows those that were asked for longest ago."""
        for kinds in list(self._kept):
            if sum(map(len, self._kept.values())) <= ROWS_KEPT:
                return
            if self._times_read[kinds] == 1:
                del self._kept[kinds]
