"""What the swap tables say of every class: necessity, sufficiency, and both as probabilities."""

from __future__ import annotations

import numpy as np

from auditor.findings.evidence.swap_fit import WHOLE, ClassFit, fit_class, pull_of_many
from auditor.findings.evidence.swap_records import LEAST, SwapRecords
from auditor.findings.evidence.swap_sums import Counted, GainSums
from auditor.findings.evidence.swap_tables import SwapEffects, SwapTables, won_back
from auditor.statistics.effects import Effect
from auditor.statistics.two_way import (
    Codes,
    Draws,
    Floats,
    median_of_known,
)


def swap_effects(records: SwapRecords, rng: np.random.Generator) -> SwapTables:
    """Fit all tables of an exchange among at least three classes, and resample them.

    Objects and donors are resampled as clusters, and the column constants and cells of every table
    with them.

    Args:
        records: sampled answers on own and on other classes' backgrounds.
        rng: source of the resamples.
    """
    return _Tables(records, rng).found()


class _Tables:
    """The sums that one pass over the classes gathers."""

    def __init__(self, records: SwapRecords, rng: np.random.Generator) -> None:
        self.records = records
        clusters = 1 + int(max(records.group.max(), records.donor_group.max()))
        self.draws = Draws.of(clusters, clusters, rng)
        self.size = 3 * len(self.draws.objects)
        count = len(records.names)
        self.whole = count <= WHOLE
        self.pull = np.full(count, np.nan)
        self.pull_draws = np.full((self.size, count), np.nan)
        if not self.whole:
            self.pull, self.pull_draws = pull_of_many(records, self.draws)
        self.own = np.full((count, count), np.nan) if self.whole else np.empty((0, 0))
        self.own_draws = np.full((self.size, count, count) if self.whole else (0, 0, 0), np.nan)
        self.label_draws = self.own_draws.copy()
        self.rivals: dict[int, int] = {}
        self.cells = np.full((count, count, count), np.nan) if self.whole else np.empty((0, 0, 0))
        self.won = GainSums(self.size, count, len(records.fills))
        self.needed: dict[int, tuple[Effect | None, Effect]] = {}

    def found(self) -> SwapTables:
        names = self.records.names
        for label in range(len(names)):
            self._add(label)
        if self.whole:
            self._pool()
        effects = {name: self._effects(code) for code, name in enumerate(names)}
        cells = self.cells if self.whole else None
        return SwapTables(effects, names, self.records.model_classes, cells, self.pull)

    def _add(self, label: int) -> None:
        fit = fit_class(self.records, label, None if self.whole else np.nan_to_num(self.pull))
        if fit is None:
            return
        records, rows = self.records, fit.rows
        weights = self.draws.weights(records.group[rows], records.donor_group[rows])
        cells = fit.cells_under(weights)
        self.needed[label] = self._needed(fit, weights, cells)
        if self.whole:
            self.own[label] = np.diagonal(fit.fit.cells)
            self.own_draws[:, label] = np.diagonal(cells, axis1=1, axis2=2)
            self.label_draws[:, label] = cells[:, :, label]
            self.rivals[label] = _rival(fit, records)
            self.cells[label] = fit.fit.cells
        self._win(fit, weights)

    def _needed(
        self, fit: ClassFit, weights: Floats, cells: Floats
    ) -> tuple[Effect | None, Effect]:
        """Effect in probability, None where no case was shown on both kinds of backgrounds; and
        necessity in log odds."""
        records, rows = self.records, fit.rows
        same = records.same[rows]
        kept = cells.copy()
        kept[:, fit.own] = 0.0
        point = fit.fit.cells.copy()
        point[fit.own] = 0.0
        p = fit.freed(point[None])[0]
        both = np.isin(records.case[rows], records.case[rows[same]])
        both &= np.isin(records.case[rows], records.case[rows[~same]])
        drawn = fit.freed(kept)
        side = [np.flatnonzero(both & part) for part in (same, ~same)]
        draws = _weighted(drawn, weights, side[0]) - _weighted(drawn, weights, side[1])
        by_fill = [
            [p[at[records.fill[rows[at]] == i]] for at in side] for i in range(len(records.fills))
        ]
        fills = {
            name: float(own.mean() - others.mean())
            for name, (own, others) in zip(records.fills, by_fill, strict=True)
            if len(own) and len(others)
        }
        counted = Counted.of(records, rows, donors=rows[same])
        effect = None
        if both.any():
            mean = float(p[side[0]].mean() - p[side[1]].mean())
            effect = counted.effect(mean, draws, fills, limit=1.0)
        # Against all others: what stands for a class may be that its rival is ruled out.
        at = np.flatnonzero(same)
        bare = fit.freed(fit.fit.cells[None], at)[0, at]
        value = float((_odds(p[at]) - _odds(bare)).mean())
        freed = fit.freed(cells, at)
        odds = _weighted(_odds(drawn) - _odds(freed), weights, at)
        return effect, counted.effect(value, odds, {})

    def _win(self, fit: ClassFit, weights: Floats) -> None:
        """Add what the class's objects give to donors' classes by their backgrounds."""
        records = self.records
        other = np.flatnonzero(~records.same[fit.rows])
        rows = fit.rows[other]
        donors = records.donor[rows]
        p = np.nan_to_num(records.p_donor[rows])
        pull = self.own[fit.label] if self.whole else self.pull
        drawn = self.own_draws[:, fit.label] if self.whole else self.pull_draws
        for donor in np.unique(donors):
            at = np.flatnonzero(donors == donor)
            value = won_back(p[at], pull[donor])
            grown = won_back(p[at], drawn[:, donor, None])
            self.won.add(int(donor), value, grown, weights[:, other[at]], records.fill[rows[at]])

    def _pool(self) -> None:
        """Sufficiency from the tables of all other classes."""
        itself = np.arange(len(self.records.names))
        for values in (self.own[None], self.own_draws):
            values[:, itself, itself] = np.nan
        self.pull = median_of_known(self.own, axis=0)
        self.pull_draws = median_of_known(self.own_draws, axis=1)

    def _effects(self, code: int) -> SwapEffects:
        records = self.records
        given = records.on(code)
        sufficiency = capture = None
        if len(given) and not np.isnan(self.pull[code]):
            counted = Counted.of(records, given, donors=given)
            sufficiency = counted.effect(float(self.pull[code]), self.pull_draws[:, code], {})
            won = self.won.of(code, records.fills)
            if won is not None:
                mean, draws, fills = won
                capture = counted.effect(mean, draws, fills, limit=1.0)
        effect, necessity = self.needed.get(code, (None, None))
        rival = self.rivals.get(code)
        return SwapEffects(
            effect=effect,
            necessity=necessity,
            sufficiency=sufficiency,
            capture=capture,
            rival=None if rival is None else records.names[rival],
            rival_pull=None if rival is None else self._pull_on(rival, code),
            against=self._against(code),
            lent=self._lent(code),
            losses=self._losses(code),
        )

    def _pull_on(self, rival: int, code: int) -> Effect | None:
        """What the class's backgrounds give to it against the rival on the rival's objects."""
        records = self.records
        value = float(self.cells[rival, code, code] - self.cells[rival, code, rival])
        rows = np.flatnonzero((records.donor == code) & (records.label == rival))
        if np.isnan(value) or not len(rows):
            return None
        draws = self.own_draws[:, rival, code] - self.label_draws[:, rival, code]
        return Counted.of(records, rows, donors=rows).effect(value, draws, {})

    def _against(self, code: int) -> dict[str, float]:
        if not self.whole:
            return {}
        own = self.cells[code]
        value = np.diagonal(own) - own[:, code]
        return {
            name: float(value[donor])
            for donor, name in enumerate(self.records.names)
            if donor != code and not np.isnan(value[donor])
        }

    def _lent(self, code: int) -> dict[str, float]:
        """What other classes' backgrounds give to the class, from objects of neither."""
        if not self.whole:
            return {}
        found = {}
        for donor, name in enumerate(self.records.names):
            others = np.delete(self.cells[:, donor, code], [donor, code])
            known = others[~np.isnan(others)]
            if donor != code and len(known):
                found[name] = float(np.median(known))
        return found

    def _losses(self, code: int) -> dict[str, float]:
        records = self.records
        rows = records.of(code)
        rows = rows[~records.same[rows] & ~np.isnan(records.control[rows])]
        loss, donors = records.control[rows] - records.p_label[rows], records.donor[rows]
        return {records.names[d]: float(loss[donors == d].mean()) for d in np.unique(donors)}


