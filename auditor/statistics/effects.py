"""One mean effect with everything a verdict asks of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from auditor.statistics.intervals import Codes, ControlDonors, cluster_interval
from auditor.statistics.sequential import LookPosition
from auditor.statistics.significance import (
    cluster_mean,
    donor_variance,
    p_above_zero,
)


@dataclass(frozen=True, slots=True)
class Effect:
    """A mean effect over trials.

    Attributes:
        mean: -1..1.
        low, high: 95% interval clustered by objects and donors; None with a single cluster.
        p_value: one-sided, of mean <= 0; None with a single cluster.
        fills: the same mean under each fill alone.
        images: distinct cases behind it.
        donors: distinct donor clusters behind it; 0 where no donor takes part.
        degrees: of freedom of its error; below 1 with a single cluster.
    """

    mean: float
    low: float | None
    high: float | None
    p_value: float | None
    fills: Mapping[str, float]
    images: int
    donors: int
    degrees: int = 0

    def proves(self, floor: float, *, surely: float | None = None) -> bool:
        """The estimate under every fill reaches the floor and the lower bound what is sure.

        Args:
            floor: of the estimate.
            surely: of the lower bound; None for the same as the floor.
        """
        agreed = all(value >= floor for value in self.fills.values())
        least = floor if surely is None else surely
        return agreed and self.low is not None and self.low >= least

    def rules_out(self, floor: float) -> bool:
        """The upper bound stays below the floor."""
        return self.high is not None and self.high < floor

    def held_to(self, at: LookPosition) -> Effect:
        """The same where it is looked at several times: bounds and p-value that hold at all looks
        together. The interval keeps its shape and takes Student's width of the look."""
        if self.low is None or self.high is None or self.degrees < 1:
            return self
        wider = at.widening(self.degrees)
        return replace(
            self,
            low=self.mean - wider * (self.mean - self.low),
            high=self.mean + wider * (self.high - self.mean),
            p_value=None if self.p_value is None else at.p_value(self.p_value),
        )


def estimate(
    rows: pd.DataFrame,
    value: str,
    rng: np.random.Generator,
    *,
    donors: bool = True,
    limit: float = 1.0,
    controls: pd.DataFrame | None = None,
) -> Effect | None:
    """The mean of a column of trials, clustered by object and donor; null without rows.

    Args:
        rows: trials with `case_id`, `group`, `donor_group`, `fill` and the column `value`.
        value: column of effects; rows where it is null do not count.
        rng: source of the bootstrap.
        donors: whether donors are a source of variance too.
        limit: largest size of an effect: 1 of probabilities, inf of log odds.
        controls: trials with `p_label` whose means the losses are taken from, by case; their
            donors are a third source of variance, since few of them serve many objects.
    """
    known = rows[rows[value].notna()]
    if known.empty:
        return None
    values = known[value].to_numpy(np.float64)
    objects = codes(known["group"])
    partners = codes(known["donor_group"]) if donors else None
    robust = cluster_mean(values, objects, partners)
    behind = None if controls is None else _control_donors(known, controls)
    interval = cluster_interval(
        values, objects, partners, robust, rng, limit=limit, controls=behind
    )
    if behind is not None:
        robust = behind.added_to(robust)
    return Effect(
        mean=robust.mean,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        p_value=p_above_zero(robust),
        fills={str(k): float(v) for k, v in known.groupby("fill")[value].mean().items()},
        images=int(known["case_id"].nunique()),
        donors=int(known["donor_group"].nunique()) if donors else 0,
        degrees=robust.degrees,
    )


def _control_donors(rows: pd.DataFrame, controls: pd.DataFrame) -> ControlDonors | None:
    """Each case's controls count as much together as its rows do; None without controls."""
    wanted = rows["case_id"].value_counts()
    own = controls[controls["case_id"].isin(wanted.index) & controls["p_label"].notna()]
    if own.empty:
        return None
    case = own["case_id"]
    weights = (case.map(wanted) / case.map(case.value_counts())).to_numpy(np.float64)
    weights = weights / weights.sum()
    values, donors = own["p_label"].to_numpy(np.float64), codes(own["donor_group"])
    parts = weights * (values - weights @ values)
    variance = donor_variance(parts, codes(own["group"]), donors)
    return ControlDonors(np.bincount(donors, weights=parts).astype(np.float64), variance)


def codes(clusters: pd.Series) -> Codes:
    """Clusters as 0..G-1 in sorted order."""
    _, inverse = np.unique(clusters.to_numpy(str), return_inverse=True)
    return inverse.astype(np.int64)
