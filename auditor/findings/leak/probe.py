"""Dataset leak: can the label be read from what is not the object? docs/science.md section 4.

A probe is trained on images without their object and asked about others, never about one of a
duplicate group that it has seen. What it can read, a network can come to use.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold

from auditor.domain.multilabel import absent
from auditor.findings.leak.fold_scores import (
    Floats,
    Folds,
    Probe,
    hardest_rivals,
    read_probe,
    scores_by_fold,
)
from auditor.statistics.auroc import auroc_interval

FOLDS = 5
MIN_GROUPS = 10
"""Independent images of a class below which nothing can be said."""
TRAINING = 2.0
"""The variance of a cross-validated AUROC over that of a fixed score: the probe itself would come
out otherwise on other images. Measured on noise: standard deviation .060, of a fixed score .042."""
DESCRIPTORS = ("network", "plain", "hole")


@dataclass(frozen=True, slots=True)
class ClassLeak:
    """AUROC of one class against the others, chance .5.

    Attributes:
        auroc, low, high: of network features and plain descriptors together.
        network, plain: of either alone.
        hole: of the hole's shape alone: the control.
        rival: AUROC against the single class that is hardest to tell apart (the second hardest
            of at least five). Where other classes leak, not to look like them is information too,
            and the one-vs-rest AUROC of an unaffected class rises; this does not.
    """

    auroc: float
    low: float
    high: float
    network: float | None
    plain: float | None
    hole: float | None
    rival: float | None


@dataclass(frozen=True)
class Leak:
    """What the data give away.

    Attributes:
        classes: of every class with enough images.
        accuracy: of the probe over all classes, cross-validated; None where none could be made.
        majority: share of the largest class among the same images: always answering it.
        images: that the probe was asked about.
    """

    classes: Mapping[str, ClassLeak] = field(default_factory=dict)
    accuracy: float | None = None
    majority: float | None = None
    images: int = 0


def find_leaks(
    features: pd.DataFrame | None, cases: pd.DataFrame, labels: Sequence[str], *, seed: int
) -> Leak:
    """Of all classes together, or of each label of several an image against its own negatives.

    Args:
        features: see `find_leak`; None where none were described.
        cases, seed: as for `find_leak`.
        labels: of several an image; empty where each has one.
    """
    if features is None:
        return Leak()
    if not labels:
        return find_leak(features, cases, seed=seed)
    found: dict[str, ClassLeak] = {}
    images = 0
    for label in labels:
        own = find_leak(features, cases[cases["label"].isin([label, absent(label)])], seed=seed)
        images += own.images
        if label in own.classes:
            found[label] = own.classes[label]
    return Leak(found, images=images)


def find_leak(features: pd.DataFrame, cases: pd.DataFrame, *, seed: int) -> Leak:
    """Cross-validated, one class against the rest, over the random sample.

    Folds are stratified by class and keep duplicate groups together. Features are standardised,
    the network's and the plain ones brought to 48 principal components each, and classes told by
    a shrunken linear discriminant (Ledoit and Wolf 2004). The AUROC is the share of pairs within
    a fold that are in the right order.

    Args:
        features: `case_id`, `network` (or null), `plain`, `hole`; float32 bytes.
        cases: with `case_id`, `label`, `group`, `sampled`.
        seed: of the folds.
    """
    known = cases.loc[cases["sampled"], ["case_id", "label", "group"]]
    if features.empty:
        return Leak()
    rows = known.merge(features, on="case_id").sort_values("case_id", ignore_index=True)
    rows = rows[rows["network"].notna()]
    counts = rows.groupby("label")["group"].nunique()
    names = sorted(counts.index[counts >= MIN_GROUPS])
    rows = rows[rows["label"].isin(names)].reset_index(drop=True)
    if len(names) < 2:
        return Leak()
    labels = rows["label"].to_numpy(str)
    groups = rows["group"].to_numpy(str)
    vectors = {name: _matrix(rows[name]) for name in DESCRIPTORS}
    folds = list(
        StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed).split(labels, labels, groups)
    )
    alone = {
        key: read_probe(
            _probe([vectors[key]], labels, folds, seed), labels, names, keep=False
        ).aurocs
        for key in DESCRIPTORS
    }
    both = _probe([vectors["network"], vectors["plain"]], labels, folds, seed)
    told = read_probe(both, labels, names)
    rivals = hardest_rivals(both, labels, names, told.likeness)
    classes: dict[str, ClassLeak] = {}
    for position, name in enumerate(names):
        own, auroc = labels == name, told.aurocs[position]
        if auroc is None:
            continue
        found = {key: aurocs[position] for key, aurocs in alone.items()}
        sides = (len(set(groups[side])) / TRAINING for side in (own, ~own))
        interval = auroc_interval(auroc, *sides)
        rival = rivals[position]
        classes[name] = ClassLeak(auroc, interval.low, interval.high, **found, rival=rival)
    return Leak(
        classes=classes,
        accuracy=float((np.array(names)[told.answers] == labels).mean()),
        majority=float(pd.Series(labels).value_counts(normalize=True).max()),
        images=len(labels),
    )


def _probe(parts: list[Floats], labels: NDArray[np.str_], folds: Folds, seed: int) -> Probe:
    return partial(scores_by_fold, parts, labels, folds, seed)


def _matrix(vectors: pd.Series) -> Floats:
    return np.stack([np.frombuffer(value, dtype="<f4") for value in vectors]).astype(np.float64)
