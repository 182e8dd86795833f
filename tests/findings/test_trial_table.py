"""The table of trials: what it holds of each, and that a reader of them changes nothing."""

from __future__ import annotations

import gc
import tracemalloc

import pandas as pd
import pytest

from auditor.config import FindingsSection
from auditor.domain.interventions import Fill, Intervention
from auditor.findings.evaluate import evaluate_classes
from auditor.findings.evidence.trial_table import tidy
from tests.fakes.trial_sources import CountingSource
from tests.fakes.worlds import CUED, World, audit, clean
from tests.findings.trials import case, table_of, trial

BYTES = 230
"""A trial, its texts apart: 25 columns of eight bytes, and some room. A text of its own in one of
them has 65."""


@pytest.mark.parametrize("owned", [True, False])
def test_trials_of_few_cases_take_little_memory_each(owned: bool) -> None:
    _held(20, owned=owned)  # what is imported and remembered once
    few, many = _held(20, owned=owned), _held(100, owned=owned)
    assert (many - few) / (80 * 20) < BYTES


def _held(times: int, *, owned: bool) -> int:
    """Bytes that the table keeps, of 20 cases with as many trials each."""
    names = [f"case number {i:04}" for i in range(20)]
    rows = [
        trial(name, Intervention.BACKGROUND_OTHER, Fill.BLUR, k / times, donor=names[k % 20])
        for name in names
        for k in range(times)
    ]
    trials, cases = table_of(rows), pd.DataFrame([case(name) for name in names])
    gc.collect()
    tracemalloc.start()
    try:
        table = tidy(trials, cases, seed=0, used_up=owned)
        gc.collect()
        held = tracemalloc.get_traced_memory()[0]
        assert len(table.rows) == 20 * times
        assert trials.empty == owned
        return held
    finally:
        tracemalloc.stop()


def test_a_reader_of_trials_changes_no_class_and_no_case() -> None:
    """Also where its texts are objects, as parts are read, and its frame is used up."""
    cases, trials = audit(World((CUED, *clean("cat", "tree")), per_class=24), 4)
    texts = trials.select_dtypes(exclude="number").columns
    shared = trials.assign(
        **{n: trials[n].astype(object).where(trials[n].notna(), None) for n in texts}
    )
    found = [
        evaluate_classes(
            cases,
            given,
            settings=FindingsSection(),
            seed=0,
            classes=("boat", "cat", "tree"),
            null_nominated={},
        )
        for given in (
            trials,
            CountingSource(shared),
            CountingSource(shared.sample(frac=1.0, random_state=1)),
        )
    ]
    assert len({repr(each.evidence) for each in found}) == 1
    assert len({repr(each.decisions) for each in found}) == 1
    for each in found[1:]:
        pd.testing.assert_frame_equal(each.effects, found[0].effects, check_exact=True)
    assert len(shared.columns) == len(trials.columns)
