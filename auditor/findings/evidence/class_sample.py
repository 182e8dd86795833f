"""Rows of one class, and single numbers from them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from auditor.domain.interventions import Intervention
from auditor.statistics.effects import Effect, estimate
from auditor.statistics.intervals import seeded


class ByLabel:
    """The rows of a label, none for a label without any; only one label's are copied at once.

    Args:
        frame: with `label`.
        chosen: of each row whether it counts; all do without.
    """

    def __init__(self, frame: pd.DataFrame, chosen: pd.Series | None = None) -> None:
        self._frame = frame
        rows = np.arange(len(frame)) if chosen is None else np.flatnonzero(chosen)
        found = frame["label"].take(rows).groupby(frame["label"].take(rows), observed=True).indices
        self._places = {str(name): rows[places] for name, places in found.items()}

    def __call__(self, name: str) -> pd.DataFrame:
        return self._frame.take(self._places.get(name, np.empty(0, np.int64)))


def chosen(rows: pd.DataFrame, *known: str) -> pd.DataFrame:
    """The rows in which some columns are known; the frame itself, not a copy, where all are."""
    told = rows[list(known)].notna().all(axis=1)
    return rows if told.all() else rows[told]


def of_intervention(trials: pd.DataFrame, intervention: Intervention) -> pd.DataFrame:
    """The trials of one kind."""
    return trials[trials["intervention"] == intervention.value]


def mean_losses(swaps: pd.DataFrame) -> dict[str, float]:
    """By class of the donor, the mean loss."""
    means = swaps[swaps["loss"].notna()].groupby("donor_label")["loss"].mean()
    return {str(donor): float(loss) for donor, loss in means.items()}


def losses_on(swaps: pd.DataFrame, name: str, seed: int) -> dict[str, Effect]:
    """By class of the donor, what the class loses on its backgrounds; none of too few."""
    known = swaps[swaps["loss"].notna() & swaps["donor_group"].notna()]
    found = {
        str(donor): estimate(rows, "loss", seeded(seed, name, str(donor), "loss on"))
        for donor, rows in known.groupby("donor_label")
    }
    return {donor: effect for donor, effect in found.items() if effect is not None}


def sufficiency_of_empty(
    trials: pd.DataFrame, name: str, plain: frozenset[str], seed: int
) -> Effect | None:
    """How much more the class's empty images pull to it than those of the `plain` classes."""
    rows = of_intervention(trials, Intervention.EMPTY_OWN)
    rows = rows[rows["donor_label"].isin(plain) & rows["donor_group"].notna()]
    pull = rows.assign(pull=rows["p_label"] - rows["p_label_control"])
    return estimate(pull, "pull", seeded(seed, name, "suffices"))


def mean_of(values: pd.Series) -> float | None:
    """None of nothing known."""
    mean = values.astype("float64").mean()
    return None if pd.isna(mean) else float(mean)


def median_of(values: pd.Series) -> float | None:
    """None of nothing known."""
    middle = values.median()
    return None if pd.isna(middle) else float(middle)
