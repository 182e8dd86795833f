"""How well a class can be told from the rest by some numbers: cross-validated, with its null.

A ridge regression on the class's indicator is asked about pictures that it has not seen; the AUROC
of its answers is .5 by chance. The null is the same procedure on permuted labels, so that it holds
for any number of features and pictures (Ojala and Garriga 2010, JMLR 11:1833).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, stats
from sklearn.model_selection import StratifiedKFold

from auditor.domain.data_traits import MIN_IMAGES
from auditor.statistics.auroc import auroc_interval

FOLDS = 5
RIDGE = 1.0
"""Penalty a standardised feature, times the number of training pictures times `PENALTY`."""
PENALTY = 0.1
QUANTILES = 8
RIVALS, ENOUGH_RIVALS = 8, 5
TRAINING = 2.0
"""The variance of a cross-validated AUROC over that of a fixed score; see findings.leak.probe."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """One class against the rest.

    Attributes:
        auroc: 0..1, chance .5.
        low, high: 95% interval (Newcombe).
        null: mean AUROC under permuted labels.
        p_value: one-sided; the normal tail beyond the permutations' mean and spread.
        rival: AUROC against the single class that is hardest to tell apart (the second hardest of
            at least five). Where other classes have a trait, to lack it tells a class from the
            rest as well; this does not rise by it.
        images: pictures of the class.
    """

    auroc: float
    low: float
    high: float
    null: float
    p_value: float
    rival: float
    images: int


def probe(
    features: Floats, labels: NDArray[np.str_], *, seed: int, permutations: int
) -> dict[str, ProbeResult]:
    """Every class that has enough pictures; others are absent, and so are all where only one
    class is left.

    Args:
        features: (n, d), one row per independent picture.
        labels: (n,) class names.
        seed: of folds and permutations.
        permutations: labelings of the null, at least 10.
    """
    names, counts = np.unique(labels, return_counts=True)
    kept = names[counts >= MIN_IMAGES]
    chosen = np.isin(labels, kept)
    if len(kept) < 2:
        return {}
    x, codes = features[chosen], np.searchsorted(kept, labels[chosen])
    rng = np.random.default_rng([seed, 7])
    orders = [np.arange(len(codes)), *(rng.permutation(len(codes)) for _ in range(permutations))]
    targets = np.stack([codes[order] for order in orders])  # (1 + P, n)
    folds = list(StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(x, codes))
    found, scores = _aurocs(x, targets, folds, classes=len(kept))
    return {
        str(name): _result(
            found[:, i],
            int((codes == i).sum()),
            len(codes),
            _hardest(scores, i, codes, [test for _, test in folds]),
        )
        for i, name in enumerate(kept)
    }


def one_hot(words: Sequence[str], *, most: int = 20) -> Floats:
    """Categories as indicators, the most frequent ones alone; the rest together."""
    values, counts = np.unique(np.asarray(words, dtype=str), return_counts=True)
    order = sorted(range(len(values)), key=lambda i: (-counts[i], values[i]))[:most]
    frequent = values[order]
    return np.asarray(np.asarray(words, dtype=str)[:, None] == frequent[None, :], np.float64)


def quantile_steps(values: Floats) -> Floats:
    """Scalars as steps at their quantiles beside their ranks, so that a class in the middle, or at
    both ends, is told as well. (n, d) to (n, d * QUANTILES)."""
    ranks = stats.rankdata(values, axis=0) / len(values)
    edges = np.arange(1, QUANTILES) / QUANTILES
    steps = (ranks[:, :, None] > edges).reshape(len(values), -1)
    return np.hstack([ranks, steps])


def _aurocs(
    x: Floats,
    targets: NDArray[np.int64],
    folds: Sequence[tuple[NDArray[np.int64], NDArray[np.int64]]],
    *,
    classes: int,
) -> tuple[Floats, Floats]:
    """(1 + P, classes): share of pairs of a fold in the right order, over folds; and the answers
    (n, classes) under the true labels."""
    right = np.zeros((len(targets), classes))
    pairs = np.zeros_like(right)
    told = np.zeros((len(x), classes))
    for train, test in folds:
        scores = _answers(x[train], targets[:, train], x[test], classes)  # (n, 1 + P, classes)
        told[test] = scores[:, 0]
        ranks = stats.rankdata(scores, axis=0)
        own = targets[:, test].T[:, :, None] == np.arange(classes)
        count = own.sum(axis=0)
        right += (ranks * own).sum(axis=0) - count * (count + 1) / 2
        pairs += count * (len(test) - count)
    chance = np.full_like(right, 0.5)
    return np.asarray(np.divide(right, pairs, out=chance, where=pairs > 0)), told


def _hardest(
    scores: Floats, own: int, codes: NDArray[np.int64], tests: Sequence[NDArray[np.int64]]
) -> float:
    """Lowest AUROC against one other class, of those that are most easily taken for it."""
    others = [other for other in range(scores.shape[1]) if other != own]
    alike = {other: float(scores[codes == other, own].mean()) for other in others}
    rivals = sorted(others, key=lambda other: (-alike[other], other))[:RIVALS]
    apart = sorted(
        _pair_auroc(scores[:, own] - scores[:, rival], codes, (own, rival), tests)
        for rival in rivals
    )
    return apart[1 if len(apart) >= ENOUGH_RIVALS else 0]


def _pair_auroc(
    odds: Floats,
    codes: NDArray[np.int64],
    pair: tuple[int, int],
    tests: Sequence[NDArray[np.int64]],
) -> float:
    right = pairs = 0.0
    for test in tests:
        first, second = odds[test[codes[test] == pair[0]]], odds[test[codes[test] == pair[1]]]
        count = len(first) * len(second)
        if count:
            ranks = stats.rankdata(np.concatenate([first, second]))[: len(first)]
            right += float(ranks.sum()) - len(first) * (len(first) + 1) / 2
            pairs += count
    return right / pairs if pairs else 0.5


def _answers(seen: Floats, labels: NDArray[np.int64], asked: Floats, classes: int) -> Floats:
    """(n asked, labelings, classes) of ridge regressions on the classes' indicators."""
    centre, spread = seen.mean(axis=0), seen.std(axis=0)
    used = spread > 1e-9
    a = (seen[:, used] - centre[used]) / spread[used]
    b = (asked[:, used] - centre[used]) / spread[used]
    indicator = (labels.T[:, :, None] == np.arange(classes)).astype(np.float64)
    y = (indicator - indicator.mean(axis=0)).reshape(len(seen), -1)
    if not used.any():
        return np.zeros((len(asked), labels.shape[0], classes))
    penalty = RIDGE + PENALTY * len(seen)
    if a.shape[1] <= len(seen):
        gram = a.T @ a + penalty * np.eye(a.shape[1])
        told = b @ linalg.solve(gram, a.T @ y, assume_a="pos")
    else:
        gram = a @ a.T + penalty * np.eye(len(a))
        told = b @ (a.T @ linalg.solve(gram, y, assume_a="pos"))
    return np.asarray(told.reshape(len(asked), labels.shape[0], classes))


def _result(aurocs: Floats, images: int, total: int, rival: float) -> ProbeResult:
    real, null = float(aurocs[0]), aurocs[1:]
    spread = float(null.std(ddof=1))
    centre = float(null.mean())
    p_value = float(stats.norm.sf((real - centre) / max(spread, 1e-6)))
    interval = auroc_interval(real, images / TRAINING, (total - images) / TRAINING)
    return ProbeResult(
        real, interval.low, interval.high, centre, max(p_value, 1e-12), rival, images
    )
