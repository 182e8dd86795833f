"""Whose cases these are: the rules of a run, asked by place in its sorted table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditor.domain.verdicts import FLAGGED_CASES
from auditor.reviews.assignments import (
    AssignableCases,
    Assignment,
    Task,
    arbiters,
    assigned,
)
from auditor.reviews.events import person_id
from dashboard.runs.filters import RANK
from dashboard.runs.queries import Cases

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Assigned:
    """What the rules in force say of a run's cases.

    Attributes:
        rules: oldest first.
        mine: `person_id` -> (cases,) by rank: whether the case is that person's.
        blind: the same of the cases that are to be decided blind.
        names: `person_id` -> the name as it was written, in the order of the rules.
        arbiters: `person_id` of those who settle.
    """

    rules: tuple[Assignment, ...] = ()
    mine: Mapping[str, Flags] = field(default_factory=dict)
    blind: Mapping[str, Flags] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    arbiters: frozenset[str] = frozenset()

    def to(self, person: str) -> Flags | None:
        """(cases,) by rank: a person's cases; None for who has none."""
        return self.mine.get(person_id(person))

    def is_blind(self, person: str, rank: int) -> bool:
        """Whether a case is to be decided blind by that person."""
        flags = self.blind.get(person_id(person))
        return flags is not None and bool(flags[rank])

    def settles(self, person: str) -> bool:
        """Whether a rule names that person as an arbiter."""
        return person_id(person) in self.arbiters


def assign(rules: Sequence[Assignment], cases: Cases) -> Assigned:
    """What `rules` say of these cases."""
    mine: dict[str, Flags] = {}
    blind: dict[str, Flags] = {}
    names = {person_id(name): name for rule in rules for name in rule.people}
    reviewing = [rule for rule in rules if rule.task is Task.REVIEW]
    if reviewing:
        subjects = _subjects(cases)
        for rule in reviewing:
            for name, own in zip(rule.people, assigned(rule, subjects), strict=True):
                _add(mine, name, own)
                if rule.blind:
                    _add(blind, name, own)
    return Assigned(tuple(rules), mine, blind, names, arbiters(rules))


def _add(found: dict[str, Flags], name: str, own: Flags) -> None:
    who = person_id(name)
    found[who] = found[who] | own if who in found else own.copy()


def _subjects(cases: Cases) -> AssignableCases:
    flagged = ", ".join(f"'{verdict}'" for verdict in FLAGGED_CASES)
    select = f"md5_number_lower(case_id) AS key, label, verdict IN ({flagged}) AS flagged"
    found = cases.ask(select, (), f"ORDER BY {RANK}").df()
    labels, classes = pd.factorize(found["label"])
    return AssignableCases(
        found["key"].to_numpy(np.uint64),
        labels.astype(np.int32),
        [str(name) for name in classes],
        found["flagged"].to_numpy(np.bool_),
    )
