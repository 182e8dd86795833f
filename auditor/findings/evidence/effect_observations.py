"""The trials behind the class effects, so that two runs can be held against each other."""

from __future__ import annotations

import pandas as pd

from auditor.findings.evidence.capture import swaps_with_capture
from auditor.findings.evidence.necessity import MIN_PANEL, panel_rows, panels
from auditor.findings.evidence.population import taking_part
from auditor.findings.evidence.trial_table import tidy

OBSERVATIONS = ["class", "value", "group", "donor_group"]


def effect_observations(
    cases: pd.DataFrame, trials: pd.DataFrame, *, floor: float, seed: int
) -> dict[str, pd.DataFrame]:
    """Trials whose means are `background_effect` and `capture` of the classes.

    Args:
        cases: audited cases, with `case_id`, `label`, `label_probability`, `duplicate_group` and
            `sampled`.
        trials: TRIALS columns of the same run.
        floor: effect floor that the run was judged with.
        seed: of the run.

    Returns:
        By effect, columns `class`, `value` (-1..1), `group` (cluster of the object) and
        `donor_group`. A class without a donor panel, which was held against neutral backgrounds,
        has no `background_effect` rows.
    """
    swaps = swaps_with_capture(tidy(trials, taking_part(cases, trials), seed=seed))
    halves = panels(swaps, floor)
    losses = [_losses(own, halves) for _, own in swaps[swaps["loss"].notna()].groupby("label")]
    won = swaps[swaps["capture"].notna()]
    return {
        "background_effect": pd.concat([pd.DataFrame(columns=OBSERVATIONS), *losses]),
        "capture": _named(won, "donor_label", "capture"),
    }


def _losses(own: pd.DataFrame, halves: tuple[frozenset[str], frozenset[str]]) -> pd.DataFrame:
    chosen, rows = panel_rows(own, halves)
    if min(map(len, chosen)) < MIN_PANEL:
        rows = rows.head(0)
    return _named(rows, "label", "loss")


def _named(rows: pd.DataFrame, name: str, value: str) -> pd.DataFrame:
    columns = [name, value, "group", "donor_group"]
    return rows[columns].set_axis(OBSERVATIONS, axis=1)
