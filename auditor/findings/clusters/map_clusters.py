"""Alike maps of a class: where a network that cheats looks is not where it looks otherwise.

SpRAy: spectral relevance analysis (Lapuschkin et al. 2019, Nat. Commun. 10:1096).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from heapq import nsmallest

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse.csgraph import laplacian
from sklearn.cluster import SpectralClustering
from sklearn.neighbors import kneighbors_graph

MOST_CASES = 2000
"""Cases of a class that are clustered; the others join the nearest cluster."""
LEAST_CASES = 20
"""Cases of a class below which clusters would be accidents."""
MOST_CLUSTERS = 6
NEIGHBOURS = 10
SMALLEST = 5
"""No cluster is smaller than this, nor than a twentieth of its class."""

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True)
class MapClusters:
    """Centres of the clusters of every class, (k, cells), the largest cluster first."""

    centres: Mapping[str, Floats]

    def of(self, cases: pd.DataFrame) -> pd.Series:
        """The cluster of every case, `fruit 1` the largest of its class; null for a zero map and
        in a class without clusters.

        Args:
            cases: `label`, `cam`, `cam_scale`.
        """
        named = pd.Series(None, index=cases.index, dtype=object)
        for label, own in seen(cases).groupby("label", observed=True):
            centres = self.centres.get(str(label))
            if centres is not None:
                codes = nearest(vectors_of(own["cam"]), centres)
                named[own.index] = [f"{label} {code + 1}" for code in codes]
        return named


def draw(cases: pd.DataFrame, *, seed: int) -> list[str]:
    """case_ids to find clusters with: at most `MOST_CASES` a class, drawn by their names.

    Args:
        cases: `case_id`, `label` and `cam_scale` of all.
        seed: of the draw.
    """
    drawn: list[str] = []
    # Only these columns: others of a whole dataset need not be copied.
    seen = cases.loc[cases["cam_scale"] > 0, ["case_id", "label"]]
    for _, own in seen.groupby("label", observed=True)["case_id"]:
        drawn += nsmallest(MOST_CASES, own, key=lambda name: _digest(seed, name))
    return sorted(drawn)


def find_clusters(cases: pd.DataFrame) -> MapClusters:
    """Clusters of the drawn cases of every class with at least 20 of them.

    The number of clusters is that of the widest gap between eigenvalues of the normalised graph
    Laplacian (von Luxburg 2007), fewer if one would be too small.

    Args:
        cases: `case_id`, `label`, `cam`, `cam_scale`; one grid for all.
    """
    centres: dict[str, Floats] = {}
    for label, own in seen(cases).sort_values("case_id").groupby("label", observed=True):
        if len(own) < LEAST_CASES:
            continue
        vectors = vectors_of(own["cam"])
        codes = _cluster(vectors)
        sizes = np.bincount(codes)
        # By size, then by the first case_id.
        first = [int(np.flatnonzero(codes == code)[0]) for code in range(len(sizes))]
        order = sorted(range(len(sizes)), key=lambda code: (-sizes[code], first[code]))
        centres[str(label)] = np.stack([vectors[codes == code].mean(axis=0) for code in order])
    return MapClusters(centres)


def seen(cases: pd.DataFrame) -> pd.DataFrame:
    """The cases whose map is not zero."""
    return cases[cases["cam"].notna() & (pd.to_numeric(cases["cam_scale"]) > 0)]


def _digest(seed: int, name: str) -> bytes:
    return hashlib.sha256(f"{seed}\x00{name}".encode()).digest()


def nearest(vectors: Floats, centres: Floats) -> Codes:
    """(n,) which of the (k, d) centres is nearest to each of the (n, d) vectors."""
    distances = np.stack([((vectors - centre) ** 2).sum(axis=1) for centre in centres])
    codes: Codes = distances.argmin(axis=0)
    return codes


def vectors_of(maps: pd.Series) -> Floats:
    """(n, cells): square roots of each map's shares, so that distance is Hellinger's."""
    levels = np.stack([np.frombuffer(cam, dtype=np.uint8) for cam in maps])
    mass: Floats = levels.astype(np.float64)
    shares: Floats = mass / mass.sum(axis=1, keepdims=True).clip(min=1.0)
    return np.sqrt(shares)


def _cluster(vectors: Floats) -> Codes:
    graph = kneighbors_graph(vectors, min(NEIGHBOURS, len(vectors) - 1), include_self=True)
    # A trace of everything keeps the graph in one piece.
    affinity = (0.5 * (graph + graph.T)).toarray() + 1e-6
    for count in range(_clusters_in(affinity), 1, -1):
        model = SpectralClustering(
            count, affinity="precomputed", assign_labels="cluster_qr", random_state=0
        )
        found = np.asarray(model.fit_predict(affinity), dtype=np.int64)
        sizes = np.bincount(found, minlength=count)
        if sizes.min() >= max(SMALLEST, len(vectors) / 20):
            return found
    return np.zeros(len(vectors), dtype=np.int64)


def _clusters_in(affinity: Floats) -> int:
    """How many clusters the widest eigengap says, at most `MOST_CLUSTERS`."""
    most = min(MOST_CLUSTERS, len(affinity) - 2)
    values = np.linalg.eigvalsh(np.asarray(laplacian(affinity, normed=True)))[: most + 1]
    # Rounded, so that noise of the last digits decides nothing.
    return int(np.diff(values).round(9).argmax()) + 1
