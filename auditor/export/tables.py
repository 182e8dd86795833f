"""The rows of every exported table, read from a run and its reviews."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import pandas as pd

from auditor.actions import CASE_COLUMNS, actions_of
from auditor.class_reviews import reviewed_classes
from auditor.domain.exports import EXPORTS, Export
from auditor.domain.schema import SLICE_PREFIX
from auditor.export.findings import findings_of
from auditor.reviewed import (
    ASSIGNED,
    agreement_table,
    case_assignments,
    case_decisions,
    decisions,
)
from auditor.storage.run import Run

DEFAULT_MIN_IMAGES = 20


def rows_of(run: Run, what: Export) -> pd.DataFrame:
    """A table with the columns of its spec (of `cases` also the run's `slice_*`)."""
    return _ROWS[what](run)


def _cases(run: Run) -> pd.DataFrame:
    cases = run.cases()
    reviewed = cases.merge(case_decisions(run), on="case_id", how="left", validate="one_to_one")
    reviewed[ASSIGNED] = case_assignments(run, reviewed[["case_id", "label", "verdict"]])
    slices = [name for name in cases.columns if name.startswith(SLICE_PREFIX)]
    return reviewed[[*(column.name for column in EXPORTS[Export.CASES].columns), *slices]]


def _findings(run: Run) -> pd.DataFrame:
    return findings_of(reviewed_classes(run), run.cases(("label", "verdict")), run.hypotheses())


def _actions(run: Run) -> pd.DataFrame:
    fewest = int(run.metadata.setting("findings", "min_images") or DEFAULT_MIN_IMAGES)
    return actions_of(reviewed_classes(run), run.cases(CASE_COLUMNS), min_images=fewest)


_ROWS: Final[Mapping[Export, Callable[[Run], pd.DataFrame]]] = MappingProxyType(
    {
        Export.CASES: _cases,
        Export.CLASSES: reviewed_classes,
        Export.SLICES: lambda run: run.slices(),
        Export.FINDINGS: _findings,
        Export.HYPOTHESES: lambda run: run.hypotheses(),
        Export.REVIEWS: decisions,
        Export.AGREEMENT: agreement_table,
        Export.ACTIONS: _actions,
    }
)
