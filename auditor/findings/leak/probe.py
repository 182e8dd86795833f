"""Dataset leak: can the label be read from what is not the object? docs/science.md section 4.

A probe is trained on images without their object and asked about others, never about one of a
duplicate group that it has seen. What it can read, a network can come to use.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from auditor.domain.multilabel import absent
from auditor.statistics.auroc import auroc_interval

FOLDS = 5
COMPONENTS = 48
MIN_GROUPS = 10
"""Independent images of a class below which nothing can be said."""
TRAINING = 2.0
"""The variance of a cross-validated AUROC over that of a fixed score: the probe itself would come
out otherwise on other images. Measured on noise: standard deviation .060, of a fixed score .042."""
RIVALS = 8
"""A class is held against this many of those most easily taken for it, one by one."""
ENOUGH_RIVALS = 5
"""From so many rivals on the second hardest counts: one of them may share the cue."""
DESCRIPTORS = ("network", "plain", "hole")

Floats = NDArray[np.float64]


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
    # Scores of all images for all classes are what takes most memory here: one probe's are held.
    alone = {
        key: _auroc_of_each(_by_fold([vectors[key]], labels, folds, seed), labels, names)
        for key in DESCRIPTORS
    }
    both = _probe([vectors["network"], vectors["plain"]], labels, folds, seed)
    own_rows = {name: np.flatnonzero(labels == name) for name in names}
    classes: dict[str, ClassLeak] = {}
    for position, name in enumerate(names):
        own = labels == name
        auroc = _auroc(both[:, position], own, folds)
        if auroc is None:
            continue
        found = {key: aurocs[position] for key, aurocs in alone.items()}
        sides = (len(set(groups[side])) / TRAINING for side in (own, ~own))
        interval = auroc_interval(auroc, *sides)
        rival = _hardest(both, position, labels, own_rows, folds)
        classes[name] = ClassLeak(auroc, interval.low, interval.high, **found, rival=rival)
    answers = np.array(names)[both.argmax(axis=1)]
    return Leak(
        classes=classes,
        accuracy=float((answers == labels).mean()),
        majority=float(pd.Series(labels).value_counts(normalize=True).max()),
        images=len(labels),
    )


Folds = list[tuple[NDArray[np.int64], NDArray[np.int64]]]
FoldScores = tuple[NDArray[np.int64], Floats]


def _probe(parts: list[Floats], labels: NDArray[np.str_], folds: Folds, seed: int) -> Floats:
    """(n, classes) probability of every class, from a probe that has not seen the image."""
    told = np.zeros((len(labels), len(np.unique(labels))))
    for test, scores in _by_fold(parts, labels, folds, seed):
        told[test] = scores
    return told


def _by_fold(
    parts: list[Floats], labels: NDArray[np.str_], folds: Folds, seed: int
) -> Iterator[FoldScores]:
    """Of each fold its images, and (images, classes) probability of every class."""
    names = np.unique(labels)
    for train, test in folds:
        seen, asked = [], []
        for part in parts:
            size = min(COMPONENTS, part.shape[1], len(train) - 1)
            reduce = make_pipeline(StandardScaler(), PCA(size, random_state=seed))
            seen.append(reduce.fit_transform(part[train]))
            asked.append(reduce.transform(part[test]))
        probe = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")
        probe.fit(np.hstack(seen), labels[train])
        scores = np.zeros((len(test), len(names)))
        scores[:, np.searchsorted(names, probe.classes_)] = probe.predict_proba(np.hstack(asked))
        yield test, scores


def _hardest(
    scores: Floats,
    position: int,
    labels: NDArray[np.str_],
    own_rows: Mapping[str, NDArray[np.int64]],
    folds: Folds,
) -> float | None:
    """AUROC against one rival, of those whose images look most like the class.

    Args:
        scores: (n, classes), in the order of `own_rows`.
        own_rows: places of the images of each class.
    """
    names = list(own_rows)
    own = names[position]
    alike = {d: scores[rows, position].mean() for d, rows in own_rows.items() if d != own}
    rivals = sorted(alike, key=lambda d: (-alike[d], d))[:RIVALS]
    apart: list[float] = []
    for rival in rivals:
        pair = np.isin(labels, [own, rival])
        odds = scores[:, position] - scores[:, names.index(rival)]
        inside = [(train, test[pair[test]]) for train, test in folds]
        auroc = _auroc(odds, labels == own, inside)
        if auroc is not None:
            apart.append(auroc)
    apart.sort()
    return None if not apart else apart[1 if len(apart) >= ENOUGH_RIVALS else 0]


def _auroc(scores: Floats, own: NDArray[np.bool_], folds: Folds) -> float | None:
    """Share of pairs of one fold in the right order; None where no fold has both sides."""
    right = pairs = 0.0
    for _, test in folds:
        in_order, count = _in_order(scores[test], own[test])
        right, pairs = right + in_order, pairs + count
    return right / pairs if pairs else None


def _auroc_of_each(
    scored: Iterable[FoldScores], labels: NDArray[np.str_], names: Sequence[str]
) -> list[float | None]:
    """`_auroc` of every class from what `_by_fold` tells, a fold in memory at a time."""
    right, pairs = np.zeros(len(names)), np.zeros(len(names))
    for test, scores in scored:
        told = labels[test]
        for i, name in enumerate(names):
            in_order, count = _in_order(scores[:, i], told == name)
            right[i] += in_order
            pairs[i] += count
    return [float(r / p) if p else None for r, p in zip(right, pairs, strict=True)]


def _in_order(scores: Floats, own: NDArray[np.bool_]) -> tuple[float, float]:
    """Of the pairs of one fold how many are in the right order, and how many there are."""
    count = float(own.sum() * (~own).sum())
    return (count * float(roc_auc_score(own, scores)), count) if count else (0.0, 0.0)


def _matrix(vectors: pd.Series) -> Floats:
    return np.stack([np.frombuffer(value, dtype="<f4") for value in vectors]).astype(np.float64)
