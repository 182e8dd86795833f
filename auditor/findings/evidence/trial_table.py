"""Trials made ready for estimation: effects beside probabilities, clusters, a fixed order."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditor.domain.interventions import Intervention
from auditor.domain.schema import TABLES, names

KEY = ["case_id", "intervention", "fill", "donor"]
NUMBERS = [column.name for column in TABLES["trials"] if column.kind == "float"]


class TrialTable(Protocol):
    """The trials of the audited cases: a table's rows of some interventions, in a fixed order.

    Rows have the TRIALS columns plus `loss` (p_label_control - p_label), `gain` (p_donor -
    p_donor_control), `p_original` (the label's probability before), `sampled` and `half` (0 or 1,
    by object cluster). NaN is null. Nobody may change them.
    """

    def of(self, *interventions: Intervention) -> pd.DataFrame:
        """Rows of some interventions, sampled or not."""

    def sample(self, *interventions: Intervention) -> pd.DataFrame:
        """Rows of the random sample alone: what a class is estimated from."""

    def of_labels(self, sets: Iterable[Collection[str]]) -> Iterator[TrialRows]:
        """The rows of the cases of some labels, one set of labels after the other."""

    def case_ids(self) -> Sequence[str]:
        """The cases with trials, sorted."""

    def cluster_of(self) -> Mapping[str, str]:
        """The statistical cluster of every case with trials and of every donor."""


@dataclass(frozen=True)
class TrialRows:
    """A `TrialTable` that is in memory as a whole.

    Attributes:
        rows: of all interventions.
    """

    rows: pd.DataFrame

    def of(self, *interventions: Intervention) -> pd.DataFrame:
        """Rows of some interventions, sampled or not."""
        return self.rows[self.rows["intervention"].isin([name.value for name in interventions])]

    def sample(self, *interventions: Intervention) -> pd.DataFrame:
        """Rows of the random sample alone: what a class is estimated from."""
        wanted = self.rows["intervention"].isin([name.value for name in interventions])
        return self.rows[wanted & self.rows["sampled"]]

    def of_labels(self, sets: Iterable[Collection[str]]) -> Iterator[TrialRows]:
        """The rows of the cases of some labels, one set of labels after the other."""
        for labels in sets:
            yield TrialRows(self.rows[self.rows["label"].isin(list(labels))])

    def case_ids(self) -> Sequence[str]:
        """The cases with trials, sorted."""
        return sorted(set(self.rows["case_id"]))

    def cluster_of(self) -> Mapping[str, str]:
        """The statistical cluster of every case with trials and of every donor."""
        lent = self.rows[self.rows["donor"].notna()]
        donors = dict(zip(lent["donor"], lent["donor_group"], strict=True))
        return dict(zip(self.rows["case_id"], self.rows["group"], strict=True)) | donors


@dataclass(frozen=True)
class CaseFacts:
    """What a trial's row has from its case.

    Attributes:
        group: statistical cluster of every case that takes part, by case_id.
        label, original: of the same, its class and the probability of that before.
        sampled: case_ids of the random sample.
        half: 0 or 1, by cluster of the cases with trials.
    """

    group: Mapping[str, str]
    label: Mapping[str, str]
    original: Mapping[str, float]
    sampled: frozenset[str]
    half: Mapping[str, int]

    @classmethod
    def of(cls, cases: pd.DataFrame, tested: Iterable[str], *, seed: int) -> CaseFacts:
        """From cases as `tidy` takes them.

        Args:
            tested: case_ids among them that have trials.
        """
        group = dict(zip(cases["case_id"], clusters(cases), strict=True))
        label = dict(zip(cases["case_id"], cases["label"], strict=True))
        return cls(
            group,
            label,
            dict(zip(cases["case_id"], cases["label_probability"], strict=True)),
            frozenset(cases.loc[cases["sampled"], "case_id"]),
            _halves([(str(group[name]), str(label[name])) for name in tested], seed),
        )

    def added_to(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The rows, in order, with the columns of a `TrialTable`."""
        rows["group"] = _named(rows["case_id"], self.group)
        known_donor = _named(rows["donor"], self.group)
        own_word = rows["donor_group"].where(rows["donor_group"].notna(), rows["donor"])
        rows["donor_group"] = known_donor.where(known_donor.notna(), own_word)
        rows["label"] = rows["case_id"].map(self.label)
        rows["loss"] = rows["p_label_control"] - rows["p_label"]
        rows["gain"] = rows["p_donor"] - rows["p_donor_control"]
        rows["p_original"] = rows["case_id"].map(self.original).astype("float64")
        rows["sampled"] = rows["case_id"].isin(self.sampled)
        rows["half"] = rows["group"].map(self.half).astype("int64")
        return rows


def clusters(cases: pd.DataFrame) -> pd.Series:
    """The statistical cluster of every case: its duplicate group, else itself."""
    return cases["duplicate_group"].where(cases["duplicate_group"].notna(), cases["case_id"])


def tidy(
    trials: pd.DataFrame, cases: pd.DataFrame, *, seed: int, used_up: bool = False
) -> TrialRows:
    """Trials of known cases, sorted so that the order of the input cannot matter.

    Args:
        trials: TRIALS columns; may be empty or without columns at all.
        cases: with `case_id`, `label`, `label_probability`, `duplicate_group`, `sampled`.
        seed: draws the halves, stratified by class.
        used_up: give each column of `trials` back as soon as the table has it. Nobody may ask the
            frame afterwards.
    """
    rows = in_order(trials, frozenset(cases["case_id"]), used_up=used_up)
    facts = CaseFacts.of(cases, rows["case_id"].unique(), seed=seed)
    return TrialRows(facts.added_to(rows))


def in_order(
    trials: pd.DataFrame, case_ids: Collection[str], *, used_up: bool = False
) -> pd.DataFrame:
    """The rows of these cases that have an answer, sorted. A column at a time: a million rows are
    not copied whole, and copied again.

    Args:
        trials, used_up: see `tidy`.
        case_ids: of the cases that take part.
    """
    given = trials.reindex(columns=names("trials"))
    if used_up:
        for name in list(trials.columns):
            del trials[name]
    known = pd.to_numeric(given["p_label"]).notna() & given["case_id"].isin(case_ids)
    kept = np.flatnonzero(known)
    places = kept[_order(given, kept)]
    columns = {name: _plain(name, given.pop(name).take(places)) for name in names("trials")}
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


def _halves(tested: Iterable[tuple[str, str]], seed: int) -> dict[str, int]:
    """Every other cluster of a class, in an order drawn by the seed.

    Args:
        tested: cluster and class of the cases with trials. A cluster of two classes counts for the
            first by name.
    """
    label: dict[str, str] = {}
    for group, name in tested:
        label[group] = min(name, label.get(group, name))
    drawn = sorted((name, _digest(seed, group), group) for group, name in label.items())
    rank: dict[str, int] = {}
    halves: dict[str, int] = {}
    for name, _, group in drawn:
        rank[name] = rank.get(name, -1) + 1
        halves[group] = rank[name] % 2
    return halves


def _digest(seed: int, group: str) -> str:
    return hashlib.sha256(f"{seed}\x00{group}".encode()).hexdigest()
