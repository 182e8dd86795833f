"""Which trials are kept as pictures: for the worst cases, one of each kind of change."""

from __future__ import annotations

import pandas as pd

from auditor.domain.interventions import Fill, Intervention

CASES_A_CLASS = 12
CASES_AT_MOST = 200

SHOWN = (
    (Intervention.ORIGINAL, Fill.NONE),
    (Intervention.OBJECT_REMOVED, Fill.BLUR),
    (Intervention.OBJECT_REMOVED, Fill.PATCHES),
    (Intervention.BACKGROUND_REMOVED, Fill.GREY),
    (Intervention.BACKGROUND_SAME, Fill.BLUR),
    (Intervention.BACKGROUND_OTHER, Fill.BLUR),
)


def worst_cases(cases: pd.DataFrame) -> list[str]:
    """case_ids of tested cases, worst first: some of every class, not too many in all.

    Args:
        cases: `case_id`, `label`, `tested` and `severity`, worst first.
    """
    tested = cases[cases["tested"]]
    kept = tested[tested.groupby("label").cumcount() < CASES_A_CLASS]
    return kept["case_id"].head(CASES_AT_MOST).tolist()


def showcase(trials: pd.DataFrame, case_ids: list[str]) -> pd.DataFrame:
    """The trials to show of these cases, in the order of `SHOWN`.

    Of several donors the one with the median probability is shown: neither the best nor the worst
    that the numbers could offer.
    """
    chosen = trials[trials["case_id"].isin(case_ids)]
    frames = []
    for intervention, fill in SHOWN:
        rows = chosen[(chosen["intervention"] == intervention) & (chosen["fill"] == fill)]
        ordered = rows.sort_values(["case_id", "p_label", "donor"])
        place = ordered.groupby("case_id").cumcount()
        size = ordered.groupby("case_id")["case_id"].transform("size")
        frames.append(ordered[place == (size - 1) // 2])
    return pd.concat(frames, ignore_index=True)
