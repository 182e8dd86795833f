"""The trials of both rounds in their parts: read when they are needed, held by nobody else."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from auditor.storage.parts import Parts

FIRST_ROUND, SECOND_ROUND = "trials", "localisation"
"""Stages."""


@dataclass(frozen=True)
class StoredTrials:
    """Rows of the trials table, in the order of the parts, the first round before the second.

    Texts are plain objects, each there once, and null is None.

    Attributes:
        parts: of the run.
    """

    parts: Parts

    def first_round(self, columns: Collection[str] | None = None) -> pd.DataFrame:
        """All trials of the first round; only some columns of them."""
        return self.parts.read_shared(FIRST_ROUND, columns=columns)

    def whole(self) -> pd.DataFrame:
        """All trials of both rounds."""
        return self.parts.read_shared(FIRST_ROUND, SECOND_ROUND)

    def of(self, case_ids: Collection[str]) -> pd.DataFrame:
        """All trials of some cases."""
        return self.parts.read_shared(FIRST_ROUND, SECOND_ROUND, case_ids=case_ids)

    def tested(self) -> frozenset[str]:
        """case_ids of the cases with trials."""
        return frozenset(self.first_round(["case_id"])["case_id"])
