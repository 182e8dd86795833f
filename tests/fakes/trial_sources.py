"""A source of trials that counts what is asked of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

import pandas as pd

from auditor.findings.evidence.trials_by_kind import TakingPart


@dataclass
class CountingSource:
    """Hands out copies of a frame's rows.

    Attributes:
        rows: TRIALS columns.
        read: how many rows each reading had, by the interventions that were asked for; `cases` of
            those of some cases.
    """

    rows: pd.DataFrame
    read: dict[str, list[int]] = field(default_factory=dict)

    def of_cases(self, case_ids: Collection[str]) -> pd.DataFrame:
        chosen = self.rows[self.rows["case_id"].isin(list(case_ids))]
        return self._counted("cases", chosen.reset_index(drop=True))

    def of_kinds(self, interventions: Collection[str]) -> pd.DataFrame:
        chosen = self.rows[self.rows["intervention"].isin(list(interventions))]
        return self._counted(" ".join(sorted(interventions)), chosen.reset_index(drop=True))

    def taking_part(self) -> TakingPart:
        answered = self.rows[self.rows["p_label"].notna()]
        lent = answered[answered["donor"].notna()]
        return TakingPart(
            Counter(self.rows["case_id"]),
            frozenset(answered["case_id"]),
            dict(zip(lent["donor"], lent["donor_group"], strict=True)),
        )

    def _counted(self, asked: str, rows: pd.DataFrame) -> pd.DataFrame:
        self.read.setdefault(asked, []).append(len(rows))
        return rows
