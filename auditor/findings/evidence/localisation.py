"""What single regions and properties carry of the exchange of a whole background."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from auditor.domain.interventions import Intervention
from auditor.domain.places import Place, Region, RegionKind, read_place
from auditor.findings.evidence.trial_table import TrialTable
from auditor.statistics.effects import Effect, estimate
from auditor.statistics.intervals import seeded

CLIPPED = 1e-3
"""Probabilities are clipped here before their log odds: beyond, a network is merely sure."""
LEAST_REST = 1e-6
"""Probability that the partner's class leaves to all others: below, it is taken for this much."""
LEAST_ODDS = 0.2
"""Log odds that the whole background has to lose and win without that answer, half of the usual
floor: a cue that decides between a class and its partner alone does nothing else."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an exchange does to the class, in both directions.

    Attributes:
        lost, won: probability that its pictures lose and other classes' pictures gain.
        odds_lost, odds_won: the same in log odds.
    """

    lost: float
    won: float
    odds_lost: float
    odds_won: float


@dataclass(frozen=True, slots=True)
class Carried:
    """What one part or property does for a class.

    Attributes:
        lost: probability that the class's pictures lose without their own.
        won: probability that other classes' pictures gain with it.
        change: the means of both, and of their log odds.
        rest: the same of the class among all answers but the partner's class, p / (1 - p_partner):
            what the partner's own cue gives to the partner, or takes from it, is left out.
    """

    lost: Effect
    won: Effect
    change: Change
    rest: Change


@dataclass(frozen=True, slots=True)
class Shares:
    """What a part carries of what the whole background does: of the loss and of the gain the
    smaller one of the shares in probability and in log odds."""

    lost: float
    won: float

    @property
    def least(self) -> float:
        """The smaller one."""
        return min(self.lost, self.won)

    @property
    def most(self) -> float:
        """The larger one."""
        return max(self.lost, self.won)


@dataclass(frozen=True)
class Localisation:
    """Of one class, everything that was exchanged.

    Attributes:
        whole: the whole background.
        parts: by place, the whole background among them.
    """

    whole: Carried
    parts: Mapping[Place, Carried]

    def shares(self, part: Carried) -> tuple[Shares, ...]:
        """What a part carries in every measure that tells it: as it is, and among the rest.

        As it is, the whole background brings the cues of its partners along, too, of which a part
        that is all of the class's cue has nothing; among the rest, little of a weak effect may be
        left. Each can fall short of what the part carries.
        """
        told = [_shares(part.change, self.whole.change)]
        rest = self.whole.rest
        if min(rest.odds_lost, rest.odds_won) >= LEAST_ODDS and min(rest.lost, rest.won) > 0.0:
            told.append(_shares(part.rest, rest))
        return tuple(told)


def localisation(table: TrialTable, name: str) -> Localisation | None:
    """What every region and property carries; None where the class was not looked into.

    Args:
        table: all trials.
        name: the class.
    """
    own = _of_class(table.of(Intervention.EXCHANGE_OTHER), name, "label", "loss")
    given = _of_class(table.of(Intervention.EXCHANGE_GIVEN), name, "donor_label", "gain")
    others = {str(text): rows for text, rows in given.groupby("place")}
    parts: dict[Place, Carried] = {}
    for text, rows in own.groupby("place"):
        met = others.get(str(text))
        if met is None:
            continue
        lost = estimate(rows, "loss", seeded(0, name, str(text), "lost"))
        won = estimate(met, "gain", seeded(0, name, str(text), "won"))
        if lost is not None and won is not None:
            parts[read_place(str(text))] = Carried(
                lost, won, _change(rows, met, lost.mean, won.mean), _change_of_rest(rows, met)
            )
    whole = parts.get(Region(RegionKind.BACKGROUND, 1.0))
    return None if whole is None else Localisation(whole, parts)


def _of_class(rows: pd.DataFrame, name: str, side: str, value: str) -> pd.DataFrame:
    """The rows in which the class is on that side."""
    return rows[(rows[side] == name) & rows["place"].notna() & rows[value].notna()]


def _change(own: pd.DataFrame, others: pd.DataFrame, lost: float, won: float) -> Change:
    return Change(
        lost,
        won,
        float((_odds(own["p_label_control"]) - _odds(own["p_label"])).mean()),
        float((_odds(others["p_donor"]) - _odds(others["p_donor_control"])).mean()),
    )


def _change_of_rest(own: pd.DataFrame, others: pd.DataFrame) -> Change:
    before = _among_rest(own["p_label_control"], own["p_donor_control"])
    after = _among_rest(own["p_label"], own["p_donor"])
    without = _among_rest(others["p_donor_control"], others["p_label_control"])
    given = _among_rest(others["p_donor"], others["p_label"])
    return Change(
        float((before - after).mean()),
        float((given - without).mean()),
        float((_odds(before) - _odds(after)).mean()),
        float((_odds(given) - _odds(without)).mean()),
    )


def _among_rest(probability: pd.Series, partner: pd.Series) -> pd.Series:
    """Probability of the class where the partner's class is no possible answer."""
    left = (1.0 - partner.astype(float)).clip(lower=LEAST_REST)
    return (probability.astype(float) / left).clip(0.0, 1.0)


def _odds(probabilities: pd.Series) -> pd.Series:
    clipped = probabilities.astype(float).clip(CLIPPED, 1 - CLIPPED)
    return pd.Series(np.log(clipped / (1 - clipped)), index=probabilities.index)


def _shares(does: Change, whole: Change) -> Shares:
    return Shares(
        min(_ratio(does.lost, whole.lost), _ratio(does.odds_lost, whole.odds_lost)),
        min(_ratio(does.won, whole.won), _ratio(does.odds_won, whole.odds_won)),
    )


def _ratio(part: float, whole: float) -> float:
    """Where the whole does nothing, a part that does something does more than all of it."""
    if whole <= 0.0:
        return 1.0 if part > 0.0 else 0.0
    return part / whole
