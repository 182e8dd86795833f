"""The trials behind the class effects, so that two runs can be held against each other."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from auditor.domain.cues import SPEC_OF, Cue
from auditor.domain.interventions import Intervention
from auditor.domain.multilabel import absent
from auditor.findings.evidence.attribute_swaps import evaluate_swap
from auditor.findings.evidence.population import taking_part
from auditor.findings.evidence.swap_test import TableTest
from auditor.findings.evidence.trial_table import tidy

OBSERVATIONS = ["class", "value", "group", "donor_group"]


def effect_observations(
    cases: pd.DataFrame,
    trials: pd.DataFrame,
    *,
    model_classes: int,
    seed: int,
    labels: Sequence[str] = (),
) -> dict[str, pd.DataFrame]:
    """Trials whose means are `background_effect` and `capture` of the classes.

    Args:
        cases: audited cases, with `case_id`, `label`, `label_probability`, `duplicate_group` and
            `sampled`.
        trials: TRIALS columns of the same run.
        model_classes: how many classes the model knows.
        seed: of the run.
        labels: of several an image; each is read by itself.

    Returns:
        By effect, columns `class`, `value` (-1..1), `group` (cluster of the object) and
        `donor_group`. The loss on donors without a cue of their own; where a class has too few of
        them, on all, what their backgrounds add taken away. The gain is what the donor's background
        adds; with two classes the gain over the same object on its own class's backgrounds.
    """
    if labels:
        return _of_labels(cases, trials, labels, seed)
    table = tidy(trials, taking_part(cases, trials), seed=seed)
    found = evaluate_swap(table, SPEC_OF[Cue.BACKGROUND], model_classes=model_classes, seed=seed)
    swaps = table.sample(Intervention.BACKGROUND_OTHER)
    swaps = swaps[swaps["donor_label"].notna() & swaps["donor_group"].notna()]
    swaps = swaps.assign(freed=swaps["loss"], gained=swaps["gain"])
    if found.tables is not None and not swaps.empty:
        left = found.tables.free(swaps).reindex(swaps.index)
        swaps["freed"] = (swaps["p_label_control"] - left).fillna(swaps["loss"])
        swaps["gained"] = found.tables.gained(swaps).reindex(swaps.index)
    losses = [_losses(own, found.tests.get(str(name))) for name, own in swaps.groupby("label")]
    return {
        "background_effect": pd.concat([pd.DataFrame(columns=OBSERVATIONS), *losses]),
        "capture": _named(swaps[swaps["gained"].notna()], "donor_label", "gained"),
    }


def _of_labels(
    cases: pd.DataFrame, trials: pd.DataFrame, labels: Sequence[str], seed: int
) -> dict[str, pd.DataFrame]:
    parts = [
        effect_observations(
            cases[cases["label"].isin([label, absent(label)])], trials, model_classes=2, seed=seed
        )
        for label in labels
    ]
    return {
        name: pd.concat([part[name][part[name]["class"].isin(labels)] for part in parts])
        for name in ("background_effect", "capture")
    }


def _losses(own: pd.DataFrame, test: object) -> pd.DataFrame:
    if isinstance(test, TableTest) and test.plain:
        rows, value = own[own["donor_label"].isin(test.plain)], "loss"
    else:
        rows, value = own, "freed"
    return _named(rows[rows[value].notna()], "label", value)


def _named(rows: pd.DataFrame, name: str, value: str) -> pd.DataFrame:
    columns = [name, value, "group", "donor_group"]
    return rows[columns].set_axis(OBSERVATIONS, axis=1)
