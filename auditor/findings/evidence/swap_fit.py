"""The swap table in log odds, class by class. docs/science.md, 8.1.

For objects of class b on backgrounds of class d the mean log odds of answer e are additive but for
cues: a robust two-way fit takes rows and columns out, and what is left, R_b[d, e], is what the
background does beyond being some background. A cue is a spike at (d, d).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from auditor.findings.evidence.swap_records import SwapRecords
from auditor.statistics.least_absolute import SIZE as THREE
from auditor.statistics.least_absolute import fit_least_absolute, least_absolute_cells
from auditor.statistics.two_way import (
    Codes,
    Draws,
    Floats,
    TwoWayFit,
    fit_two_way,
    group_means,
    median_of_known,
    resampled_cells,
    weighted_means,
)

WHOLE = 24
"""Up to so many classes every class's table holds all of them. Beyond, it has the answers that its
objects get most, and other classes' backgrounds are put together in as many rows."""
COLUMNS = 16


@dataclass(frozen=True)
class ClassFit:
    """The table of one class's objects.

    Attributes:
        label: the class's code.
        rows: (n,) places of its answers among the records.
        columns: (E,) codes of the classes in the table; the own one is among them.
        groups: (n,) row of the table of each answer; the own class's backgrounds are row `own`.
        own: row of the own class's backgrounds.
        odds: (n, E) log probabilities.
        beside: (n,) probability of all classes that are not in the table.
        fit: of `odds`.
        three: it is that of three classes, by `fit_least_absolute`.
    """

    label: int
    rows: Codes
    columns: Codes
    groups: Codes
    own: int
    odds: Floats
    beside: Floats
    fit: TwoWayFit
    three: bool = False

    @property
    def column(self) -> int:
        """Column of the own class."""
        return int(np.flatnonzero(self.columns == self.label)[0])

    def cells_under(self, weights: Floats) -> Floats:
        """(B, D, E) cells of the table with the answers weighted (B, n)."""
        if self.three:
            return least_absolute_cells(self.odds, self.groups, weights)
        return resampled_cells(self.fit, self.odds, self.groups, weights)

    def freed(self, cells: Floats, rows: Codes | None = None) -> Floats:
        """(B, n) probability of the own class where what the background adds is taken away.

        Args:
            cells: (B, D, E) what backgrounds add; NaN counts as nothing.
            rows: places among the n answers to tell, the others are NaN; None for all.
        """
        odds, column = np.exp(self.odds), self.column
        taken = np.exp(-np.nan_to_num(cells))
        found = np.full((len(cells), len(self.rows)), np.nan)
        asked = np.arange(len(self.rows)) if rows is None else rows
        for group in np.unique(self.groups[asked]):
            own = asked[self.groups[asked] == group]
            mass = taken[:, group] @ odds[own].T + self.beside[own]
            found[:, own] = np.outer(taken[:, group, column], odds[own, column]) / mass
        return found


def fit_class(records: SwapRecords, label: int, pull: Floats | None = None) -> ClassFit | None:
    """The table of one class; None where it has no answers on own and on other backgrounds.

    Args:
        records: of one exchange.
        label: code of the class.
        pull: (K,) log odds that each class's backgrounds are known to give to it, taken away
            beforehand; used where the table cannot hold all classes.
    """
    rows = records.of(label)
    same = records.same[rows]
    if not same.any() or same.all():
        return None
    count = len(records.names)
    donors = records.donor[rows]
    if count <= WHOLE:
        columns, groups, own = np.arange(count), donors, label
    else:
        columns = _likeliest(records, rows, label)
        groups = np.where(donors == label, 0, 1 + donors % (WHOLE - 1))
        own = 0
    found = records.probabilities(rows, columns)
    # Answers outside the data count for nobody; those outside the table do.
    beside = np.clip(1.0 - found.sum(axis=1), 0.0, 1.0) * (count > WHOLE)
    odds = np.log(found)
    if pull is not None:
        odds, beside = _without_pull(records, rows, columns, odds=odds, beside=beside, pull=pull)
    three = count == THREE == len(np.unique(groups))
    fit = (
        fit_least_absolute(odds, groups)
        if three
        else fit_two_way(odds, groups, WHOLE if count > WHOLE else count)
    )
    return ClassFit(label, rows, columns, groups, own, odds, beside, fit, three)


def _likeliest(records: SwapRecords, rows: Codes, label: int) -> Codes:
    """Codes of the classes that these answers name most, the own one among them."""
    top, p_top = records.top[rows], np.nan_to_num(records.p_top[rows])
    mass = np.bincount(top[top >= 0], weights=p_top[top >= 0], minlength=len(records.names))
    mass = mass.astype(np.float64)  # integers where nothing is counted
    mass[label] = np.inf
    return np.sort(np.argsort(-mass, kind="stable")[:COLUMNS])


def _without_pull(
    records: SwapRecords,
    rows: Codes,
    columns: Codes,
    *,
    odds: Floats,
    beside: Floats,
    pull: Floats,
) -> tuple[Floats, Floats]:
    """Odds and the mass beside them without what each donor's class is known to win."""
    donors = records.donor[rows]
    other = donors != records.label[rows]
    less = np.where(other, np.maximum(0.0, pull[donors]), 0.0)
    hit = columns[None, :] == donors[:, None]
    inside = hit.any(axis=1)
    p_donor = np.where(inside | ~other, 0.0, np.nan_to_num(records.p_donor[rows]))
    p_donor = np.minimum(p_donor, beside)
    return odds - hit * less[:, None], beside - p_donor * (1.0 - np.exp(-less))


def pull_of_many(records: SwapRecords, draws: Draws) -> tuple[Floats, Floats]:
    """Sufficiency of every class where there are more than a table holds.

    The row constants of a class's answers come from the answers that its objects get most, the
    column constant of any other answer is its median over all of the class's answers. What a swap
    has beyond both counts once; a class's sufficiency is the median over classes of objects.

    Args:
        records: of one exchange.
        draws: of clusters.

    Returns:
        (K,) log odds and the same resampled, (3 B, K); NaN where nothing was tried.
    """
    count = len(records.names)
    beyond = np.full(len(records), np.nan)
    for label in range(count):
        rows = records.of(label)
        if len(rows):
            columns, donors = _likeliest(records, rows, label), records.donor[rows]
            asked = np.union1d(columns, donors)
            odds = np.log(records.probabilities(rows, asked))
            fitted = odds[:, np.searchsorted(asked, columns)]
            fit = fit_two_way(fitted, np.zeros(len(rows), dtype=np.int64), 1)
            centred = odds - fit.rows[:, None]
            place = np.searchsorted(asked, donors)
            usual = np.median(centred, axis=0)
            beyond[rows] = centred[np.arange(len(rows)), place] - usual[place]
    pull = np.full(count, np.nan)
    pull_draws = np.full((3 * len(draws.objects), count), np.nan)
    for donor in range(count):
        rows = records.on(donor)
        if len(rows):
            labels, groups = np.unique(records.label[rows], return_inverse=True)
            weights = draws.weights(records.group[rows], records.donor_group[rows])
            values = beyond[rows, None]
            pull[donor] = np.median(group_means(values, groups, len(labels)))
            means = weighted_means(values, groups, len(labels), weights)[:, :, 0]
            pull_draws[:, donor] = median_of_known(means, axis=1)
    return pull, pull_draws
