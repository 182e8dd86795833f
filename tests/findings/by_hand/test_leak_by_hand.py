"""The dataset's leak: pairs counted by hand, and what the probe is given."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import PCA

from auditor.domain.leaks import LeakUse, leak_use, leaks
from auditor.domain.verdicts import ClassVerdict
from auditor.findings.leak import fold_scores
from auditor.findings.leak.fold_scores import Probe, hardest_rivals, read_probe
from auditor.findings.leak.probe import ClassLeak, Leak, find_leak, find_leaks
from auditor.findings.leak.rows import leak_columns, leak_summary
from auditor.statistics.auroc import auroc_interval


def _asked(scores: Any, *folds: list[int]) -> Probe:
    """A probe that has given these scores to all images, asked in these folds."""
    return lambda: ((np.array(fold), scores[fold]) for fold in folds)


def _auroc(scores: Any, own: Any, *folds: list[int]) -> float | None:
    labels = np.where(own, "a", "b")
    told = read_probe(_asked(np.stack([scores, -scores], axis=1), *folds), labels, ["a", "b"])
    # Of two classes the one is right where the other one is.
    assert told.aurocs[1] == told.aurocs[0]
    return told.aurocs[0]


def test_pairs_of_one_fold_that_are_in_the_right_order() -> None:
    """.9 and .2 beside .5: one of two; a fold of one side counts for nothing; .5 beside .5 and .1:
    one and a half of two."""
    scores = np.array([0.9, 0.2, 0.5, 0.7, 0.5, 0.5, 0.1])
    own = np.array([True, True, False, True, True, False, False])
    assert _auroc(scores, own, [0, 1, 2], [3], [4, 5, 6]) == pytest.approx(2.5 / 4)
    assert _auroc(scores, own, [3]) is None
    # A fold weighs as many pairs as it has.
    assert _auroc(scores, own, [0, 2], [1, 5, 6]) == pytest.approx(2 / 3)


def test_what_is_read_of_a_probe_besides() -> None:
    """Mean probabilities of classes on each other's images, over folds of different size; the
    most probable class of each image, in the images' own order."""
    scores = np.array([[0.75, 0.25], [0.5, 0.5], [0.25, 0.75], [0.0, 1.0], [0.25, 0.75]])
    labels = np.array(["a", "a", "a", "b", "b"])
    told = read_probe(_asked(scores, [4, 0], [3, 1, 2]), labels, ["a", "b"])
    assert told.likeness.tolist() == [[0.5, 0.5], [0.125, 0.875]]
    assert told.answers.tolist() == [0, 0, 1, 1, 1]
    bare = read_probe(_asked(scores, [4, 0], [3, 1, 2]), labels, ["a", "b"], keep=False)
    assert (bare.aurocs, bare.likeness.size, bare.answers.size) == (told.aurocs, 0, 0)


def _scores(odds: list[float]) -> tuple[Any, Any]:
    """Two images of class `n00` whose odds are .9 against everybody, and two of each rival, the
    less alike the later, whose odds of being `n00` are given."""
    names = np.array([f"n{k:02}" for k in range(len(odds) + 1)])
    labels = np.repeat(names, 2)
    scores = np.zeros((len(labels), len(names)))
    scores[:2, 0] = 0.9
    for k, each in enumerate(odds, start=1):
        scores[2 * k : 2 * k + 2, 0] = 0.5 - 0.01 * k
        scores[2 * k : 2 * k + 2, k] = 0.5 - 0.01 * k - each
    return scores, labels


def _rival_in(scores: Any, labels: Any, *folds: list[int]) -> float | None:
    """Of the first class: likeness over all images, rivals in some folds."""
    names = sorted(set(labels))
    likeness = read_probe(_asked(scores, list(range(len(labels)))), labels, names).likeness
    return hardest_rivals(_asked(scores, *folds), labels, names, likeness)[0]


def _rival(odds: list[float]) -> float | None:
    scores, labels = _scores(odds)
    return _rival_in(scores, labels, list(range(len(labels))))


EASY, HARD, EVEN = 0.0, 2.0, 0.9


def test_of_few_rivals_the_hardest_counts_and_of_five_the_second() -> None:
    assert _rival([EASY, EVEN]) == 0.5
    assert _rival([HARD, EASY, EASY, EASY]) == 0.0
    assert _rival([HARD, EASY, EASY, EASY, EASY]) == 1.0
    assert _rival([HARD, EVEN, EASY, EASY, EASY]) == 0.5
    assert _rival([]) is None


def test_the_eight_that_look_most_alike_are_asked() -> None:
    eight = [EVEN] + [EASY] * 7
    assert _rival(eight) == 1.0
    assert _rival([*eight[:7], HARD]) == 0.5
    assert _rival([*eight, HARD]) == 1.0
    assert _rival([*eight, HARD, HARD]) == 1.0


def test_a_rival_that_shares_no_fold_with_the_class_is_not_asked() -> None:
    scores, labels = _scores([EASY, HARD])
    assert _rival_in(scores, labels, [0, 1, 2, 3], [4, 5]) == 1.0
    assert _rival_in(scores, labels, [0, 1], [2, 3], [4, 5]) is None


