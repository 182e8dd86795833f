"""All that a run says, in memory: what a report is rendered from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class RunContents:
    """The tables of a run with its summary and manifest, before or after it was written.

    Attributes:
        manifest: as `auditor.storage.manifest.build_manifest` makes it.
        summary: as in summary.json.
        cases, classes, slices, evidence: with the columns of `auditor.domain.schema`.
        skipped: columns image and reason.
        trials: every changed image and its answer; None where they are not at hand.
    """

    manifest: dict[str, Any]
    summary: dict[str, Any]
    cases: pd.DataFrame
    classes: pd.DataFrame
    slices: pd.DataFrame
    evidence: pd.DataFrame
    skipped: pd.DataFrame
    trials: pd.DataFrame | None = None
