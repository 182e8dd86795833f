"""The numbers of classes and of the whole run, each with its difference."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from auditor.comparison.differences import (
    Difference,
    Observed,
    difference_of_intervals,
    difference_of_means,
    difference_of_rates,
    with_q_values,
)
from auditor.comparison.inputs import Side
from auditor.comparison.model import HIGHER_IS_WORSE
from auditor.domain.verdicts import CaseVerdict
from auditor.findings.tables.summary import groups_of
from auditor.statistics.intervals import wilson

RATES = frozenset({"accuracy", "shortcut_rate"})
AGREES = 1e-6
"""A mean made again from its rows must be the reported number; else only intervals are used."""

Estimate = tuple[float | None, float | None, float | None]
Observations = Mapping[str, Mapping[str, Observed]]


def class_measures(base: Side, new: Side) -> dict[str, dict[str, Difference]]:
    """By class, then by measure; q-values over the classes of a measure.

    Effects are compared by the trials behind them where both runs keep them, accuracy and
    shortcut rate by cases, everything else by the two runs' intervals.
    """
    names = sorted(set(base.classes.index) | set(new.classes.index))
    seen = _observations(base), _observations(new)
    found: dict[str, dict[str, Difference]] = {name: {} for name in names}
    for measure in HIGHER_IS_WORSE:
        differences = {name: _of_class(measure, name, (base, new), seen) for name in names}
        for name, difference in with_q_values(differences).items():
            found[name][measure] = difference
    return found


def overall_measures(base: Side, new: Side) -> dict[str, Difference]:
    """Accuracy and shortcut rate over all cases, and the accuracy of each run's worst group.

    Two different worst groups are compared all the same: what is worst is the question. The
    worst of many is picked, so its interval is too narrow rather than too wide.
    """
    sides = base, new
    worst = [_worst(side) for side in sides]
    found = {
        "accuracy": _held(_accuracy(base.cases), _accuracy(new.cases), "accuracy", sides),
        "worst_group_accuracy": _held(worst[0], worst[1], "worst_group_accuracy", sides),
        "shortcut_rate": _held(
            _shortcuts(base.cases), _shortcuts(new.cases), "shortcut_rate", sides
        ),
    }
    # Three numbers that are asked for one by one: no correction.
    return {name: with_q_values({name: each})[name] for name, each in found.items()}


def _of_class(
    measure: str,
    name: str,
    sides: tuple[Side, Side],
    seen: tuple[Observations, Observations],
) -> Difference:
    base, new = (_reported(side, name, measure) for side in sides)
    first, second = (each.get(measure, {}).get(name) for each in seen)
    if first is None or second is None or not (_is(first, base[0]) and _is(second, new[0])):
        return difference_of_intervals(base, new)
    return (
        difference_of_rates(first, second)
        if measure in RATES
        else difference_of_means(first, second)
    )


def _held(
    first: Observed | None, second: Observed | None, name: str, sides: tuple[Side, Side]
) -> Difference:
    base, new = (_number(getattr(side.summary, name)) for side in sides)
    if first is None or second is None or not (_is(first, base) and _is(second, new)):
        return difference_of_intervals((base, None, None), (new, None, None))
    return difference_of_rates(first, second)


def _observations(side: Side) -> Observations:
    found: dict[str, dict[str, Observed]] = {"accuracy": {}, "shortcut_rate": {}}
    for name, rows in side.cases.groupby("label"):
        # Accuracy is of all images, not of those that the looks took.
        seen, flagged = _accuracy(rows), _shortcuts(rows)
        if seen is not None:
            found["accuracy"][str(name)] = seen
        if flagged is not None:
            at = side.positions.get(str(name))
            found["shortcut_rate"][str(name)] = replace(flagged, at=at)
    for measure, rows in side.observations.items():
        found[measure] = {
            str(name): Observed(
                own["value"].to_numpy(np.float64),
                own["group"].to_numpy(str),
                own["donor_group"].to_numpy(str),
                side.positions.get(str(name)),
            )
            for name, own in rows.groupby("class")
        }
    return found


def _accuracy(cases: pd.DataFrame) -> Observed | None:
    return _rate(cases, cases["correct"])


def _shortcuts(cases: pd.DataFrame) -> Observed | None:
    sample = cases[cases["sampled"].astype(bool) & cases["tested"].astype(bool)]
    return _rate(sample, sample["verdict"] == CaseVerdict.SHORTCUT.value)


def _worst(side: Side) -> Observed | None:
    name = side.summary.worst_group
    rows = next((rows for group, rows in groups_of(side.cases) if group == name), None)
    return None if rows is None else _accuracy(rows)


def _rate(cases: pd.DataFrame, holds: pd.Series) -> Observed | None:
    if cases.empty:
        return None
    return Observed(holds.to_numpy(np.float64), cases["group"].to_numpy(str))


def _reported(side: Side, name: str, measure: str) -> Estimate:
    if name not in side.classes.index:
        return None, None, None
    row = side.classes.loc[name]
    value = _number(row.get(measure))
    if measure != "accuracy":
        return value, _number(row.get(f"{measure}_low")), _number(row.get(f"{measure}_high"))
    images = _number(row["images"]) or 0.0
    interval = None if value is None else wilson(value * images, images)
    return (value, None, None) if interval is None else (value, interval.low, interval.high)


def _is(observed: Observed, reported: float | None) -> bool:
    return reported is not None and math.isclose(
        float(observed.values.mean()), reported, abs_tol=AGREES
    )


def _number(value: object) -> float | None:
    return None if value is None or pd.isna(value) else float(value)  # type: ignore[arg-type,call-overload]