def _data(
    counts: dict[str, int], *, size: int = 6, shift: float = 0.0, copies: int = 1
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Features around nothing; those of the network differ by `shift` from class to class."""
    rng = np.random.default_rng(0)
    rows, cases = [], []
    for number, (name, count) in enumerate(counts.items()):
        for i in range(count):
            vectors = {key: rng.normal(0, 0.1, size) for key in ("network", "plain", "hole")}
            vectors["network"][number] += shift
            rows.append(
                {"case_id": f"{name}{i}"}
                | {key: vector.astype("<f4").tobytes() for key, vector in vectors.items()}
            )
            cases.append(
                {"case_id": f"{name}{i}", "label": name, "group": f"{name}{i // copies}",
                 "sampled": True}
            )  # fmt: skip
    return pd.DataFrame(rows), pd.DataFrame(cases)


def test_what_a_probe_reads_of_two_classes() -> None:
    found = find_leak(*_data({"a": 15, "b": 10, "c": 9}, shift=5.0), seed=0)
    assert set(found.classes) == {"a", "b"}
    assert (found.images, found.accuracy, found.majority) == (25, 1.0, 0.6)
    one = found.classes["a"]
    assert (one.auroc, one.network, one.rival) == (1.0, 1.0, 1.0)
    # Half as many independent images stand behind it, since the probe is fitted, too.
    interval = auroc_interval(1.0, 15 / 2, 10 / 2)
    assert (one.low, one.high) == (interval.low, interval.high)
    for alone in (one.plain, one.hole):
        assert alone is not None
        assert alone < 0.95


def test_near_duplicates_are_one_image() -> None:
    found = find_leak(*_data({"a": 30, "b": 20}, shift=5.0, copies=2), seed=0)
    interval = auroc_interval(1.0, 15 / 2, 10 / 2)
    assert (found.classes["a"].low, found.classes["b"].high) == (interval.low, interval.high)
    assert find_leak(*_data({"a": 30, "b": 18}, copies=2), seed=0) == Leak()


@pytest.mark.parametrize("kind", ["not sampled", "without the network", "no features"])
def test_images_that_do_not_count(kind: str) -> None:
    features, cases = _data({"a": 12, "b": 11}, shift=5.0)
    if kind == "not sampled":
        cases.loc[cases["case_id"].isin(["b0", "b1"]), "sampled"] = False
    elif kind == "without the network":
        features.loc[features["case_id"].isin(["b0", "b1"]), "network"] = None
    else:
        features = features[~features["case_id"].isin(["b0", "b1"])]
    assert find_leak(features, cases, seed=0) == Leak()
    assert find_leak(features.iloc[:0], cases, seed=0) == Leak()


def _sizes(monkeypatch: pytest.MonkeyPatch, *data: pd.DataFrame) -> list[int]:
    """Components of every reduction that finding a leak makes."""
    seen: list[int] = []

    def reduce(size: int, **more: Any) -> PCA:
        seen.append(size)
        return PCA(size, **more)

    monkeypatch.setattr(fold_scores, "PCA", reduce)
    find_leak(*data, seed=0)
    return seen


def test_five_folds_of_at_most_48_components(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of three alone, and the network's and the plain ones together twice: a fold of scores is
    held, not all of them, so who is alike is asked before who is hardest."""
    assert _sizes(monkeypatch, *_data({"a": 35, "b": 35}, size=60)) == [48] * 35


def test_no_more_components_than_features_or_images_less_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert _sizes(monkeypatch, *_data({"a": 10, "b": 10}, size=6)) == [6] * 35
    assert _sizes(monkeypatch, *_data({"a": 10, "b": 10}, size=60)) == [15] * 35


def test_several_labels_are_asked_one_by_one() -> None:
    assert find_leaks(None, pd.DataFrame(), ["x"], seed=0) == Leak()
    features, cases = _data({"x": 10, "not x": 11, "y": 12, "z": 10}, shift=5.0)
    found = find_leaks(features, cases, ["x", "y"], seed=0)
    assert set(found.classes) == {"x"}
    assert (found.images, found.accuracy, found.majority) == (21, None, None)
    assert found.classes["x"].auroc == 1.0
    together = cases[cases["label"].isin(["y", "z"])]
    assert set(find_leaks(features, together, [], seed=0).classes) == {"y", "z"}


def test_a_leak_is_surely_above_its_bars() -> None:
    assert leaks(0.61, None, None) is True
    assert leaks(0.6, None, None) is False
    assert leaks(0.7, 0.7, 0.9) is False
    assert leaks(0.71, 0.7, 0.9) is True
    assert leaks(0.9, 0.5, 0.6) is False
    assert leak_use(0.9, 0.5, 0.61, "clean") is LeakUse.LATENT


def test_columns_and_summary_of_leaks() -> None:
    found = ClassLeak(0.9, 0.8, 0.95, network=0.85, plain=0.7, hole=0.5, rival=0.9)
    told = leak_columns(found, ClassVerdict.CONFIRMED)
    assert list(told.values()) == [0.9, 0.8, 0.95, 0.85, 0.7, 0.5, 0.9, LeakUse.BOTH.value]
    assert leak_columns(found, ClassVerdict.SUSPECTED)["leak_use"] is None
    empty = leak_columns(None, ClassVerdict.CONFIRMED)
    assert list(empty) == list(told)
    assert set(empty.values()) == {None}
    rows = [{"class": "a", "leak_use": LeakUse.BOTH.value}, {"class": "b", "leak_use": None}]
    summary = leak_summary(Leak({}, 0.5, 0.25, 8), rows)
    assert (summary["accuracy"], summary["majority"], summary["images"]) == (0.5, 0.25, 8)
    assert summary["classes"] == {each.value: [] for each in LeakUse} | {
        LeakUse.BOTH.value: ["a"], "open": ["b"],
    }  # fmt: skip
    assert (Leak().images, Leak().accuracy, Leak().majority) == (0, None, None)
