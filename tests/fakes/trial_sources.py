"""A source of trials that counts what is asked of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import pandas as pd

from auditor.findings.evidence.trials_by_kind import TakingPart


@dataclass
class CountingSource:
    """Hands out copies of a frame's rows.

    Attributes:
        rows: TRIALS columns.
        read: how many rows each reading had, by the interventions that were asked for; `whole` of
            all of them.
    """

    rows: pd.DataFrame
    read: dict[str, list[int]] = field(default_factory=dict)

    def whole(self) -> pd.DataFrame:
        return self._counted("whole", self.rows.copy())

    def of_kinds(self, interventions: Collection[str]) -> pd.DataFrame:
        chosen = self.rows[self.rows["intervention"].isin(list(interventions))]
        return self._counted(" ".join(sorted(interventions)), chosen.reset_index(drop=True))

    def taking_part(self) -> TakingPart:
        answered = self.rows[self.rows["p_label"].notna()]
        lent = answered[answered["donor"].notna()]
        return TakingPart(
            frozenset(self.rows["case_id"]),
            frozenset(answered["case_id"]),
            dict(zip(lent["donor"], lent["donor_group"], strict=True)),
        )

    def _counted(self, asked: str, rows: pd.DataFrame) -> pd.DataFrame:
        self.read.setdefault(asked, []).append(len(rows))
        return rows
