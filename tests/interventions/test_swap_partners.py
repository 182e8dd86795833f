"""Which pictures meet where a cue is located; the work grows with the classes, not their square."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from auditor.domain.interventions import Fill, Intervention
from auditor.domain.multilabel import absent
from auditor.domain.samples import Sample, case_id_of
from auditor.interventions import swap_partners
from auditor.interventions.swap_partners import (
    OF_ANOTHER_CLASS,
    PICTURES,
    Screening,
    choose_attribute_swaps,
    screen_bare,
)
from tests.findings.trials import table_of, trial

EACH = 4


def world(count: int) -> tuple[Screening, dict[str, Sample]]:
    """A screening of so many classes, all of which are looked into."""
    names = [f"c{number:02d}" for number in range(count)]
    able = {name: tuple(case_id_of(f"{i}.png", name) for i in range(EACH)) for name in names}
    samples = {
        case: Sample(case, f"{name}/{i}.png", name, Path("x"))
        for name, cases in able.items()
        for i, case in enumerate(cases)
    }
    partners = {name: tuple(other for other in names if other != name) for name in names}
    return Screening(tuple(names), partners, able), samples


def members_drawn(count: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """How often the pictures of a class are put in order while all classes choose."""
    calls: Counter[str] = Counter()
    ordered = swap_partners._apart

    def counting(names: Sequence[str], samples: Mapping[str, Sample], seed: int) -> list[str]:
        calls["drawn"] += 1
        return ordered(names, samples, seed)

    monkeypatch.setattr(swap_partners, "_apart", counting)
    screening, samples = world(count)
    for name in screening.classes:
        assert choose_attribute_swaps(name, screening, samples, seed=0)
    monkeypatch.undo()
    return calls["drawn"]


def test_twice_the_classes_take_twice_the_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    few, many = (members_drawn(count, monkeypatch) for count in (20, 40))
    assert many == 2 * few
    # Its own pictures, and those of as many partners as fill the exchanges.
    assert few == 20 * (1 + PICTURES // OF_ANOTHER_CLASS)


def test_a_label_meets_the_images_without_it_alone() -> None:
    rows = [
        trial(f"{label}_{i}", Intervention.ORIGINAL, Fill.NONE, 0.9, label=label)
        for label in ("a", "b", absent("a"), absent("b"))
        for i in range(EACH)
    ]
    cases = {row["case_id"] for row in rows}
    found = screen_bare(table_of(rows), cases, seed=0, labels=("a", "b"))
    assert found.classes == ("a", "b")
    assert found.partners == {"a": ("not a",), "b": ("not b",)}
