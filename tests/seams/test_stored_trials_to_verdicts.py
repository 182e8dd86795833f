"""Trials as an audit's parts hold them, evaluated without ever being read as a whole."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import pandas as pd
import pytest

from auditor.config import FindingsSection
from auditor.findings.class_evaluation import ClassEvaluation
from auditor.findings.evaluate import evaluate_classes
from auditor.pipeline.stored_trials import FIRST_ROUND, StoredTrials
from auditor.storage.parts import Parts
from tests.fakes.worlds import CUED, World, audit, clean

PART = 300
"""Trials, so that there are several parts."""


@pytest.fixture(scope="module")
def audited() -> tuple[pd.DataFrame, pd.DataFrame]:
    return audit(World((CUED, *clean("cat", "tree")), per_class=24), 4)


@pytest.fixture
def parts(tmp_path: Path, audited: tuple[pd.DataFrame, pd.DataFrame]) -> Parts:
    found, (_, trials) = Parts(tmp_path), audited
    for index, start in enumerate(range(0, len(trials), PART)):
        found.write(FIRST_ROUND, index, trials.iloc[start : start + PART])
    return found


def test_verdicts_are_those_of_the_trials_in_memory(
    parts: Parts, audited: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    cases, trials = audited
    held, stored = (_evaluate(cases, given) for given in (trials, StoredTrials(parts)))
    assert repr(stored.evidence) == repr(held.evidence)
    assert repr(stored.decisions) == repr(held.decisions)
    assert repr(stored.cues) == repr(held.cues)
    pd.testing.assert_frame_equal(stored.effects, held.effects, check_exact=True)


def test_no_reading_has_all_trials(
    parts: Parts, audited: tuple[pd.DataFrame, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor the texts of those that it leaves out, however many trials there are."""
    cases, trials = audited
    bytes_read: list[int] = []
    read_shared = Parts.read_shared

    def counted(
        self: Parts,
        *stages: str,
        columns: Collection[str] | None = None,
        only: Mapping[str, Collection[str]] | None = None,
    ) -> pd.DataFrame:
        rows = read_shared(self, *stages, columns=columns, only=only)
        bytes_read.append(int(rows.memory_usage(deep=True).sum()))
        return rows

    whole = int(parts.read_shared(FIRST_ROUND).memory_usage(deep=True).sum())
    monkeypatch.setattr(Parts, "read_shared", counted)
    _evaluate(cases, StoredTrials(parts))
    assert len(bytes_read) > 3
    assert max(bytes_read) < 0.8 * whole  # this world has swaps, and little else
    assert trials["intervention"].isin(["background_other", "background_same"]).mean() > 0.3


def test_trials_of_some_cases_only(
    parts: Parts, audited: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    """What a look sees: the cases that it reached, whatever other parts there are."""
    _, trials = audited
    reached = frozenset(sorted(set(trials["case_id"]))[:5])
    stored = StoredTrials(parts, (FIRST_ROUND,), reached)
    taking_part = stored.taking_part()
    assert taking_part.cases.keys() == taking_part.tested == reached
    assert sum(taking_part.cases.values()) == trials["case_id"].isin(reached).sum()
    kind = str(trials["intervention"].iloc[0])
    own = trials[trials["case_id"].isin(reached)]
    assert len(stored.whole()) == len(own)
    one, other = sorted(set(trials["case_id"]))[4:6]
    assert set(stored.of_cases([one, other])["case_id"]) == {one}
    assert len(stored.of_kinds([kind])) == own["intervention"].eq(kind).sum() > 0
    assert set(stored.taking_part().donors) == set(own["donor"].dropna())


def _evaluate(cases: pd.DataFrame, trials: pd.DataFrame | StoredTrials) -> ClassEvaluation:
    return evaluate_classes(
        cases,
        trials,
        settings=FindingsSection(),
        seed=0,
        classes=("boat", "cat", "tree"),
        null_nominated={},
    )
