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


@dataclass(frozen=True, slots=True)
class Carried:
    """What one part or property does for a class; each side's share of the whole background's.

    Attributes:
        lost: probability that the class's pictures lose without their own.
        won: probability that other classes' pictures gain with it.
        odds_lost, odds_won: the same in log odds.
    """

    lost: Effect
    won: Effect
    odds_lost: float
    odds_won: float


@dataclass(frozen=True)
class Localisation:
    """Of one class, everything that was exchanged.

    Attributes:
        whole: the whole background.
        parts: by place, the whole background among them.
    """

    whole: Carried
    parts: Mapping[Place, Carried]


def localisation(table: TrialTable, name: str) -> Localisation | None:
    """What every region and property carries; None where the class was not looked into.

    Args:
        table: all trials.
        name: the class.
    """
    own = _with_odds(table.of(Intervention.EXCHANGE_OTHER), name, "label", "loss")
    given = _with_odds(table.of(Intervention.EXCHANGE_GIVEN), name, "donor_label", "gain")
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
                lost, won, float(rows["odds"].mean()), float(met["odds"].mean())
            )
    whole = parts.get(Region(RegionKind.BACKGROUND, 1.0))
    return None if whole is None else Localisation(whole, parts)


def _with_odds(rows: pd.DataFrame, name: str, side: str, value: str) -> pd.DataFrame:
    """The class's rows with what happens to it in log odds, positive where it loses or gains."""
    chosen = rows[(rows[side] == name) & rows["place"].notna() & rows[value].notna()]
    before, after = (
        ("p_label_control", "p_label") if value == "loss" else ("p_donor", "p_donor_control")
    )
    return chosen.assign(odds=_odds(chosen[before]) - _odds(chosen[after]))


def _odds(probabilities: pd.Series) -> pd.Series:
    clipped = probabilities.astype(float).clip(CLIPPED, 1 - CLIPPED)
    return pd.Series(np.log(clipped / (1 - clipped)), index=probabilities.index)
