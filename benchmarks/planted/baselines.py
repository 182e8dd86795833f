"""What saliency alone would say of a class, from the same maps: the baselines.

Every score is turned so that more means more suspicious. None of them changes an image.
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.cluster import SpectralClustering
from sklearn.neighbors import kneighbors_graph

SIDE = 8
NEIGHBOURS = 7
MOST_CLUSTERS = 5
LEAST_SHARE = 0.1
TEXTBOOK = {"mass": 0.5, "iou": 0.8, "border": 0.0, "spray": 0.75}
"""Cut-offs one would pick without tuning: half of the mass off the object, IoU below .2, more
mass at the border than its area, a cluster of maps with three quarters of its mass off it."""


def map_scores(cases: pd.DataFrame) -> dict[str, float]:
    """Class-level scores of the baselines; NaN where no map could be scored.

    - `mass`: 1 - mean share of the map inside the mask (energy-based pointing game).
    - `iou`: 1 - mean Shared Interest IoU (Boggust et al. 2022).
    - `border`: mean mass in the outer tenth beyond its area's share.
    - `spray`: spectral clusters of the maps (Lapuschkin et al. 2019); the largest share of mass
      off the object that a cluster of at least a tenth of the class has. SpRAy leaves the
      reading of clusters to a person; this reads them with the masks at hand.
    """
    known = cases[cases["relevance_mass"].notna()]
    if known.empty:
        return dict.fromkeys(TEXTBOOK, float("nan"))
    outside = 1 - known["relevance_mass"].to_numpy(float)
    return {
        "mass": float(outside.mean()),
        "iou": 1 - float(known["iou"].astype("Float64").mean()),
        "border": float(known["border_mass"].astype("Float64").mean()),
        "spray": _spray(_grids(known), outside),
    }


def _grids(cases: pd.DataFrame) -> NDArray[np.float64]:
    """(N, cells) maps of unit sum, on their own grid."""
    maps = np.stack([np.frombuffer(cam, np.uint8) for cam in cases["cam"]]).astype(float)
    return np.asarray(maps / np.maximum(maps.sum(axis=1, keepdims=True), 1e-9))


def _spray(maps: NDArray[np.float64], outside: NDArray[np.float64]) -> float:
    if len(maps) <= 2 * NEIGHBOURS:
        return float(outside.mean())
    graph = kneighbors_graph(maps, NEIGHBOURS, include_self=False)
    affinity = ((graph + graph.T) / 2).toarray()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a graph that falls apart is what one looks for
        clusters = SpectralClustering(
            _eigengap(affinity), affinity="precomputed", random_state=0
        ).fit_predict(affinity)
    means = [
        outside[clusters == c].mean()
        for c in np.unique(clusters)
        if (clusters == c).mean() >= LEAST_SHARE
    ]
    return float(max(means))


def _eigengap(affinity: NDArray[np.float64]) -> int:
    """How many clusters the largest gap of the normalised Laplacian's spectrum suggests."""
    degree = np.maximum(affinity.sum(axis=1), 1e-9)
    scaled = affinity / np.sqrt(degree[:, None] * degree[None])
    values = np.sort(np.linalg.eigvalsh(np.eye(len(affinity)) - scaled))[: MOST_CLUSTERS + 1]
    return int(np.diff(values)[1:].argmax()) + 2
