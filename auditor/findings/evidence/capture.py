"""Do a class's backgrounds win other classes' objects for it? docs/science.md section 3.

`capture` of class d = mean over other classes' objects of p_d on d's backgrounds minus p_d on
their own backgrounds, minus what d gains from those objects on *any* background: an object that
loses its cue has to be answered somehow, and a class that takes such answers everywhere has not
won them by its background.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from auditor.domain.interventions import Intervention
from auditor.findings.evidence.trial_table import TrialTable
from auditor.statistics.effects import Effect, codes, estimate
from auditor.statistics.intervals import seeded
from auditor.statistics.significance import cluster_mean, lower_bound

CAPTURE_LOW = 0.05
"""A class whose capture could be this small serves as an unaffected donor."""
MIN_DONORS = 5
"""Distinct donors below which a class's backgrounds say nothing."""

PAIR = ["label", "donor_label"]


def swaps_with_capture(
    table: TrialTable,
    given: Intervention = Intervention.BACKGROUND_OTHER,
    taken: Intervention | None = Intervention.NEUTRAL,
) -> pd.DataFrame:
    """The sampled swaps with column `capture`: the gain beyond what goes to the donor's class
    from that class of objects on third backgrounds (flat ones where there are too few).

    Args:
        table: all trials.
        given: what is swapped; a look of the whole image is judged as a background is.
        taken: the same taken away without a donor, if that is tried.
    """
    swaps = table.sample(given)
    swaps = swaps[swaps["donor_label"].notna() & swaps["donor_group"].notna()].copy()
    if swaps.empty:
        return swaps.assign(capture=pd.Series(dtype="float64"))
    plain = table.sample(taken) if taken else swaps.iloc[:0]
    swaps["capture"] = swaps["gain"] - _displaced(swaps, plain)
    return swaps


def unaffected_donors(swaps: pd.DataFrame, value: str, floor: float) -> frozenset[str]:
    """Donor classes that do not capture: lower bound at most .05, estimate below the floor.

    Args:
        swaps: background_other rows.
        value: column of the gain.
        floor: effect floor. The estimate is bounded too, so that a strong but noisy capture does
            not pass as innocence.
    """
    unaffected = set()
    for name, rows in swaps[swaps[value].notna()].groupby("donor_label"):
        if rows["donor_group"].nunique() < MIN_DONORS:
            continue
        robust = cluster_mean(
            rows[value].to_numpy(float), codes(rows["group"]), codes(rows["donor_group"])
        )
        low = lower_bound(robust)
        if low is not None and low <= CAPTURE_LOW and robust.mean < floor:
            unaffected.add(str(name))
    return frozenset(unaffected)


def captures(
    swaps: pd.DataFrame, classes: Sequence[str], *, seed: int, what: str = "capture"
) -> dict[str, Effect]:
    """Capture of every class whose backgrounds served at least one trial.

    Args:
        swaps: `swaps_with_capture`.
        classes: names to look at.
        seed: of the run.
        what: is captured; it seeds the bootstrap.
    """
    by_donor = dict(iter(swaps.groupby("donor_label")))
    effects = {}
    for name in classes:
        if name not in by_donor:
            continue
        effect = estimate(by_donor[name], "capture", seeded(seed, name, what))
        if effect is not None:
            effects[name] = effect
    return effects


def _displaced(swaps: pd.DataFrame, neutral: pd.DataFrame) -> pd.Series:
    """For every swap: the share of answers that the donor's class gets from this label's objects
    on third classes' backgrounds, over the probability it has from them anyway; never below 0,
    and never more than the label itself loses there.

    A background that wins the objects for its own class leaves no answer for others, so a third
    class counts by the square of what it does not win. Where too few third donors were met flat
    backgrounds answer instead.
    """
    pairs = swaps.groupby(PAIR)
    met = pairs.agg(
        usual=("p_donor_control", "mean"),
        loss=("loss", "mean"),
        count=("loss", "size"),
        partners=("donor_group", "nunique"),
    )
    answers = swaps.groupby([*PAIR, "answer"]).size().rename("answers").reset_index()
    own = answers[answers["answer"] == answers["donor_label"]].set_index(PAIR)["answers"]
    missed = 1.0 - own.reindex(met.index, fill_value=0) / met["count"]
    met["weight"] = met["count"] * missed**2
    given = answers.join(met[["count", "weight"]], on=PAIR)
    given["share"] = given["answers"] * given["weight"] / given["count"]
    # Answers of a label's objects for class d on backgrounds of all but d.
    third = given[given["answer"] != given["donor_label"]]
    wins = third.groupby(["label", "answer"])["share"].sum().rename_axis(PAIR)
    elsewhere = _others(met["weight"]).where(_others(met["partners"]) >= MIN_DONORS)
    share = wins.reindex(met.index, fill_value=0.0) / elsewhere
    lost = _others(met["weight"] * met["loss"]) / elsewhere
    flat_share, flat_loss = _on_flat(neutral, met.index)
    gained = share.fillna(flat_share) - met["usual"]
    label_lost = lost.fillna(flat_loss)
    displaced = gained.where(gained < label_lost, label_lost).clip(lower=0.0).fillna(0.0)
    merged = swaps[PAIR].merge(
        displaced.rename("displaced"), how="left", left_on=PAIR, right_index=True
    )
    return pd.Series(merged["displaced"].to_numpy(), index=swaps.index)


def _on_flat(neutral: pd.DataFrame, pairs: pd.Index[Any]) -> tuple[pd.Series, pd.Series]:
    """Share of a label's objects that is answered with the donor's class on flat backgrounds, and
    what the label loses there; NaN where no object was tried."""
    labels = pairs.get_level_values(0)
    asked = neutral.groupby("label")["loss"].agg(["size", "mean"]).reindex(labels)
    given = neutral.groupby(["label", "answer"]).size().reindex(pairs, fill_value=0)
    share = given.to_numpy(float) / asked["size"].to_numpy(float)
    return pd.Series(share, index=pairs), pd.Series(asked["mean"].to_numpy(), index=pairs)


def _others(values: pd.Series) -> pd.Series:
    """For every (label, donor class) pair, the label's total over the other donor classes."""
    return values.groupby(level=0).transform("sum") - values
