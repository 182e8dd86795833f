"""What stands behind the estimates of a swap table: counts, and sums of what classes win."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from auditor.findings.evidence.swap_records import SwapRecords
from auditor.statistics.effects import Effect
from auditor.statistics.two_way import Codes, Floats, bounds


@dataclass(frozen=True)
class Counted:
    """How much stands behind an estimate."""

    objects: int
    donors: int
    images: int

    @classmethod
    def of(cls, records: SwapRecords, rows: Codes, *, donors: Codes) -> Counted:
        return cls(
            objects=len(np.unique(records.group[rows])),
            donors=len(np.unique(records.donor_group[donors])),
            images=len(np.unique(records.case[rows])),
        )

    def effect(
        self, mean: float, draws: Floats, fills: Mapping[str, float], limit: float = np.inf
    ) -> Effect:
        found = bounds(mean, draws, objects=self.objects, donors=self.donors, limit=limit)
        return Effect(
            mean,
            found.low,
            found.high,
            found.p_value,
            dict(fills),
            self.images,
            self.donors,
            degrees=min(self.objects, self.donors) - 1,
        )


class GainSums:
    """Weighted sums of what classes win, of the sample, of every fill and of every resample."""

    def __init__(self, size: int, count: int, fills: int) -> None:
        self.total, self.weight = np.zeros((size, count)), np.zeros((size, count))
        self.by_fill, self.in_fill = np.zeros((fills, count)), np.zeros((fills, count))

    def add(self, code: int, value: Floats, drawn: Floats, weights: Floats, fill: Codes) -> None:
        known = ~np.isnan(drawn).any(axis=1)
        self.total[known, code] += (weights[known] * drawn[known]).sum(axis=1)
        self.weight[known, code] += weights[known].sum(axis=1)
        np.add.at(self.by_fill[:, code], fill, value)
        np.add.at(self.in_fill[:, code], fill, 1.0)

    def of(
        self, code: int, fills: tuple[str, ...]
    ) -> tuple[float, Floats, dict[str, float]] | None:
        """Mean, its resamples and the mean of every fill; None where nothing was added."""
        if not self.in_fill[:, code].any():
            return None
        with np.errstate(invalid="ignore", divide="ignore"):
            draws = self.total[:, code] / self.weight[:, code]
            each = self.by_fill[:, code] / self.in_fill[:, code]
        mean = float(self.by_fill[:, code].sum() / self.in_fill[:, code].sum())
        known = {n: float(v) for n, v in zip(fills, each, strict=True) if not np.isnan(v)}
        return mean, draws, known
