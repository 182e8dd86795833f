"""Answers to swapped images as arrays: who was shown on whose background, and in what odds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditor.domain.answers import TOP_PROBABILITIES, read_classes
from auditor.findings.evidence.class_sample import chosen
from auditor.statistics.two_way import Codes, Floats

LEAST = 1e-6
"""Probabilities are clipped here before their logarithm is taken."""

CLUSTERS = ("group", "donor_group")

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class SwapRecords:
    """N answers, each to an object of one class on the background of a donor.

    Attributes:
        names: the K classes of the data that take part, sorted.
        model_classes: how many classes the model knows; at least K.
        label, donor: (N,) codes of the object's and the donor's class in `names`.
        case, fill: (N,) codes.
        fills: names of the fills.
        group, donor_group: (N,) codes of statistical clusters, one coding for both.
        p_label, p_donor: (N,) probabilities; p_donor NaN where it is not stored.
        control: (N,) probability of the label on same-class backgrounds; NaN there itself.
        top: (N, T) codes of the classes with the largest probabilities, -1 where none of `names`.
        p_top: (N, T) theirs, NaN where none is stored.
    """

    names: tuple[str, ...]
    model_classes: int
    label: Codes
    donor: Codes
    case: Codes
    fill: Codes
    fills: tuple[str, ...]
    group: Codes
    donor_group: Codes
    p_label: Floats
    p_donor: Floats
    control: Floats
    top: Codes
    p_top: Floats

    def __len__(self) -> int:
        return len(self.label)

    @property
    def same(self) -> Flags:
        """(N,) on a background of the object's own class."""
        return np.asarray(self.label == self.donor)

    def of(self, label: int) -> Codes:
        """Places of one class's objects."""
        return self._by_label[label]

    def on(self, donor: int) -> Codes:
        """Places of other classes' objects on one class's backgrounds."""
        return self._by_donor[donor]

    @cached_property
    def _by_label(self) -> list[Codes]:
        return _places(self.label, np.arange(len(self)), len(self.names))

    @cached_property
    def _by_donor(self) -> list[Codes]:
        return _places(self.donor, np.flatnonzero(~self.same), len(self.names))

    def probabilities(self, rows: Codes, columns: Codes) -> Floats:
        """(n, c) probabilities of some classes on some answers, at least `LEAST`.

        What the stored classes leave is spread evenly over all others that the model knows.

        Args:
            rows: places among the answers.
            columns: codes of classes.
        """
        place = np.full(len(self.names), -1)
        place[columns] = np.arange(len(columns))
        known = np.full((len(rows), len(columns)), np.nan)
        stored = ~np.isnan(self.p_top[rows])
        taken = np.where(stored, self.p_top[rows], 0.0).sum(axis=1)
        count = stored.sum(axis=1)
        for rank in range(self.top.shape[1]):
            self._put(known, place, self.top[rows, rank], self.p_top[rows, rank])
        for code, value in (
            (self.label[rows], self.p_label[rows]),
            (self.donor[rows], self.p_donor[rows]),
        ):
            new = ~np.isnan(value) & ~(self.top[rows] == code[:, None]).any(axis=1)
            self._put(known, place, np.where(new, code, -1), value)
            taken = taken + np.where(new, value, 0.0)
            count = count + new
        left = np.clip(1.0 - taken, 0.0, 1.0) / np.maximum(1, self.model_classes - count)
        filled = np.where(np.isnan(known), left[:, None], known)
        return np.clip(filled, LEAST, 1.0)

    @staticmethod
    def _put(known: Floats, place: Codes, code: Codes, value: Floats) -> None:
        rows = np.flatnonzero((code >= 0) & (place[code] >= 0))
        known[rows, place[code[rows]]] = value[rows]


def swap_records(
    rows: pd.DataFrame, *, model_classes: int, names: Sequence[str] | None = None
) -> SwapRecords:
    """The answers of swap trials and of their same-class controls.

    Args:
        rows: of a `TrialTable`, both sides of one exchange; those without a donor are left out.
        model_classes: how many classes the model knows.
        names: classes that take part; None for those of the rows.
    """
    rows = chosen(rows, "donor_label", "donor_group")
    found = tuple(sorted(set(rows["label"]) | set(rows["donor_label"])))
    classes = found if names is None else tuple(names)
    index = pd.Index(classes)
    label, donor = (_codes(index, rows[name]) for name in ("label", "donor_label"))
    kept = np.asarray((label >= 0) & (donor >= 0))
    if not kept.all():
        rows, label, donor = rows[kept], label[kept], donor[kept]
    fill, fills = pd.factorize(rows["fill"], sort=True)
    clusters = pd.Index(sorted({str(n) for side in CLUSTERS for n in rows[side].unique()}))
    top = _top_codes(rows["top_classes"], index)
    return SwapRecords(
        names=classes,
        model_classes=max(model_classes, len(classes)),
        label=label,
        donor=donor,
        case=pd.factorize(rows["case_id"], sort=True)[0].astype(np.int64),
        fill=fill.astype(np.int64),
        fills=tuple(map(str, fills)),
        group=_codes(clusters, rows["group"]),
        donor_group=_codes(clusters, rows["donor_group"]),
        p_label=rows["p_label"].to_numpy(np.float64),
        p_donor=np.where(label == donor, np.nan, rows["p_donor"].to_numpy(np.float64)),
        control=rows["p_label_control"].to_numpy(np.float64),
        top=top,
        p_top=rows[list(TOP_PROBABILITIES)].to_numpy(np.float64),
    )


def _places(codes: Codes, rows: Codes, count: int) -> list[Codes]:
    """Of each code the rows that have it, in their order."""
    order = rows[np.argsort(codes[rows], kind="stable")]
    ends = np.cumsum(np.bincount(codes[rows], minlength=count))
    return np.split(order, ends[:-1])


def _codes(index: pd.Index[str], names: pd.Series) -> Codes:
    """(N,) places in the index; each name is looked up once."""
    codes, found = pd.factorize(names)
    places = index.get_indexer(pd.Index([*map(str, found)], dtype=object))
    return np.append(places, -1)[codes].astype(np.int64)  # the last one, for code -1, is null


def _top_codes(texts: pd.Series, index: pd.Index[str]) -> Codes:
    """(N, T) codes of the stored classes, -1 for what is none of the index or not stored."""
    codes, orders = pd.factorize(texts)
    width = len(TOP_PROBABILITIES)
    table = np.full((len(orders) + 1, width), -1, dtype=np.int64)
    for row, text in enumerate(orders):
        named = list(read_classes(text))[:width]
        table[row, : len(named)] = index.get_indexer(pd.Index(named, dtype=object))
    return table[codes]  # the last row, for code -1, is nothing stored
