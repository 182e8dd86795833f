"""The trials of both rounds in their parts: read when they are needed, held by nobody else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace

import pandas as pd

from auditor.domain.interventions import Intervention
from auditor.findings.evidence.trials_by_kind import TakingPart
from auditor.storage.parts import Parts

FIRST_ROUND, SECOND_ROUND = "trials", "localisation"
"""Stages."""
WHO = ("case_id", "donor", "donor_group", "p_label")
"""Columns that tell who takes part."""


@dataclass(frozen=True)
class StoredTrials:
    """Rows of the trials table, in the order of the parts, the first round before the second.

    Texts are plain objects, each there once, and null is None. A
    `auditor.findings.evidence.trials_by_kind.TrialSource`.

    Attributes:
        parts: of the run.
        stages: that are read.
        cases: only their trials; those of all when None.
    """

    parts: Parts
    stages: tuple[str, ...] = (FIRST_ROUND, SECOND_ROUND)
    cases: frozenset[str] | None = None

    def whole(self) -> pd.DataFrame:
        """All trials."""
        return self.parts.read_shared(*self.stages, only=self._only())

    def of_kinds(
        self, interventions: Collection[str], columns: Collection[str] | None = None
    ) -> pd.DataFrame:
        """All trials of some interventions; only some columns of them."""
        only = {"intervention": interventions, **self._only()}
        return self.parts.read_shared(*self.stages, columns=columns, only=only)

    def of_cases(self, case_ids: Collection[str]) -> pd.DataFrame:
        """All trials of some cases."""
        asked = frozenset(case_ids)
        return replace(self, cases=asked if self.cases is None else asked & self.cases).whole()

    def taking_part(self) -> TakingPart:
        """Whom the trials are about; a part in memory at a time."""
        cases: Counter[str] = Counter()
        tested: set[str] = set()
        donors: dict[str, str | None] = {}
        for stage in self.stages:
            for rows in self.parts.each_shared(stage, WHO, only=self._only()):
                cases.update(rows["case_id"])
                answered = rows[rows["p_label"].notna()]
                tested.update(answered["case_id"])
                lent = answered[answered["donor"].notna()].drop_duplicates("donor", keep="last")
                donors.update(zip(lent["donor"], lent["donor_group"], strict=True))
        return TakingPart(cases, frozenset(tested), donors)

    def _only(self) -> dict[str, Collection[str]]:
        return {} if self.cases is None else {"case_id": self.cases}


def first_round(parts: Parts, *kinds: Intervention, columns: Collection[str]) -> pd.DataFrame:
    """Trials of some interventions of the first round, some columns of them."""
    stored = StoredTrials(parts, (FIRST_ROUND,))
    return stored.of_kinds([kind.value for kind in kinds], columns)