def _weighted(values: Floats, weights: Floats, at: Codes) -> Floats:
    """(B,) means of some columns under weights; NaN without weight."""
    part = weights[:, at]
    with np.errstate(invalid="ignore"):
        means: Floats = (part * values[:, at]).sum(axis=1) / part.sum(axis=1)
    return means


def _odds(p: Floats) -> Floats:
    """Log odds of a probability, clipped as the records are."""
    inside = np.clip(p, LEAST, 1.0 - LEAST)
    odds: Floats = np.log(inside / (1.0 - inside))
    return odds


def _rival(fit: ClassFit, records: SwapRecords) -> int:
    """The other class whose mean probability grows most when the objects leave their own class's
    backgrounds for those of third classes."""
    same = records.same[fit.rows]
    p = np.exp(fit.odds)
    grown = p[~same].sum(axis=0)
    counted = np.full(p.shape[1], float((~same).sum()))
    donors = records.donor[fit.rows]
    for column, code in enumerate(fit.columns):
        own = donors == code
        if not (own | same).all():
            # On its own backgrounds a class grows by its own cue.
            grown[column] -= p[own & ~same, column].sum()
            counted[column] -= (own & ~same).sum()
    gain = grown / np.maximum(counted, 1.0) - p[same].mean(axis=0)
    gain[fit.column] = -np.inf
    return int(fit.columns[int(gain.argmax())])
