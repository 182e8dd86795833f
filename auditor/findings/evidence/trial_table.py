"""Trials made ready for estimation: effects beside probabilities, clusters, a fixed order."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditor.domain.interventions import Intervention
from auditor.domain.schema import TABLES, names

KEY = ["case_id", "intervention", "fill", "donor"]
NUMBERS = [column.name for column in TABLES["trials"] if column.kind == "float"]


@dataclass(frozen=True)
class TrialTable:
    """The trials of the audited cases.

    Attributes:
        rows: TRIALS columns plus `loss` (p_label_control - p_label), `gain` (p_donor -
            p_donor_control), `p_original` (the label's probability before), `sampled` and `half`
            (0 or 1, by object cluster). NaN is null.
    """

    rows: pd.DataFrame

    def of(self, *interventions: Intervention) -> pd.DataFrame:
        """Rows of some interventions, sampled or not."""
        return self.rows[self.rows["intervention"].isin([name.value for name in interventions])]

    def sample(self, *interventions: Intervention) -> pd.DataFrame:
        """Rows of the random sample alone: what a class is estimated from."""
        wanted = self.rows["intervention"].isin([name.value for name in interventions])
        return self.rows[wanted & self.rows["sampled"]]


def clusters(cases: pd.DataFrame) -> pd.Series:
    """The statistical cluster of every case: its duplicate group, else itself."""
    return cases["duplicate_group"].where(cases["duplicate_group"].notna(), cases["case_id"])


def tidy(
    trials: pd.DataFrame, cases: pd.DataFrame, *, seed: int, used_up: bool = False
) -> TrialTable:
    """Trials of known cases, sorted so that the order of the input cannot matter.

    Args:
        trials: TRIALS columns; may be empty or without columns at all.
        cases: with `case_id`, `label`, `label_probability`, `duplicate_group`, `sampled`.
        seed: draws the halves, stratified by class.
        used_up: give each column of `trials` back as soon as the table has it. Nobody may ask the
            frame afterwards.
    """
    given = trials.reindex(columns=names("trials"))
    if used_up:
        for name in list(trials.columns):
            del trials[name]
    rows = _in_order(given, set(cases["case_id"]))
    group = dict(zip(cases["case_id"], clusters(cases), strict=True))
    rows["group"] = _named(rows["case_id"], group)
    known_donor = _named(rows["donor"], group)
    own_word = rows["donor_group"].where(rows["donor_group"].notna(), rows["donor"])
    rows["donor_group"] = known_donor.where(known_donor.notna(), own_word)
    rows["label"] = rows["case_id"].map(dict(zip(cases["case_id"], cases["label"], strict=True)))
    rows["loss"] = rows["p_label_control"] - rows["p_label"]
    rows["gain"] = rows["p_donor"] - rows["p_donor_control"]
    original = dict(zip(cases["case_id"], cases["label_probability"], strict=True))
    rows["p_original"] = rows["case_id"].map(original).astype("float64")
    rows["sampled"] = rows["case_id"].isin(set(cases.loc[cases["sampled"], "case_id"]))
    rows["half"] = rows["group"].map(_halves(rows, seed)).astype("int64")
    return TrialTable(rows)


def _in_order(trials: pd.DataFrame, case_ids: Collection[str]) -> pd.DataFrame:
    """The rows of these cases that have an answer, sorted. A column at a time: a million rows are
    not copied whole, and copied again. The frame has no column any more afterwards."""
    known = pd.to_numeric(trials["p_label"]).notna() & trials["case_id"].isin(case_ids)
    kept = np.flatnonzero(known)
    places = kept[_order(trials, kept)]
    columns = {name: _plain(name, trials.pop(name).take(places)) for name in names("trials")}
    return pd.DataFrame(columns, copy=False)


def _order(trials: pd.DataFrame, kept: NDArray[np.int64]) -> NDArray[np.int64]:
    """Of some rows the order by `KEY`, and by all numbers where several have one key: many rows
    are sorted by four columns, few by all."""
    keys = pd.DataFrame({name: _plain(name, trials[name].take(kept)) for name in KEY}, copy=False)
    order = keys.sort_values(KEY, kind="stable").index.to_numpy(np.int64, copy=True)
    again = keys.duplicated(KEY, keep=False).to_numpy()
    every = [*KEY, *NUMBERS]
    several = pd.DataFrame({n: _plain(n, trials[n].take(kept[again])) for n in every})
    places = several.sort_values(every, kind="stable").index
    order[again[order]] = np.flatnonzero(again)[places]
    return order


def _plain(name: str, values: pd.Series) -> pd.Series:
    """Numbers, or objects; numbered from 0."""
    plain = values.reset_index(drop=True)
    return pd.to_numeric(plain).astype("float64") if name in NUMBERS else _objects(plain)


def _objects(values: pd.Series) -> pd.Series:
    """Plain objects with None for null. Equal ones are one object: a million rows of few words."""
    codes, found = pd.factorize(values)
    each = np.array([*found, None], dtype=object)
    return pd.Series(each[codes], index=values.index, dtype=object)  # code -1 is null


def _named(values: pd.Series, names: Mapping[str, str]) -> pd.Series:
    """Each value's name as plain objects, the same one for equal values; None without. (`map` has
    a text of its own in every row.)"""
    codes, found = pd.factorize(values)
    each = np.array([*map(names.get, found), None], dtype=object)
    return pd.Series(each[codes], index=values.index, dtype=object)


def _halves(rows: pd.DataFrame, seed: int) -> dict[str, int]:
    """Every other cluster of a class, in an order drawn by the seed."""
    label = rows.groupby("group")["label"].min()
    drawn = sorted(
        (str(name), _digest(seed, str(group)), str(group)) for group, name in label.items()
    )
    rank: dict[str, int] = {}
    halves: dict[str, int] = {}
    for name, _, group in drawn:
        rank[name] = rank.get(name, -1) + 1
        halves[group] = rank[name] % 2
    return halves


def _digest(seed: int, group: str) -> str:
    return hashlib.sha256(f"{seed}\x00{group}".encode()).hexdigest()
