"""Trials that are read when they are asked for: a few interventions are in memory at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from auditor.domain.interventions import Intervention
from auditor.findings.evidence.trial_table import CaseFacts, in_order
from auditor.findings.frames import as_numbers

ROWS_KEPT = 2**18
"""So many rows that were asked for last are kept, and what had to be read twice, for that is asked
of class after class: the largest table of a large audit is asked for once, and not held."""


@dataclass(frozen=True)
class TakingPart:
    """Who takes part in the trials.

    Attributes:
        cases: case_ids of all trials.
        tested: of those that have an answer.
        donors: of the trials that have an answer, the statistical cluster of every donor by
            case_id, None where none is stored.
    """

    cases: frozenset[str]
    tested: frozenset[str]
    donors: Mapping[str, str | None]


class TrialSource(Protocol):
    """Who has the trials of an audit."""

    def whole(self) -> pd.DataFrame:
        """All of them: TRIALS columns. The caller owns the frame."""

    def of_kinds(self, interventions: Collection[str]) -> pd.DataFrame:
        """Those of some interventions, in the order of `whole`. The caller owns the frame."""

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
        involved = as_numbers(cases[cases["case_id"].isin(found.cases | found.donors.keys())])
        self._known = frozenset(involved["case_id"])
        self._tested = sorted(found.tested & self._known)
        self._facts = CaseFacts.of(involved, self._tested, seed=seed)
        self._donors = found.donors
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

    def whole(self) -> pd.DataFrame:
        """All rows; they are not kept."""
        return self._made_ready(self._source.whole())

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
