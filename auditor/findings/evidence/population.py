"""What class verdicts need to know of every audited image: a few light columns."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditor.findings.frames import as_numbers

POPULATION = (
    "case_id",
    "label",
    "correct",
    "mask_source",
    "mask_doubt",
    "cam_scale",
    "relevance_skill",
    "nominated",
    "duplicate_group",
    "sampled",
)
"""The columns, beside every `slice_*`. They are in memory for the whole dataset, others are not."""


def population(cases: pd.DataFrame, tested: Collection[str]) -> pd.DataFrame:
    """Every audited image by case_id with `group`, the code of its statistical cluster, and
    `has_trials`. The index is its place in `cases`.

    Args:
        cases: at least `POPULATION` and the slices.
        tested: case_ids that have trials.
    """
    numbers = as_numbers(cases, POPULATION)
    numbers["group"] = _cluster_codes(numbers["duplicate_group"])
    numbers["has_trials"] = numbers["case_id"].isin(list(tested))
    return numbers.drop(columns="duplicate_group")


def taking_part(cases: pd.DataFrame, trials: pd.DataFrame) -> pd.DataFrame:
    """The cases and donors of the trials: as few as the sample, however many were audited."""
    if trials.empty:
        return as_numbers(cases.iloc[:0])
    involved = pd.concat([trials["case_id"], trials["donor"].dropna()]).unique()
    return as_numbers(cases[cases["case_id"].isin(involved)])


def _cluster_codes(groups: pd.Series) -> NDArray[np.int64]:
    """A number for each duplicate group, and one of its own for each image without."""
    codes = -1 - np.arange(len(groups), dtype=np.int64)
    known = groups.notna().to_numpy()
    codes[known] = pd.factorize(groups[known])[0]
    return codes
