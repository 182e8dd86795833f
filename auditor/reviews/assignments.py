"""Who was asked to look at which cases: rules that split a run's cases without any list of cases.

A case goes to whoever its name and the rule say, on every machine and at every time the same, so
that two people never work at the same case by accident, and a person who joins takes only the
cases that are theirs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from auditor.domain.errors import AuditorError
from auditor.domain.messages import N_, phrase
from auditor.reviews.events import person_id

MOST_PEOPLE = 200

Keys = NDArray[np.uint64]
"""What stands for the names of cases when they are dealt, see `case_key`."""


class Unit(StrEnum):
    """What is dealt."""

    CASE = "case"
    """every case on its own"""
    CLASS = "class"
    """whole classes"""


class Task(StrEnum):
    """What the people of an assignment do."""

    REVIEW = "review"
    """decide the cases that are dealt to them"""
    ARBITRATE = "arbitrate"
    """settle the cases on which reviewers differ"""


@dataclass(frozen=True, slots=True)
class Assignment:
    """One rule; several of a run add up.

    Attributes:
        run: name of the run folder.
        people: whose cases these are.
        shares: how many parts of the cases each of them takes; of the same length.
        each: how many people look at every case (or class), 1 to all of them.
        unit: what is dealt.
        task: what the people do; who arbitrates needs no cases dealt.
        classes: only cases of these; () for all.
        flagged: only cases that the audit flags.
        blind: verdict and others' decisions are hidden from them until they have decided.
        author: who made the rule.
        time: aware, UTC.
        token: made by the client, unique; saving the same token twice is saving once.
    """

    run: str
    people: tuple[str, ...]
    shares: tuple[int, ...] = ()
    each: int = 1
    unit: Unit = Unit.CASE
    task: Task = Task.REVIEW
    classes: tuple[str, ...] = ()
    flagged: bool = True
    blind: bool = False
    author: str = ""
    time: datetime = field(default_factory=lambda: datetime.now(UTC))
    token: str = field(default_factory=lambda: uuid4().hex)

    def __post_init__(self) -> None:
        """Raises AuditorError for a rule that deals to nobody, or in shares that are none."""
        people = [person_id(name) for name in self.people]
        shares = self.shares or (1,) * len(self.people)
        object.__setattr__(self, "shares", shares)
        wrong = (
            not 1 <= len(people) <= MOST_PEOPLE
            or "" in people
            or len(set(people)) < len(people)
            or len(shares) != len(people)
            or min(shares) < 1
            or not 1 <= self.each <= len(people)
        )
        if wrong:
            raise AuditorError(
                N_("Cases cannot be assigned like this."),
                code="reviews.not_assignable",
                expected=phrase(
                    "1 to {most} different people, a share of at least 1 for each, and not"
                    " more reviews of a case than people",
                    most=MOST_PEOPLE,
                ),
                got=phrase(
                    "people {names}; shares {shares}; {each} reviews of a case",
                    names=", ".join(self.people) or "none",
                    shares=shares,
                    each=self.each,
                ),
                remedy=N_("name people, or ask for fewer reviews of a case"),
            )


def case_key(case_id: str) -> int:
    """What stands for a case when cases are dealt: half of its MD5, as DuckDB's
    `md5_number_lower` gives it for a million cases at once. Not a secret, only even."""
    digest = hashlib.md5(case_id.encode(), usedforsecurity=False).digest()
    return int.from_bytes(digest[8:], "little")


def deal(rule: Assignment, keys: Keys) -> NDArray[np.bool_]:
    """Which cases go to whom, by weighted rendezvous hashing (Thaler and Ravishankar 1998).

    Args:
        rule: its people, shares and `each`.
        keys: (n,) of the cases, see `case_key`.

    Returns:
        (people, n): `each` people for every case, more often those with a larger share. Who is
        added to a rule takes cases from the others and moves none among them.
    """
    waits = np.empty((len(rule.people), len(keys)))
    for row, name, share in zip(waits, rule.people, rule.shares, strict=True):
        drawn = _mixed(keys ^ np.uint64(case_key(person_id(name))))
        # 53 bits of it, never 0: the logarithm of an even draw waits exponentially.
        even = ((drawn >> np.uint64(11)).astype(np.float64) + 0.5) / 2.0**53
        row[:] = -np.log(even) / share
    chosen = np.zeros(waits.shape, dtype=bool)
    if len(keys):
        first = np.argpartition(waits, rule.each - 1, axis=0)[: rule.each]
        np.put_along_axis(chosen, first, True, axis=0)
    return chosen


def deal_classes(rule: Assignment, sizes: Mapping[str, int]) -> dict[str, tuple[str, ...]]:
    """Which classes go to whom: the largest first, each to those who have least for their share.

    Args:
        rule: its people, shares and `each`.
        sizes: class -> how many of its cases are dealt.

    Returns:
        class -> `each` people.
    """
    load = dict.fromkeys(rule.people, 0.0)
    share = dict(zip(rule.people, rule.shares, strict=True))
    dealt: dict[str, tuple[str, ...]] = {}
    for label in sorted(sizes, key=lambda name: (-sizes[name], name)):
        after = {name: load[name] + sizes[label] / share[name] for name in rule.people}
        chosen = sorted(rule.people, key=lambda name: (after[name], rule.people.index(name)))
        dealt[label] = tuple(chosen[: rule.each])
        load.update({name: after[name] for name in dealt[label]})
    return dealt


@dataclass(frozen=True, slots=True)
class AssignableCases:
    """The cases of a run, as far as rules ask about them.

    Attributes:
        keys: (n,) see `case_key`.
        labels: (n,) int, places in `classes`.
        classes: names of the classes.
        flagged: (n,) bool.
    """

    keys: Keys
    labels: NDArray[np.int32]
    classes: Sequence[str]
    flagged: NDArray[np.bool_]


def assigned(rule: Assignment, cases: AssignableCases) -> NDArray[np.bool_]:
    """(people, n): which cases are whose by a rule; none where its people only settle."""
    found = np.zeros((len(rule.people), len(cases.keys)), dtype=bool)
    if rule.task is not Task.REVIEW:
        return found
    scope = cases.flagged.copy() if rule.flagged else np.ones(len(cases.keys), dtype=bool)
    if rule.classes:
        wanted = np.isin(np.asarray(cases.classes, dtype=object), rule.classes)
        scope &= wanted[cases.labels]
    if rule.unit is Unit.CASE:
        found[:, scope] = deal(rule, cases.keys[scope])
        return found
    counts = np.bincount(cases.labels[scope], minlength=len(cases.classes))
    sizes = {name: int(count) for name, count in zip(cases.classes, counts, strict=True) if count}
    dealt = deal_classes(rule, sizes)
    for row, person in zip(found, rule.people, strict=True):
        own = np.array([person in dealt.get(name, ()) for name in cases.classes], dtype=bool)
        row[:] = scope & own[cases.labels]
    return found


def arbiters(rules: Sequence[Assignment]) -> frozenset[str]:
    """`person_id` of everybody who was asked to settle."""
    asked = (rule.people for rule in rules if rule.task is Task.ARBITRATE)
    return frozenset(person_id(name) for people in asked for name in people)


def _mixed(values: Keys) -> Keys:
    """Each bit of the result depends on each bit of the value (SplitMix64, Steele et al. 2014)."""
    mixed = values + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    found: Keys = mixed ^ (mixed >> np.uint64(31))
    return found
