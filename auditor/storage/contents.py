"""What a report is rendered from: all that a run says, but of the cases only those shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class RunContents:
    """The tables of a run with its summary and manifest.

    Attributes:
        manifest: as `auditor.storage.manifest.build_manifest` makes it.
        summary: as in summary.json.
        cases: whole rows, at least those that a report shows; see `auditor.storage.report_cases`.
        classes, slices, evidence: with the columns of `auditor.domain.schema`.
        skipped: columns image and reason.
        trials: every changed image and its answer; None where they are not at hand.
        hypotheses: on classes without masks; None where they are not at hand.
        flagged: how many cases are flagged in all; None where `cases` holds all of them.
    """

    manifest: dict[str, Any]
    summary: dict[str, Any]
    cases: pd.DataFrame
    classes: pd.DataFrame
    slices: pd.DataFrame
    evidence: pd.DataFrame
    skipped: pd.DataFrame
    trials: pd.DataFrame | None = None
    hypotheses: pd.DataFrame | None = None
    flagged: int | None = None
