"""From rows with truth and verdict to the figures of docs/benchmark.md. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from sklearn.metrics import precision_recall_curve, roc_auc_score

from auditor.selftest.rates import RELIES, UNAFFECTED_BELOW
from auditor.statistics.intervals import wilson
from benchmarks.planted.baselines import TEXTBOOK

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Tally:
    """Flagged classes against the truth.

    Attributes:
        hits, cue_reliant: classes that rely on their cue, flagged and in all.
        alarms, unaffected: classes that do not, flagged and in all.
        flagged: all that are flagged, those between cue-reliant and unaffected too.
    """

    hits: int
    cue_reliant: int
    alarms: int
    unaffected: int
    flagged: int

    @property
    def precision(self) -> float | None:
        """Hits among the flagged of whom something can be said."""
        said = self.hits + self.alarms
        return self.hits / said if said else None

    @property
    def recall(self) -> float | None:
        """Hits among the cue-reliant."""
        return self.hits / self.cue_reliant if self.cue_reliant else None


def cue_reliant(table: pd.DataFrame) -> Flags:
    """Classes whose true loss is at least ten points."""
    return table["true_loss"].to_numpy(float) >= RELIES


def unaffected(table: pd.DataFrame) -> Flags:
    """Classes whose true loss is below five points: those without a cue, too."""
    return table["true_loss"].to_numpy(float) < UNAFFECTED_BELOW


def confirmed(table: pd.DataFrame) -> Flags:
    """What the audit flags."""
    return (table["verdict"] == "confirmed").to_numpy(bool)


def tally(table: pd.DataFrame, flagged: Flags) -> Tally:
    """Counts of a table under some flag."""
    bad, good = cue_reliant(table), unaffected(table)
    return Tally(
        hits=int((flagged & bad).sum()),
        cue_reliant=int(bad.sum()),
        alarms=int((flagged & good).sum()),
        unaffected=int(good.sum()),
        flagged=int(flagged.sum()),
    )


def baseline(table: pd.DataFrame, name: str, threshold: float | None = None) -> Flags:
    """What a baseline flags at its textbook cut-off or another one."""
    cut = TEXTBOOK[name] if threshold is None else threshold
    return np.asarray(table[f"map_{name}"].to_numpy(float) > cut)


def hindsight(table: pd.DataFrame, name: str) -> float:
    """The cut-off with the best F1 on this very table: more than any user could have."""
    known = table[cue_reliant(table) | unaffected(table)]
    scores, truth = known[f"map_{name}"].to_numpy(float), cue_reliant(known)
    kept = ~np.isnan(scores)
    precision, recall, cuts = precision_recall_curve(truth[kept], scores[kept])
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    return float(cuts[f1[:-1].argmax()]) - 1e-9


def auroc(table: pd.DataFrame, column: str) -> float:
    """How well a column ranks the cue-reliant above the unaffected; null .5."""
    known = table[cue_reliant(table) | unaffected(table)]
    scores = known[column].to_numpy(float)
    kept = ~np.isnan(scores)
    return float(roc_auc_score(cue_reliant(known)[kept], scores[kept]))


def spearman(table: pd.DataFrame) -> tuple[float, int]:
    """Rank correlation of estimated and true loss, and how many classes are behind it."""
    known = table[table["estimate"].notna()]
    result = stats.spearmanr(known["true_loss"].to_numpy(float), known["estimate"].to_numpy(float))
    return float(result.statistic), len(known)


def share(count: int, total: int) -> str:
    """`3 of 40 (.08 [.03, .20])`, with Wilson's 95% interval."""
    interval = wilson(count, total)
    if interval is None:
        return "-"
    low, high = (f"{value:.2f}" for value in (interval.low, interval.high))
    return f"{count} of {total} ({count / total:.2f} [{low}, {high}])"
