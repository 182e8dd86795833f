"""Trials as rows of their table."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from auditor.domain.schema import names
from auditor.interventions.trials import Trial


def trial_frame(trials: Sequence[Trial]) -> pd.DataFrame:
    """One row per trial, in the columns of the trials table.

    A column at a time: rows of small pictures come by the hundred thousand, and a dictionary of
    each takes a kilobyte.
    """
    columns = names("trials")
    if not trials:
        return pd.DataFrame(columns=columns)
    return pd.DataFrame({name: [getattr(trial, name) for trial in trials] for name in columns})
