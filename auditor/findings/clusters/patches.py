"""Salient patches of classes without masks, by groups of alike ones."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditor.domain.interventions import Intervention
from auditor.findings.clusters.map_clusters import seen, vectors_of
from auditor.findings.evidence.positions import MOST_MAPS
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
        near-duplicates, each summing to one. No more than the first `MOST_MAPS`, which are all that
        `consistency` compares: one class after the other asks for all the others' maps."""
        rows = self._by_cluster
        chosen = rows["patch_group"] == own if own else rows["label"] != other_than
        places = np.flatnonzero(chosen)
        if not len(places):
            return np.zeros((0, 1))
        clusters = rows["cluster"].to_numpy()[places]
        begins = np.flatnonzero(np.append(True, clusters[1:] != clusters[:-1]))
        if len(begins) > MOST_MAPS:
            places, clusters = (each[: begins[MOST_MAPS]] for each in (places, clusters))
        shares = pd.DataFrame(vectors_of(rows["cam"].take(places)) ** 2)
        means: Floats = shares.groupby(clusters).mean().to_numpy()
        return means

    @cached_property
    def _by_cluster(self) -> pd.DataFrame:
        """The maps in the order of their `cluster`; a map without one counts for nobody."""
        rows = self.maps.assign(cluster=self.maps["case_id"].map(self.clusters))
        known = rows[rows["cluster"].notna()].sort_values("cluster", kind="stable")
        named = {name: known[name].astype("category") for name in ("label", "patch_group")}
        return known.assign(**named)
