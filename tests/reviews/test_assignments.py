"""Rules deal every case to as many people as they say, always the same, and are only added."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from auditor.database import open_engine
from auditor.domain.errors import AuditorError
from auditor.reviews.assignment_store import open_assignments
from auditor.reviews.assignments import (
    AssignableCases,
    Assignment,
    Task,
    Unit,
    arbiters,
    assigned,
    case_key,
    deal,
    deal_classes,
)
from auditor.reviews.events import Review, ReviewDecision
from auditor.reviews.store import open_store

KEYS = np.array([case_key(f"case {i}") for i in range(6000)], dtype=np.uint64)


def rule(*people: str, **more: object) -> Assignment:
    return Assignment("r", people, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("each", [1, 2, 3])
def test_every_case_goes_to_as_many_people_as_asked(each: int) -> None:
    dealt = deal(rule("ann", "ben", "cy", each=each), KEYS)
    assert (dealt.sum(axis=0) == each).all()


def test_shares_are_held() -> None:
    dealt = deal(rule("ann", "ben", "cy", shares=(2, 1, 1)), KEYS).mean(axis=1)
    # The standard error of a half of 6000 is .0065.
    assert dealt == pytest.approx([0.5, 0.25, 0.25], abs=0.026)


def test_who_joins_takes_cases_and_moves_none_among_the_others() -> None:
    before = deal(rule("ann", "ben"), KEYS)
    after = deal(rule("ann", "ben", "cy"), KEYS)
    moved = after[:2] & ~before
    assert not moved.any()
    assert 0.25 < after[2].mean() < 0.42


def test_the_deal_is_the_same_for_ever() -> None:
    """Frozen: another deal would hand half-done queues to other people."""
    assert case_key("case 0") == 13393262547046328527
    dealt = deal(rule("Ann", "ben"), KEYS[:12])
    assert dealt[0].astype(int).tolist() == [0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 1, 1]


@given(
    sizes=st.dictionaries(st.text(min_size=1, max_size=3), st.integers(1, 50), min_size=1),
    each=st.integers(1, 3),
)
def test_classes_are_dealt_whole_and_evenly(sizes: dict[str, int], each: int) -> None:
    people = ("ann", "ben", "cy")
    dealt = deal_classes(rule(*people, each=each), sizes)
    assert set(dealt) == set(sizes)
    assert all(len(set(who)) == each for who in dealt.values())
    load = [sum(size for name, size in sizes.items() if who in dealt[name]) for who in people]
    assert max(load) - min(load) <= max(sizes.values())


def subjects(n: int = 40) -> AssignableCases:
    return AssignableCases(
        KEYS[:n],
        (np.arange(n) % 4).astype(np.int32),
        ["a", "b", "c", "d"],
        np.arange(n) < n // 2,
    )


def test_only_flagged_cases_of_the_classes_are_dealt() -> None:
    cases = subjects()
    found = assigned(rule("ann", classes=("a", "b"), flagged=True), cases)[0]
    assert found.tolist() == (np.isin(cases.labels, [0, 1]) & cases.flagged).tolist()
    assert assigned(rule("ann", flagged=False), cases).all()
    assert not assigned(rule("ann", task=Task.ARBITRATE), cases).any()


def test_by_class_nobody_gets_a_part_of_one() -> None:
    cases = subjects()
    found = assigned(rule("ann", "ben", unit=Unit.CLASS, flagged=False), cases)
    assert (found.sum(axis=0) == 1).all()
    for label in range(4):
        assert len(set(found[0][cases.labels == label].tolist())) == 1
    assert found[0].sum() == found[1].sum()


@pytest.mark.parametrize(
    "more",
    [
        {"people": ()},
        {"people": ("ann", " ")},
        {"people": ("ann", "Ann ")},
        {"people": ("ann",), "each": 2},
        {"people": ("ann",), "each": 0},
        {"people": ("ann", "ben"), "shares": (1,)},
        {"people": ("ann", "ben"), "shares": (1, 0)},
    ],
)
def test_rules_that_deal_nothing_are_refused(more: dict[str, object]) -> None:
    with pytest.raises(AuditorError):
        Assignment("r", **more)  # type: ignore[arg-type]


def test_rules_come_back_as_they_were_and_end(runs: Path) -> None:
    store = open_assignments(runs)
    assert store.last("r") == 0
    first = rule("ann", "ben", shares=(2, 1), each=2, classes=("a",), blind=True, author="eve")
    second = rule("cy", task=Task.ARBITRATE, unit=Unit.CLASS, flagged=False)
    for each in (first, first, second):
        store.add(each)
    assert store.in_force("r") == [first, second]
    assert store.in_force("other") == []
    before = store.last("r")
    store.end("r", first.token, "eve")
    assert store.in_force("r") == [second]
    assert store.last("r") > before
    assert arbiters(store.in_force("r")) == {"cy"}
    store.close()


def test_a_database_without_assignments_is_brought_up_to_date(runs: Path) -> None:
    store = open_store(runs)
    store.append(Review("r", "c", "ann", ReviewDecision.CONFIRMED))
    store.close()
    engine = open_engine(runs)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE assignments"))
        connection.execute(sa.text("ALTER TABLE reviews DROP COLUMN arbitration"))
        connection.execute(sa.text("DELETE FROM schema_version WHERE version > 3"))
    engine.dispose()
    open_assignments(runs).add(rule("ann"))
    again = open_store(runs)
    again.append(Review("r", "c", "eve", ReviewDecision.DISMISSED, arbitration=True))
    assert [e.arbitration for e in again.events("r")] == [False, True]
    again.close()
