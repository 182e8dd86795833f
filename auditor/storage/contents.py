"""All that a run says, in memory: what a report is rendered from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

import pandas as pd

from auditor.storage.tables import conform


@dataclass(frozen=True)
class RunContents:
    """The tables of a run with its summary and manifest, before or after it was written.

    Attributes:
        manifest: as `auditor.storage.manifest.build_manifest` makes it.
        summary: as in summary.json.
        cases, classes, slices, evidence: with the columns of `auditor.domain.schema`.
        skipped: columns image and reason.
    """

    manifest: dict[str, Any]
    summary: dict[str, Any]
    cases: pd.DataFrame
    classes: pd.DataFrame
    slices: pd.DataFrame
    evidence: pd.DataFrame
    skipped: pd.DataFrame

    def conformed(self) -> Self:
        """The tables as a reader of the run gets them: sorted and typed as they are stored.

        Raises:
            RunError: if a table does not fit its schema.
        """
        return replace(
            self,
            cases=conform("cases", self.cases),
            classes=conform("classes", self.classes),
            slices=conform("slices", self.slices),
            evidence=conform("evidence", self.evidence),
        )
