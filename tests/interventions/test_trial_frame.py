"""Trials as a table: column by column, as row by row."""

from __future__ import annotations

from dataclasses import asdict, replace

import pandas as pd
import pytest

from auditor.domain.schema import names
from auditor.interventions.trial_frame import trial_frame
from auditor.interventions.trials import Trial

WHOLE = Trial("a", "sea", "g", "original", "none", None, None, None, 0.25, None, None, None, "sea")
MET = replace(WHOLE, donor="b", donor_label="land", p_donor=0.5, p_label_control=0.1, place="x")


@pytest.mark.parametrize("trials", [[], [WHOLE], [WHOLE, MET], [MET, MET]])
def test_it_is_what_rows_would_give(trials: list[Trial]) -> None:
    rows = pd.DataFrame([asdict(trial) for trial in trials], columns=names("trials"))
    pd.testing.assert_frame_equal(trial_frame(trials), rows, check_index_type=False)
