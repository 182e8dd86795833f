"""The dataset's leak, on features made up for the purpose."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from weakref import ref

import numpy as np
import pandas as pd
import pytest

from auditor.domain.leaks import LeakUse, leak_use, leaks
from auditor.findings.leak import probe
from auditor.findings.leak.probe import FOLDS, MIN_GROUPS, Leak, find_leak
from auditor.findings.leak.rows import leak_columns, leak_summary
from auditor.statistics.auroc import auroc_interval

NAMES = ("ant", "bee", "cow", "dog")


def made(
    seed: int, *, shift: dict[str, float], each: int = 60, copies: int = 1
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Remains and cases: noise, and a shift of one feature for the classes that leak."""
    rng = np.random.default_rng(seed)
    cases, rows = [], []
    for number, name in enumerate(NAMES):
        for i in range(each):
            if i % copies == 0:
                network, plain, hole = (rng.normal(size=size) for size in (20, 12, 8))
                network[number] += shift.get(name, 0.0)
            case = f"{name}{i}"
            group = f"{name}-g{i // copies}"
            cases.append({"case_id": case, "label": name, "group": group, "sampled": True})
            vectors = {"network": network, "plain": plain, "hole": hole}
            rows.append(
                {"case_id": case}
                | {key: vector.astype("<f4").tobytes() for key, vector in vectors.items()}
            )
    return pd.DataFrame(rows), pd.DataFrame(cases)


def test_what_leaks_is_found_and_an_unaffected_class_is_not_flagged() -> None:
    found = find_leak(*made(0, shift={"ant": 4.0, "bee": 4.0}), seed=0)
    for name in ("ant", "bee"):
        leak = found.classes[name]
        assert leak.auroc > 0.95
        assert leaks(leak.low, leak.hole, leak.rival)
        assert leak.network is not None
        assert leak.plain is not None
        assert leak.network > 0.95 > leak.plain
    for name in ("cow", "dog"):
        leak = found.classes[name]
        # Not to look like ant or bee is information: two of three others are told apart.
        assert leak.auroc > 0.7
        assert leak.rival is not None
        assert leak.rival < 0.6
        assert leaks(leak.low, leak.hole, leak.rival) is False
    assert found.accuracy is not None
    assert found.accuracy > 0.6
    assert found.majority == pytest.approx(0.25)
    assert found.images == 240


def test_noise_leaks_nothing_and_its_intervals_hold_chance() -> None:
    held = []
    for seed in range(6):
        found = find_leak(*made(seed, shift={}), seed=0)
        assert found.accuracy == pytest.approx(0.25, abs=0.1)
        held += [leak.low <= 0.5 <= leak.high for leak in found.classes.values()]
        assert not any(leaks(x.low, x.hole, x.rival) for x in found.classes.values())
    assert np.mean(held) >= 0.85


def test_copies_of_an_image_are_no_evidence() -> None:
    # Every image six times: a probe that met its copy would know it by heart.
    found = find_leak(*made(1, shift={}, each=120, copies=6), seed=0)
    for leak in found.classes.values():
        assert 0.2 < leak.auroc < 0.75
        assert leak.high - leak.low > 0.2


def test_a_fold_of_scores_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """Images times classes is the largest thing in an audit of many classes: one fold is held, and
    the one before while it is made."""
    by_fold = probe.scores_by_fold
    folds: list[ref[Any]] = []
    held: list[int] = []

    def counted(*given: Any) -> Iterator[Any]:
        for test, scores in by_fold(*given):
            folds.append(ref(scores))
            held.append(sum(each() is not None for each in folds))
            yield test, scores
            del scores

    monkeypatch.setattr(probe, "scores_by_fold", counted)
    found = find_leak(*made(3, shift={"ant": 2.0}, each=MIN_GROUPS), seed=0)
    assert len(found.classes) == len(NAMES)
    assert len(held) == 5 * FOLDS
    assert max(held) <= 2


def test_too_little_to_say_anything() -> None:
    remains, cases = made(2, shift={}, each=9)
    assert find_leak(remains, cases, seed=0) == Leak()
    assert find_leak(remains.iloc[:0], cases, seed=0) == Leak()
    assert find_leak(remains, cases.assign(sampled=False), seed=0) == Leak()


def test_the_same_in_any_order() -> None:
    remains, cases = made(3, shift={"ant": 1.0})
    mixed = find_leak(remains.sample(frac=1, random_state=1), cases.iloc[::-1], seed=0)
    assert mixed == find_leak(remains, cases, seed=0)


def test_auroc_interval() -> None:
    half = auroc_interval(0.5, 50, 50)
    assert half.high - 0.5 == pytest.approx(0.5 - half.low, abs=1e-9)
    # Hanley and McNeil (1982): the standard error at .5 with 50 a side is .058.
    assert half.high - half.low == pytest.approx(2 * 1.96 * 0.058, rel=0.1)
    certain = auroc_interval(1.0, 50, 50)
    assert certain.high == 1.0
    assert 0.9 < certain.low < 0.99
    assert auroc_interval(0.9, 20, 20).low < auroc_interval(0.9, 200, 200).low


def test_two_by_two() -> None:
    assert leak_use(0.9, 0.5, 0.9, "confirmed") is LeakUse.BOTH
    assert leak_use(0.9, 0.5, 0.9, "clean") is LeakUse.LATENT
    assert leak_use(0.4, 0.5, 0.5, "confirmed") is LeakUse.USED_ONLY
    assert leak_use(0.4, 0.5, 0.5, "context") is LeakUse.NEITHER
    assert leak_use(0.9, 0.95, 0.9, "clean") is LeakUse.NEITHER  # the hole explains it
    assert leak_use(None, None, None, "clean") is None
    assert leak_use(0.9, 0.5, 0.9, "suspected") is None
    rows = [
        {"class": "a", "leak_use": LeakUse.BOTH.value},
        {"class": "b", "leak_use": None},
    ]
    told = leak_summary(Leak(accuracy=0.5, majority=0.25, images=8), rows)
    assert told["classes"]["leaked and used"] == ["a"]
    assert told["classes"]["open"] == ["b"]
    assert (told["accuracy"], told["majority"]) == (0.5, 0.25)
    assert set(leak_columns(None, "clean").values()) == {None}  # type: ignore[arg-type]
