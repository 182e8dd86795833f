"""How far wrong masks move what swaps of backgrounds do to a class.

Each swap with wrong masks is held against the same swap with the masks as given (same object, same
donors), so that what is left is the masks' doing. A mean shift that is not surely above or below
nothing counts as none.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from auditor.domain.interventions import Fill, Intervention
from auditor.domain.mask_errors import AS_GIVEN, DROPPED, DROPPED_SHARE, OVERLAP, MaskError
from auditor.findings.evidence.swap_records import LEAST
from auditor.findings.evidence.trial_table import TrialTable
from auditor.statistics.effects import Effect, estimate
from auditor.statistics.intervals import seeded

VALUES = ("loss", "pull", "won")
LIMIT = {"loss": 2.0, "pull": math.inf, "won": 2.0}
"""Largest size of each: a difference of two differences of probabilities, and of log odds."""
PAIR = ["case_id", "donor"]
LEAST_CASES = 5
"""Objects below which an error says nothing of a class."""


@dataclass(frozen=True, slots=True)
class Shift:
    """What one error adds to a class's effects.

    Attributes:
        loss: to the probability that it loses on other classes' backgrounds.
        pull: to the log odds that its backgrounds give to it on other classes' objects.
        won: to the same as a probability.
    """

    loss: float = 0.0
    pull: float = 0.0
    won: float = 0.0


@dataclass(frozen=True)
class MaskShifts:
    """All mask trials beside those with the masks as given.

    Attributes:
        rows: `error`, `case_id`, `label`, `donor`, `donor_label`, `group`, `donor_group`, `fill`
            and `VALUES`; of a dropped part every swap of the audit, those that stay are `kept`.
        seed: of the run.
    """

    rows: pd.DataFrame
    seed: int

    def of(self, name: str, donors: Collection[str]) -> dict[MaskError, Shift]:
        """By error, what it adds to the effects of one class; an error that could not be tried on
        enough of its objects is absent.

        Args:
            name: of the class.
            donors: classes on whose backgrounds its loss is asked; all where none of them was met.
        """
        own = self.rows[self.rows["label"] == name]
        met = own[own["donor_label"].isin(list(donors))]
        own = own if met.empty else met
        given = self.rows[self.rows["donor_label"] == name]
        found: dict[MaskError, Shift] = {}
        for error in MaskError:
            lost, lent = own[own["error"] == error.value], given[given["error"] == error.value]
            if lost["case_id"].nunique() >= LEAST_CASES:
                found[error] = Shift(
                    loss=self._shift(lost, "loss", name, error),
                    pull=self._shift(lent, "pull", name, error),
                    won=self._shift(lent, "won", name, error),
                )
        return found

    def _shift(self, rows: pd.DataFrame, value: str, name: str, error: MaskError) -> float:
        rng = seeded(self.seed, name, error.value, value)
        if error not in DROPPED:
            moved = estimate(rows, value, rng, limit=LIMIT[value])
            return moved.mean if moved is not None and _sure(moved.low, moved.high) else 0.0
        kept, left = (
            estimate(rows[rows["kept"] == side], value, rng, limit=LIMIT[value])
            for side in (True, False)
        )
        whole = rows[value].mean()
        if kept is None or left is None or not _apart(kept, left):
            return 0.0
        return kept.mean - float(whole)


def _sure(low: float | None, high: float | None) -> bool:
    return low is not None and high is not None and (low > 0.0 or high < 0.0)


def _apart(first: Effect, second: Effect) -> bool:
    """The difference of two means from different pictures is surely not nothing."""
    halves = [
        (each.high - each.low) / 2
        for each in (first, second)
        if each.low is not None and each.high is not None
    ]
    return len(halves) == 2 and abs(first.mean - second.mean) > math.hypot(*halves)


def mask_shifts(
    trials: pd.DataFrame, table: TrialTable, areas: Mapping[str, float], *, seed: int
) -> MaskShifts:
    """What every error moves, swap by swap.

    Args:
        trials: of `auditor.interventions.mask_errors.MaskTrial`.
        table: all trials of the audit.
        areas: share of the picture that is object, by case_id.
        seed: of the run.
    """
    groups = table.cluster_of()
    tried = _effects(trials)
    given = tried[tried["error"] == AS_GIVEN].set_index(PAIR)[list(VALUES)]
    wrong = tried[tried["error"].isin([error.value for error in OVERLAP])].reset_index(drop=True)
    before = given.reindex(pd.MultiIndex.from_frame(wrong[PAIR]))
    moved = wrong[list(VALUES)].to_numpy() - before.to_numpy()
    shifted = wrong.assign(**dict(zip(VALUES, moved.T, strict=True)), kept=True)
    found = pd.concat([shifted, *_dropped(table, areas, set(map(str, trials["label"])))])
    return MaskShifts(
        found.assign(
            group=[groups.get(case, case) for case in found["case_id"]],
            donor_group=[groups.get(donor, donor) for donor in found["donor"]],
            fill=Fill.BLUR.value,
        ),
        seed,
    )


def _effects(trials: pd.DataFrame) -> pd.DataFrame:
    return trials.assign(
        loss=trials["p_label_same"] - trials["p_label"],
        pull=_odds(trials["p_donor"]) - _odds(trials["p_donor_same"]),
        won=trials["p_donor"] - trials["p_donor_same"],
    )


def _odds(p: pd.Series) -> pd.Series:
    inside = p.astype("float64").clip(LEAST, 1.0 - LEAST)
    return pd.Series(np.log(inside / (1.0 - inside)), p.index)


def _dropped(
    table: TrialTable, areas: Mapping[str, float], labels: Collection[str]
) -> list[pd.DataFrame]:
    """The audit's own swaps, those without an object or donor of the smallest or largest third
    marked as kept."""
    swaps = table.sample(Intervention.BACKGROUND_OTHER)
    swaps = swaps[swaps["donor_label"].notna() & swaps["loss"].notna()]
    if swaps.empty:
        return []
    pull = _odds(swaps["p_donor"]) - _odds(swaps["p_donor_control"])
    known = swaps.assign(pull=pull, won=swaps["gain"])
    by_label = swaps.drop_duplicates("case_id").groupby("label")["case_id"]
    dropped: dict[MaskError, set[str]] = {error: set() for error in DROPPED}
    for label, cases in by_label:
        ranked = sorted((areas.get(case, 0.0), case) for case in cases)
        count = int(len(ranked) * DROPPED_SHARE)
        if str(label) in labels and count:
            small, large = ranked[:count], ranked[-count:]
            dropped[MaskError.SMALLEST_DROPPED] |= {case for _, case in small}
            dropped[MaskError.LARGEST_DROPPED] |= {case for _, case in large}
    columns = [*PAIR, "label", "donor_label", *VALUES]
    return [
        known[columns].assign(
            error=error.value,
            kept=~(known["case_id"].isin(names) | known["donor"].isin(names)),
        )
        for error, names in dropped.items()
    ]


def object_areas(cases: pd.DataFrame) -> dict[str, float]:
    """Share of the picture that is object, of the sampled cases with a mask."""
    if "object_area" not in cases:
        return {}
    known = cases[cases["sampled"].astype(bool) & cases["object_area"].notna()]
    return dict(zip(known["case_id"], known["object_area"].astype("float64"), strict=True))
