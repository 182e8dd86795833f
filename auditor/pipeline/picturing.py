"""Pictures of the interventions on the worst cases."""

from __future__ import annotations

from dataclasses import asdict

import pandas as pd

from auditor.domain.schema import names
from auditor.interventions.evidence import Evidence, render
from auditor.interventions.showcase import showcase, worst_cases
from auditor.interventions.trials import trials_of
from auditor.pipeline.setup import Setup

EVIDENCE_AT_ONCE = 16


def picture(setup: Setup, tested: pd.DataFrame, trials: pd.DataFrame) -> pd.DataFrame:
    """Pictures of the worst tested cases, a few cases in memory at a time."""
    worst = worst_cases(tested)
    setup.progress.stage("drawing the evidence", len(worst))
    shown = [
        showcase(trials, worst[start : start + EVIDENCE_AT_ONCE])
        for start in range(0, len(worst), EVIDENCE_AT_ONCE)
    ]
    samples = setup.find(frozenset().union(*map(_needed, shown)))
    pictures: list[Evidence] = []
    for rows in shown:
        needed = _needed(rows)
        batch = setup.load([sample for name, sample in samples.items() if name in needed])
        pictures += render(batch, trials_of(rows))
        setup.progress.advance(rows["case_id"].nunique())
    return pd.DataFrame(map(asdict, pictures), columns=names("evidence"))


def _needed(shown: pd.DataFrame) -> frozenset[str]:
    """case_ids of the cases and donors of some trials."""
    return frozenset(shown["case_id"]) | frozenset(shown["donor"].dropna())
