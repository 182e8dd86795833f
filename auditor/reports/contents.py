"""What a report is rendered from: all that a run says, but of the cases only those shown."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from auditor.actions import CASE_COLUMNS, actions_of
from auditor.class_reviews import reviewed_classes
from auditor.domain.manifest import Manifest
from auditor.domain.summary import Summary
from auditor.reports.report_cases import shown_cases
from auditor.storage.data_runs import data_run_of
from auditor.storage.run import Run


@dataclass(frozen=True)
class RunContents:
    """The tables of a run with its summary and manifest.

    Attributes:
        manifest, summary: with their types.
        cases: whole rows, at least those that a report shows; see `auditor.reports.report_cases`.
        classes, slices, evidence: with the columns of `auditor.domain.schema`.
        skipped: columns image and reason.
        hypotheses: on classes without masks; None where they are not at hand.
        flagged: how many cases are flagged in all; None where `cases` holds all of them.
        given_away: findings of the audit of the same data; None where there is none.
        actions: `auditor.actions.actions_of` all cases; None where `cases` holds all of them.
    """

    manifest: Manifest
    summary: Summary
    cases: pd.DataFrame
    classes: pd.DataFrame
    slices: pd.DataFrame
    evidence: pd.DataFrame
    skipped: pd.DataFrame
    hypotheses: pd.DataFrame | None = None
    flagged: int | None = None
    actions: pd.DataFrame | None = None
    given_away: pd.DataFrame | None = None

    @property
    def without_outlines(self) -> bool:
        """Whether no image had a mask: its classes have hypotheses and no map has a score."""
        guessed = self.hypotheses is not None and not self.hypotheses.empty
        return guessed and bool(self.classes["median_skill"].isna().all())


def contents_of(run: Run) -> RunContents:
    """What a report of a finished run is rendered from.

    Raises:
        RunError: a table is missing, truncated or no Parquet.
    """
    classes = reviewed_classes(run)
    cases, flagged = shown_cases(run.table_path("cases"), classes)
    fewest = int(run.metadata.setting("findings", "min_images") or 0)
    steps = actions_of(classes, run.cases(CASE_COLUMNS), min_images=fewest)
    data = data_run_of(run)
    return RunContents(
        manifest=run.metadata,
        summary=run.results,
        cases=cases,
        classes=classes,
        slices=run.slices(),
        evidence=run.evidence(),
        skipped=run.skipped(),
        hypotheses=run.hypotheses(),
        flagged=flagged,
        actions=steps,
        given_away=None if data is None else data.findings(),
    )
