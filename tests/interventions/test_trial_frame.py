"""Trials as a table: what rows would give, at a tenth of their memory."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
import pandas as pd
import pytest

from auditor.domain.schema import names
from auditor.interventions.trial_frame import trial_frame
from auditor.interventions.trials import Trial
from auditor.storage.tables import to_arrow_part

WHOLE = Trial("a", "sea", "g", "original", "none", None, None, None, 0.25, None, None, None, "sea")
MET = replace(WHOLE, donor="b", donor_label="land", p_donor=0.5, p_label_control=0.1, place="x")


@pytest.mark.parametrize("trials", [[], [WHOLE], [WHOLE, MET], [MET, MET]])
def test_it_is_stored_as_rows_would_be(trials: list[Trial]) -> None:
    rows = pd.DataFrame([asdict(trial) for trial in trials], columns=names("trials"))
    made = trial_frame(iter(trials))
    assert made.columns.tolist() == names("trials")
    assert to_arrow_part("trials", made).equals(to_arrow_part("trials", rows))


def test_types_are_the_same_whatever_is_null() -> None:
    none, some = trial_frame([]), trial_frame([WHOLE, MET])
    assert none.dtypes.equals(some.dtypes)
    assert some["donor"].tolist() == [None, "b"]
    assert np.isnan(some["p_donor"][0])
    assert some["p_donor"][1] == 0.5


def test_a_text_is_there_once() -> None:
    made = trial_frame(replace(WHOLE, case_id="".join(["case ", str(i // 50)])) for i in range(100))
    assert len({id(text) for text in made["case_id"]}) == 2
