"""Sufficiency: do a class's backgrounds win other classes' objects for it? SCIENCE section 3.

`capture` of class d = mean over other classes' objects of p_d on d's backgrounds minus p_d on
their own backgrounds, minus what d gains from those objects on *any* background: an object that
loses its cue has to be answered somehow, and a class that takes such answers everywhere has not
won them by its background.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from auditor.domain.interventions import Intervention
from auditor.findings.effects import Effect, codes, estimate
from auditor.findings.intervals import seeded
from auditor.findings.significance import cluster_mean, lower_bound
from auditor.findings.trial_table import TrialTable

CAPTURE_LOW = 0.05
"""A class whose capture could be this small serves as an innocent donor (SCIENCE section 3)."""
MIN_DONORS = 5
"""Distinct donors below which a class's backgrounds say nothing (SCIENCE section 3)."""

PAIR = ["label", "donor_label"]
ANSWER = ["label", "answer"]


def swaps_with_capture(table: TrialTable, floor: float) -> pd.DataFrame:
    """The sampled swaps with column `capture`: the gain beyond what goes to the donor's class
    from that class of objects on innocent backgrounds (flat ones where there are none).

    Args:
        table: all trials.
        floor: effect floor.
    """
    swaps = table.sample(Intervention.BACKGROUND_OTHER)
    swaps = swaps[swaps["donor_label"].notna() & swaps["donor_group"].notna()].copy()
    innocent = innocent_donors(swaps, "gain", floor)
    neutral = table.sample(Intervention.NEUTRAL)
    swaps["capture"] = swaps["gain"] - _displaced(swaps, neutral, innocent)
    return swaps


def innocent_donors(swaps: pd.DataFrame, value: str, floor: float) -> frozenset[str]:
    """Donor classes that do not capture: lower bound at most .05, estimate below the floor.

    Args:
        swaps: background_other rows.
        value: column of the gain.
        floor: effect floor. The estimate is bounded too, so that a strong but noisy capture does
            not pass as innocence.
    """
    innocent = set()
    for name, rows in swaps[swaps[value].notna()].groupby("donor_label"):
        if rows["donor_group"].nunique() < MIN_DONORS:
            continue
        robust = cluster_mean(
            rows[value].to_numpy(float), codes(rows["group"]), codes(rows["donor_group"])
        )
        low = lower_bound(robust)
        if low is not None and low <= CAPTURE_LOW and robust.mean < floor:
            innocent.add(str(name))
    return frozenset(innocent)


def captures(swaps: pd.DataFrame, classes: Sequence[str], *, seed: int) -> dict[str, Effect]:
    """Capture of every class whose backgrounds served at least one trial.

    Args:
        swaps: `swaps_with_capture`.
        classes: names to look at.
        seed: of the run.
    """
    by_donor = dict(iter(swaps.groupby("donor_label")))
    effects = {}
    for name in classes:
        if name not in by_donor:
            continue
        effect = estimate(by_donor[name], "capture", seeded(seed, name, "capture"))
        if effect is not None:
            effects[name] = effect
    return effects


def _displaced(swaps: pd.DataFrame, neutral: pd.DataFrame, innocent: frozenset[str]) -> pd.Series:
    """For every swap: the share of answers that the donor's class gets from this label's objects
    without its background, over the probability it has from them anyway; never below 0, and
    never more than the label itself loses there."""
    usual = swaps.groupby(PAIR)["p_donor_control"].mean()
    pairs = usual.index
    asked = swaps[swaps["donor_label"].isin(innocent)]
    won = asked[asked["answer"] == asked["donor_label"]]
    partners = asked.groupby(PAIR)["donor_group"].nunique().reindex(pairs, fill_value=0)
    met = _tally(asked, PAIR, pairs)
    # Undefined where too few other donors were met: flat backgrounds answer instead.
    elsewhere = _others(met).where(_others(partners) >= MIN_DONORS)
    share = (_tally(asked, ANSWER, pairs) - _tally(won, PAIR, pairs)) / elsewhere
    lost = _others((asked.groupby(PAIR)["loss"].mean().reindex(pairs) * met).fillna(0.0))
    flat = _tally(neutral, ["label"], pairs).replace(0.0, np.nan)
    flat_share = _tally(neutral, ANSWER, pairs) / flat
    flat_loss = neutral.groupby("label")["loss"].mean().reindex(pairs.get_level_values(0))
    gained = share.fillna(flat_share) - usual
    label_lost = (lost / elsewhere).fillna(pd.Series(flat_loss.to_numpy(), index=pairs))
    displaced = gained.where(gained < label_lost, label_lost).clip(lower=0.0).fillna(0.0)
    merged = swaps[PAIR].merge(
        displaced.rename("displaced"), how="left", left_on=PAIR, right_index=True
    )
    return pd.Series(merged["displaced"].to_numpy(), index=swaps.index)


def _tally(rows: pd.DataFrame, key: list[str], pairs: pd.Index[Any]) -> pd.Series:
    """Rows of every (label, donor class) pair, looked up by the first levels of the pair."""
    wanted = pairs if len(key) > 1 else pairs.get_level_values(0)
    counted = rows.groupby(key).size().reindex(wanted, fill_value=0)
    return pd.Series(counted.to_numpy(float), index=pairs)


def _others(counts: pd.Series) -> pd.Series:
    """For every (label, donor class) pair, the label's total over the other donor classes."""
    return counts.groupby(level=0).transform("sum") - counts
