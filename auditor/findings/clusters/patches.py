"""Salient patches of classes without masks, by groups of alike ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditor.domain.interventions import Intervention
from auditor.findings.clusters.map_clusters import seen, vectors_of
from auditor.findings.evidence.trial_table import TrialTable

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Patches:
    """What hypotheses about patches are made of.

    Attributes:
        maps: `case_id`, `label`, `cam`, `cam_scale` and `patch_group` of the cases drawn.
        clusters: the statistical cluster of each of them, by case_id.
        removed, given: sampled trials of salient patches, removed and given away.
    """

    maps: pd.DataFrame
    clusters: pd.Series
    removed: pd.DataFrame
    given: pd.DataFrame

    @classmethod
    def of(cls, maps: pd.DataFrame, population: pd.DataFrame, table: TrialTable) -> Patches:
        """From all that is known."""
        group = maps.set_index("case_id")["patch_group"]
        removed = table.sample(Intervention.SALIENT_REMOVED)
        given = table.sample(Intervention.PATCH_OTHER)
        given = given[given["donor_group"].notna()]
        drawn = population[population["case_id"].isin(maps["case_id"])]
        return cls(
            maps=seen(maps).sort_values("case_id"),
            clusters=drawn.set_index("case_id")["group"],
            removed=removed.assign(patch_group=removed["case_id"].map(group)),
            given=given.assign(patch_group=given["donor"].map(group)),
        )

    def shares(self, *, own: str | None = None, other_than: str | None = None) -> Floats:
        """(n, cells) maps of a group, or of all classes but one: a mean of each cluster of
        near-duplicates, each summing to one."""
        rows = self.maps
        chosen = rows[rows["patch_group"] == own if own else rows["label"] != other_than]
        if chosen.empty:
            return np.zeros((0, 1))
        clusters = chosen["case_id"].map(self.clusters)
        shares = pd.DataFrame(vectors_of(chosen["cam"]) ** 2)
        means: Floats = shares.groupby(clusters.to_numpy()).mean().to_numpy()
        return means
