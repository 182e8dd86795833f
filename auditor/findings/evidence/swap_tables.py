"""What an exchange between classes does to each of them, as numbers with intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from auditor.findings.evidence.swap_records import LEAST, swap_records
from auditor.statistics.effects import Effect
from auditor.statistics.two_way import Floats


@dataclass(frozen=True)
class SwapEffects:
    """One exchange (of backgrounds, tints, frames...) and what it does to a class.

    Attributes:
        effect: probability that the class loses on backgrounds without a cue, -1..1: on its own
            ones minus on others', after what other classes' backgrounds add is taken away.
        necessity: log odds that its own backgrounds give to it against all others.
        sufficiency: log odds that its backgrounds give to it on other classes' objects, the median
            over those.
        capture: the same as a probability.
        rival: the class that its objects are taken for more often without their backgrounds.
        rival_pull: log odds that its backgrounds give to it against the rival on the rival's
            objects. A cue that only decides between look-alikes is seen here.
        against: log odds that each other class's backgrounds give to that class against this one
            on this one's objects, by class.
        lent: log odds that each other class's backgrounds give to it, by class.
        losses: probability lost on each other class's backgrounds as they are.
    """

    effect: Effect | None
    necessity: Effect | None
    sufficiency: Effect | None
    capture: Effect | None
    rival: str | None
    rival_pull: Effect | None
    against: Mapping[str, float]
    lent: Mapping[str, float]
    losses: Mapping[str, float]


@dataclass(frozen=True)
class SwapTables:
    """All classes of one exchange.

    Attributes:
        effects: by class name.
        names: the K classes.
        model_classes: how many the model knows.
        cells: (K, K, K) of objects, backgrounds and answers, log odds that the background adds;
            None where there are too many classes.
        pull: (K,) log odds that a class's backgrounds give to it on other objects.
    """

    effects: Mapping[str, SwapEffects]
    names: tuple[str, ...]
    model_classes: int
    cells: Floats | None
    pull: Floats

    def free(self, rows: pd.DataFrame) -> pd.Series:
        """Probability of the label on swaps after what the donor's background adds is taken away:
        what is left is the object on some background without a cue.

        Args:
            rows: answers on backgrounds of other classes, of any case.

        Returns:
            By the index of `rows`, 0..1; those of classes without a table are absent.
        """
        known = rows[rows["label"].isin(self.names) & rows["donor_label"].isin(self.names)]
        known = known[known["donor_group"].notna()]
        if known.empty:
            return pd.Series(dtype="float64")
        records = swap_records(known, model_classes=self.model_classes, names=self.names)
        if self.cells is None:
            p_donor = np.nan_to_num(records.p_donor)
            left = 1.0 - p_donor * (1.0 - np.exp(-np.nan_to_num(self.pull)[records.donor]))
            return pd.Series(records.p_label / np.maximum(left, LEAST), known.index).clip(upper=1.0)
        every = np.arange(len(self.names))
        p = records.probabilities(np.arange(len(records)), every)
        p = p * np.exp(-np.nan_to_num(self.cells[records.label, records.donor]))
        own = p[np.arange(len(records)), records.label]
        return pd.Series(own / p.sum(axis=1), known.index)

    def gained(self, rows: pd.DataFrame) -> pd.Series:
        """Probability of the donor's class on swaps that its background adds.

        Args:
            rows: answers on backgrounds of other classes.

        Returns:
            By the index of `rows`, -1..1; those of classes without a table are absent.
        """
        place = pd.Index(self.names)
        label, donor = (
            place.get_indexer(pd.Index(rows[name].to_numpy(object)))
            for name in ("label", "donor_label")
        )
        known = (label >= 0) & (donor >= 0) & rows["p_donor"].notna().to_numpy()
        label, donor = label[known], donor[known]
        pull = self.pull[donor] if self.cells is None else self.cells[label, donor, donor]
        value = won_back(rows.loc[known, "p_donor"].to_numpy(np.float64), pull)
        return pd.Series(value, rows.index[known]).dropna()


def won_back(p: Floats, pull: Floats | float) -> Floats:
    """Probability that falls back when log odds `pull` are taken away from probability p."""
    less = p * np.exp(-np.asarray(pull))
    won: Floats = p - less / (1.0 - p + less)
    return won
