"""What a patch or a property moves in log odds, which a network of many classes shows and its
probabilities may not.

Log odds of a class are against the classes in the data beside it and the object's own: where the
object's own answer breaks, those of all others rise alike, and that is taken off. With two classes
they are against the other one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from auditor.domain.hypotheses import LOG_ODDS_FLOOR
from auditor.domain.interventions import Intervention
from auditor.findings.evidence.trial_table import TrialTable
from auditor.statistics.effects import Effect, estimate
from auditor.statistics.significance import benjamini_hochberg

TINY = 1e-30
"""Probabilities are clipped here before their logarithm; what is left for all others at `REST`,
below which a difference of float32 probabilities tells nothing."""
REST = 1e-6
TWO_SIDED = 1.96

Floats = NDArray[np.float64]


def with_log_odds(rows: pd.DataFrame, *, classes: int, about: str | None = None) -> pd.DataFrame:
    """Trials with `odds_loss` (of the label) and `odds_gain` (of the donor's class) over their
    controls, null where a probability is unknown.

    Args:
        rows: of a `TrialTable`.
        classes: how many the data has.
        about: only the rows that show objects of this class, or its pictures' backgrounds.
    """
    if about is not None:
        rows = rows[(rows["label"] == about) | (rows["donor_label"] == about)]
    label, label_control = _known(rows["p_label"]), _known(rows["p_label_control"])
    donor, donor_control = _known(rows["p_donor"]), _known(rows["p_donor_control"])
    beside, beside_control = (np.nan_to_num(p) * (classes > 2) for p in (donor, donor_control))
    lost = _against(label_control, beside_control) - _against(label, beside)
    own = np.zeros_like(label) if classes <= 2 else label
    own_control = np.zeros_like(label) if classes <= 2 else label_control
    won = _against(donor, own) - _against(donor_control, own_control)
    return rows.assign(odds_loss=lost, odds_gain=won)


def _against(p: Floats, beside: Floats) -> Floats:
    """Log odds of p against all that is neither it nor `beside`."""
    rest = np.clip(1.0 - p - beside, REST, 1.0)
    odds: Floats = np.log(np.clip(p, TINY, 1.0)) - np.log(rest)
    return odds


def _known(column: pd.Series) -> Floats:
    return column.to_numpy(np.float64)


def control_patches(table: TrialTable, name: str) -> float | None:
    """How far control patches alone move the mean log odds of a class: the filled patch at a
    mirrored place against the picture as it is, the mean's distance from 0 and its 95% margin; None
    where fewer than two pictures tell."""
    filled = table.sample(Intervention.SALIENT_CONTROL)
    own = filled[(filled["label"] == name) & filled["p_original"].notna()]
    moved = pd.Series(
        _against(_known(own["p_original"]), np.zeros(len(own)))
        - _against(_known(own["p_label"]), np.zeros(len(own))),
        own.index,
    )
    means = moved.groupby(own["group"]).mean()
    if len(means) < 2:
        return None
    return float(abs(means.mean()) + TWO_SIDED * means.std() / np.sqrt(len(means)))


def surely_moved(wins: Sequence[tuple[Effect | None, float | None]], q: float) -> list[bool]:
    """Which gains in log odds surely exceed their bar, with the false discovery rate of all of
    them held at q (Benjamini and Hochberg 1995).

    Args:
        wins: of every hypothesis of the run its gain and what control patches move.
        q: false discovery rate.
    """
    p_values = [_p_above(win, max(LOG_ODDS_FLOOR, null or 0.0)) for win, null in wins]
    known = [p for p in p_values if p is not None]
    found = iter(benjamini_hochberg(known))
    return [p is not None and next(found) <= q for p in p_values]


def _p_above(win: Effect | None, bar: float) -> float | None:
    """One-sided p-value of gain <= bar, from its interval."""
    if win is None or win.low is None or win.high is None:
        return None
    error = (win.high - win.low) / (2 * TWO_SIDED)
    if error <= 0.0:
        return 0.0 if win.mean > bar else 1.0
    return float(stats.norm.sf((win.mean - bar) / error))


def odds_effect(
    rows: pd.DataFrame, value: str, rng: np.random.Generator, *, donors: bool = True
) -> Effect | None:
    """The mean of a column of `with_log_odds`; see `auditor.statistics.effects.estimate`."""
    return estimate(rows, value, rng, donors=donors, limit=np.inf)
