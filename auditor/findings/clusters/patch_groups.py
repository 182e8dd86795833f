"""Alike salient patches of a class: maps that lie alike over features that are alike.

SpRAy (Lapuschkin et al. 2019) clusters the maps alone. The features under a map's peak tell a
sticker from an object at the same place, and the same sticker in four corners from four things.
docs/maskless.md compares the ways of clustering.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.cluster import HDBSCAN

from auditor.findings.clusters.map_clusters import LEAST_CASES, SMALLEST, nearest, seen, vectors_of

ALIKE = 0.9
"""Groups whose peaks' features have a mean cosine of this much of that inside them show one thing
in several places. On planted tags: .98 to 1.00 between corners, .1 with the object (seeds 0, 10 and
20 of the self-test's worlds, four small networks with tags)."""
REST = -1

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True)
class PatchGroups:
    """Centres of the clusters of every class, and the group that each cluster belongs to.

    Attributes:
        centres: (k, cells + features) of a class.
        groups: (k,) number of the group, 0 the largest.
    """

    centres: Mapping[str, Floats]
    groups: Mapping[str, Codes]

    def of(self, cases: pd.DataFrame) -> pd.Series:
        """The group of every case, `fruit patch 1` the largest of its class; null for a zero map
        and in a class without groups.

        Args:
            cases: `label`, `cam`, `cam_scale`, `peak`.
        """
        named = pd.Series(None, index=cases.index, dtype=object)
        if not self.centres:
            return named
        for label, own in _known(cases).groupby("label", observed=True):
            name = str(label)
            if name in self.centres:
                codes = self.groups[name][nearest(_joint(own), self.centres[name])]
                named[own.index] = [f"{name} patch {code + 1}" for code in codes]
        return named


def find_groups(cases: pd.DataFrame, names: Collection[str]) -> PatchGroups:
    """Groups of the salient patches of some classes.

    HDBSCAN (Campello et al. 2013) over a map's shares beside the features under its peak; what it
    leaves over is a group of its own if it is large enough. Groups that show one thing in several
    places are joined. A class in which it finds nothing is one group.

    Args:
        cases: `case_id`, `label`, `cam`, `cam_scale`, and `peak` (null where unknown).
        names: of the classes; those with fewer than 20 cases get no groups.
    """
    centres: dict[str, Floats] = {}
    groups: dict[str, Codes] = {}
    if "peak" not in cases or cases.empty:
        return PatchGroups(centres, groups)
    known = _known(cases[cases["label"].isin(list(names))])
    for label, own in known.sort_values("case_id").groupby("label", observed=True):
        if len(own) < LEAST_CASES:
            continue
        joint = _joint(own)
        codes = _clustered(joint)
        parts = [codes == code for code in range(int(codes.max()) + 1)]
        centres[str(label)] = np.stack([joint[part].mean(axis=0) for part in parts])
        groups[str(label)] = _joined(_features(own["peak"]), parts)
    return PatchGroups(centres, groups)


def _clustered(joint: Floats) -> Codes:
    """Cluster of every case, 0..k-1; cases that fit nowhere join the nearest unless they are many
    enough to stand alone."""
    least = max(SMALLEST, len(joint) // 20)
    found: Codes = HDBSCAN(min_cluster_size=least, copy=True).fit_predict(joint).astype(np.int64)
    left = found == REST
    if left.all():
        return np.zeros(len(joint), dtype=np.int64)
    if left.sum() >= least:
        found[left] = found.max() + 1
    elif left.any():
        centres = np.stack([joint[found == c].mean(axis=0) for c in range(found.max() + 1)])
        found[left] = nearest(joint[left], centres)
    return found


def _joined(features: Floats, parts: list[NDArray[np.bool_]]) -> Codes:
    """Group of every cluster: alike ones together, the largest group first."""
    means = np.stack([features[part].mean(axis=0) for part in parts])
    alike = means @ means.T
    own = np.sqrt(np.clip(alike.diagonal(), 1e-12, None))
    close = alike >= ALIKE * np.outer(own, own)
    group = np.arange(len(parts))
    for i in range(len(parts)):
        for j in range(i):
            if close[i, j]:
                group[group == group[i]] = group[j]
    sizes = {g: sum(int(parts[k].sum()) for k in np.flatnonzero(group == g)) for g in set(group)}
    order = sorted(sizes, key=lambda g: (-sizes[g], g))
    return np.array([order.index(g) for g in group], dtype=np.int64)


def _known(cases: pd.DataFrame) -> pd.DataFrame:
    return seen(cases[cases["peak"].notna()] if "peak" in cases else cases.iloc[:0])


def _joint(own: pd.DataFrame) -> Floats:
    """(n, cells + features), both halves of length one."""
    return np.hstack([vectors_of(own["cam"]), _features(own["peak"])])


def _features(peaks: pd.Series) -> Floats:
    """(n, features) unit vectors."""
    stored = np.stack([np.frombuffer(peak, dtype="<f2") for peak in peaks])
    vectors: Floats = stored.astype(np.float64)
    unit: Floats = vectors / np.linalg.norm(vectors, axis=1, keepdims=True).clip(1e-9)
    return unit
