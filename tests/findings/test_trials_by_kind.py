"""Trials that are read when they are asked for, held against the same trials in memory."""

from __future__ import annotations

import gc
from dataclasses import replace
from importlib import import_module
from typing import Any
from weakref import ref

import pandas as pd
import pytest

from auditor.config import FindingsSection
from auditor.domain.interventions import Intervention
from auditor.domain.multilabel import absent
from auditor.findings import class_decisions
from auditor.findings.evaluate import evaluate_classes
from auditor.findings.evidence import trials_by_kind
from auditor.findings.evidence.population import taking_part
from auditor.findings.evidence.trial_table import TrialRows, TrialTable, tidy
from auditor.findings.evidence.trials_by_kind import TrialsByKind
from auditor.findings.leak.probe import Leak
from tests.fakes.trial_sources import CountingSource
from tests.fakes.worlds import CUED, Kind, World, audit, clean

SEED = 3
Audited = tuple[pd.DataFrame, pd.DataFrame]


@pytest.fixture(scope="module")
def audited() -> Audited:
    """Cases and trials; some cases are not of the random sample, one lost its answers, and one
    donor is no audited case."""
    cases, trials = audit(World((CUED, *clean("cat", "tree")), per_class=12), 5)
    names = sorted(set(trials["case_id"]))
    cases = cases.assign(sampled=cases["sampled"] & ~cases["case_id"].isin(names[:3]))
    trials.loc[trials["case_id"] == names[-1], "p_label"] = None
    lent = trials["donor"].eq(names[5])
    trials.loc[lent, ["donor", "donor_group"]] = ["stranger", "strangers"]
    return cases, trials


@pytest.fixture
def both(audited: Audited) -> tuple[TrialRows, TrialsByKind, CountingSource]:
    cases, trials = audited
    source = CountingSource(trials)
    held = tidy(trials, taking_part(cases, trials), seed=SEED)
    return held, TrialsByKind(source, cases, seed=SEED), source


@pytest.mark.parametrize(
    "kinds",
    [
        (Intervention.BACKGROUND_OTHER,),
        (Intervention.BACKGROUND_OTHER, Intervention.BACKGROUND_SAME),
        (Intervention.EXCHANGE_OTHER,),
    ],
    ids=["one", "two", "never tried"],
)
def test_rows_are_those_of_the_whole_table(
    both: tuple[TrialRows, TrialsByKind, CountingSource], kinds: tuple[Intervention, ...]
) -> None:
    held, by_kind, _ = both
    for ask in ("of", "sample"):
        expected = getattr(held, ask)(*kinds).reset_index(drop=True)
        found = getattr(by_kind, ask)(*kinds).reset_index(drop=True)
        pd.testing.assert_frame_equal(found, expected, check_exact=True)


def test_whom_they_are_about(both: tuple[TrialRows, TrialsByKind, CountingSource]) -> None:
    held, by_kind, _ = both
    assert by_kind.case_ids() == held.case_ids()
    assert by_kind.cluster_of() == held.cluster_of()


def _of_labels(table: TrialTable, *sets: tuple[str, ...]) -> list[pd.DataFrame]:
    return [each.rows.reset_index(drop=True) for each in table.of_labels(sets)]


def test_labels_are_read_together_as_far_as_they_are_few(
    both: tuple[TrialRows, TrialsByKind, CountingSource], monkeypatch: pytest.MonkeyPatch
) -> None:
    held, by_kind, source = both
    sets = (("boat",), ("nobody",), ("cat", "tree"), ("tree",))
    expected = _of_labels(held, *sets)
    sizes = [int(source.rows["label"].isin(labels).sum()) for labels in sets]
    assert len(expected[0]) > 0 == len(expected[1])
    for kept, readings in (
        (sum(sizes), [sum(sizes[:3])]),
        (sizes[0], [sizes[0], sizes[2], sizes[3]]),
        (1, sizes),
    ):
        monkeypatch.setattr(trials_by_kind, "ROWS_KEPT", kept)
        source.read.clear()
        for found, rows in zip(_of_labels(by_kind, *sets), expected, strict=True):
            pd.testing.assert_frame_equal(found, rows, check_exact=True)
        assert source.read == {"cases": readings}


LABELS = ("boat", "cat")


