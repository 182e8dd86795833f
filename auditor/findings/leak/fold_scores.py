"""What cross-validated probes say, a fold at a time.

Scores of all images for all classes would be the largest thing in an audit of many classes (half a
gigabyte for 1,000 classes of 64 images), so nobody holds more than one fold of them: a probe that
is asked about twice is fitted twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

COMPONENTS = 48
RIVALS = 8
"""A class is held against this many of those most easily taken for it, one by one."""
ENOUGH_RIVALS = 5
"""From so many rivals on the second hardest counts: one of them may share the cue."""

Floats = NDArray[np.float64]
Folds = Sequence[tuple[NDArray[np.int64], NDArray[np.int64]]]
"""Images to fit on and images to ask about."""
FoldScores = tuple[NDArray[np.int64], Floats]
"""Images of a fold, and (images, classes) probability of every class."""
Probe = Callable[[], Iterator[FoldScores]]
"""Fits and asks anew at every call, with the same answers."""


@dataclass(frozen=True)
class ProbeReading:
    """What one probe says of n images and K classes.

    Attributes:
        aurocs: of each class against the rest: the share of pairs of one fold that are in the
            right order; None where no fold has both sides.
        likeness: (K, K) mean probability of class `column` on images of class `row`.
        answers: (n,) int64, the most probable class of each image; the first of equals.
    """

    aurocs: tuple[float | None, ...]
    likeness: Floats
    answers: NDArray[np.int64]


def scores_by_fold(
    parts: Sequence[Floats], labels: NDArray[np.str_], folds: Folds, seed: int
) -> Iterator[FoldScores]:
    """Of each fold its images and their scores, from a probe that has not seen them.

    Args:
        parts: (n, d) descriptors, each brought to its own principal components.
        labels: (n,) of the images; the scores' columns are in the order of their names.
        folds: of the images.
        seed: of the components.
    """
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


def read_probe(
    probe: Probe, labels: NDArray[np.str_], names: Sequence[str], *, keep: bool = True
) -> ProbeReading:
    """Every class against the rest.

    Args:
        probe: to be asked once.
        labels: (n,) of the images.
        names: of the scores' columns.
        keep: likeness and answers, too; else both are empty.
    """
    right, pairs = np.zeros(len(names)), np.zeros(len(names))
    likeness = np.zeros((len(names), len(names)) if keep else (0, 0))
    answers = np.zeros(len(labels) if keep else 0, dtype=np.int64)
    for test, scores in probe():
        for i, own in enumerate(_of_each(labels[test], names)):
            in_order, count = _in_order(scores[:, i], own)
            right[i] += in_order
            pairs[i] += count
            if keep:
                likeness[i] += scores[own].sum(axis=0)
        if keep:
            answers[test] = scores.argmax(axis=1)
    images = np.array([max(1, int((labels == name).sum())) for name in names])
    return ProbeReading(_shares(right, pairs), likeness / images[: len(likeness), None], answers)


def hardest_rivals(
    probe: Probe, labels: NDArray[np.str_], names: Sequence[str], likeness: Floats
) -> list[float | None]:
    """AUROC of every class against the one class that is hardest to tell apart, of those whose
    images look most like it (the second hardest of at least five); None without one.

    Args:
        probe: to be asked once more.
        labels, names: as for `read_probe`.
        likeness: what that told.
    """
    rivals = [_most_alike(likeness[:, i], i, names) for i in range(len(names))]
    right, pairs = np.zeros((len(names), RIVALS)), np.zeros((len(names), RIVALS))
    for test, scores in probe():
        rows = [np.flatnonzero(own) for own in _of_each(labels[test], names)]
        for i, others in enumerate(rivals):
            for place, other in enumerate(others):
                pair = np.concatenate([rows[i], rows[other]])
                own = np.arange(len(pair)) < len(rows[i])
                in_order, count = _in_order(scores[pair, i] - scores[pair, other], own)
                right[i, place] += in_order
                pairs[i, place] += count
    return [_hardest(_shares(*each)) for each in zip(right, pairs, strict=True)]


def _of_each(labels: NDArray[np.str_], names: Sequence[str]) -> Iterator[NDArray[np.bool_]]:
    for name in names:
        yield labels == name


def _most_alike(likeness: Floats, position: int, names: Sequence[str]) -> list[int]:
    others = (i for i in range(len(names)) if i != position)
    return sorted(others, key=lambda i: (-likeness[i], names[i]))[:RIVALS]


def _hardest(aurocs: Sequence[float | None]) -> float | None:
    apart = sorted(auroc for auroc in aurocs if auroc is not None)
    return None if not apart else apart[1 if len(apart) >= ENOUGH_RIVALS else 0]


def _shares(right: Floats, pairs: Floats) -> tuple[float | None, ...]:
    return tuple(float(r / p) if p else None for r, p in zip(right, pairs, strict=True))


def _in_order(scores: Floats, own: NDArray[np.bool_]) -> tuple[float, float]:
    """Of the pairs of one fold how many are in the right order, and how many there are."""
    count = float(own.sum() * (~own).sum())
    return (count * float(roc_auc_score(own, scores)), count) if count else (0.0, 0.0)