@pytest.fixture(scope="module")
def of_labels() -> Audited:
    """Two labels, each held against its own negatives."""
    worlds = [
        audit(World((replace(CUED, name=n), Kind(absent(n))), per_class=12), 5) for n in LABELS
    ]
    cases, trials = (pd.concat(tables, ignore_index=True) for tables in zip(*worlds, strict=True))
    return cases, trials


def test_several_labels_are_evaluated_without_the_whole_table(
    of_labels: Audited, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases, trials = of_labels
    monkeypatch.setattr(trials_by_kind, "ROWS_KEPT", len(trials) // 2)
    source = CountingSource(trials)
    asked: dict[str, Any] = {
        "settings": FindingsSection(),
        "seed": SEED,
        "classes": (),
        "labels": LABELS,
        "null_nominated": {},
    }
    by_kind, held = (evaluate_classes(cases, given, **asked) for given in (source, trials))
    assert [e.name for e in held.evidence] == list(LABELS)
    assert all(e.background is not None for e in held.evidence)
    assert repr(by_kind.evidence) == repr(held.evidence)
    assert repr(by_kind.decisions) == repr(held.decisions)
    pd.testing.assert_frame_equal(by_kind.effects, held.effects, check_exact=True)
    assert len(source.read["cases"]) == len(LABELS)
    assert max(map(max, source.read.values())) < len(trials)


def test_an_evaluation_never_reads_the_whole_table(audited: Audited) -> None:
    """Most of what it reads at once is one exchange with its controls."""
    cases, trials = audited
    source = CountingSource(trials)
    evaluate_classes(
        cases,
        source,
        settings=FindingsSection(),
        seed=SEED,
        classes=("boat", "cat", "tree"),
        null_nominated={},
    )
    kinds = trials["intervention"].value_counts()
    assert len(source.read) > 3
    assert "whole" not in source.read
    swaps = kinds["background_other"] + kinds["background_same"]
    # Beside the swaps there is whatever else a class is told of.
    assert max(max(each) for each in source.read.values()) <= max(swaps, 0.6 * len(trials))


def test_the_largest_tables_are_read_once_and_let_go_before_the_probe(
    audited: Audited, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is read twice is kept, so of the swaps no reading may be the second."""
    cases, trials = audited
    monkeypatch.setattr(trials_by_kind, "ROWS_KEPT", 0)
    made: list[ref[TrialsByKind]] = []
    alive: list[TrialsByKind | None] = []

    class Noted(TrialsByKind):
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            made.append(ref(self))

    def find_leaks(*_: Any, **__: Any) -> Leak:
        gc.collect()
        alive.extend(each() for each in made)
        return Leak()

    monkeypatch.setattr(class_decisions, "TrialsByKind", Noted)
    monkeypatch.setattr(import_module("auditor.findings.evaluate"), "find_leaks", find_leaks)
    source = CountingSource(trials)
    evaluate_classes(
        cases,
        source,
        settings=FindingsSection(),
        seed=SEED,
        classes=("boat", "cat", "tree"),
        null_nominated={},
    )
    swaps = (Intervention.BACKGROUND_OTHER.value, Intervention.BACKGROUND_SAME.value)
    assert len(source.read[swaps[0]]) == len(source.read[" ".join(swaps)]) == 1
    assert alive == [None]


def test_what_was_asked_for_last_is_kept_as_far_as_it_is_small(
    both: tuple[TrialRows, TrialsByKind, CountingSource], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, by_kind, source = both
    swaps, same = Intervention.BACKGROUND_OTHER, Intervention.BACKGROUND_SAME
    for _ in range(3):
        by_kind.of(swaps)
        by_kind.sample(same)
    assert {len(each) for each in source.read.values()} == {1}
    rows = len(by_kind.of(swaps))
    assert rows == len(by_kind.of(same))
    monkeypatch.setattr(trials_by_kind, "ROWS_KEPT", rows)
    for _ in range(3):  # of class after class
        by_kind.of(same)
        by_kind.of(swaps)
    assert {kind: len(each) for kind, each in source.read.items()} == {
        swaps.value: 2,
        same.value: 2,
    }
    monkeypatch.setattr(trials_by_kind, "ROWS_KEPT", rows - 1)
    once = Intervention.EMPTY_OWN
    by_kind.of(once)
    by_kind.of(once)
    assert len(source.read[once.value]) == 2  # not kept the first time: too large
    by_kind.of(once)
    assert len(source.read[once.value]) == 2
