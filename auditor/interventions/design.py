"""Which cases are intervened on: each class's random sample, and nominated ones apart from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise, zip_longest

import numpy as np
import pandas as pd

from auditor.domain.looks import looks_within

TURNS = b"turns"
CHOSEN_BY = ("case_id", "label", "object_area", "nominated")


@dataclass(frozen=True)
class Choice:
    """case_ids; the two sets are disjoint.

    Attributes:
        sampled: drawn at random; a class is estimated from these alone.
        nominated: added because their map is suspicious; they would bias an estimate.
        turns: label -> its sample in the order in which looks take it, the cases that each look
            adds; every look's cases are stratified as the whole sample is.
    """

    sampled: frozenset[str]
    nominated: frozenset[str]
    turns: Mapping[str, tuple[tuple[str, ...], ...]]


def choose(
    cases: pd.DataFrame, *, looks: Sequence[int], nominated_budget: int, seed: int
) -> Choice:
    """Draw the cases to intervene on, of those with object and background to tell apart.

    A class without any such case is drawn from all its cases: the whole image can still be
    changed.

    The sample of a class is stratified proportionally by object size: cases are put in order of
    size and every k-th is taken from a random start (systematic sampling), so that every case
    has the same chance. Nominated cases outside it are taken in turn from every class.

    Args:
        cases: `case_id`, `label`, `object_area` (0..1 or null) and `nominated` (bool or null).
        looks: rising sizes of a class's sample, the last is the whole.
        nominated_budget: most nominated cases over all classes.
        seed: of the draws. A class's sample does not depend on other classes or on row order.
    """
    cases = cases[list(CHOSEN_BY)]
    area = pd.to_numeric(cases["object_area"], errors="coerce")
    apart = (area > 0) & (area < 1)
    hopeless = ~apart.groupby(cases["label"]).transform("any").astype(bool)
    # By area, then by name: two sorts of one key each, which need no table of all names.
    named = cases[apart | hopeless].sort_values("case_id", kind="stable")
    usable = named.sort_values("object_area", kind="stable")
    sampled: set[str] = set()
    queues: list[list[str]] = []
    turns: dict[str, tuple[tuple[str, ...], ...]] = {}
    for label, members in usable.groupby("label", sort=True):
        generator = np.random.default_rng([seed, *str(label).encode()])
        ids = members["case_id"].tolist()
        in_order = [ids[i] for i in _systematic(len(ids), looks[-1], generator)]
        drawn = set(in_order)
        sampled |= drawn
        # A generator of its own: the sample does not depend on the looks before the last.
        turn = np.random.default_rng([seed, len(TURNS), *TURNS, *str(label).encode()])
        turns[str(label)] = _in_turns(in_order, looks_within(looks, len(in_order)), turn)
        suspicious = members["nominated"].map(_is_true).tolist()
        queue = [
            name for name, yes in zip(ids, suspicious, strict=True) if yes and name not in drawn
        ]
        drawn_first = generator.permutation(len(queue))[:nominated_budget]
        queues.append([queue[i] for i in drawn_first])
    in_turn = [name for name in chain.from_iterable(zip_longest(*queues)) if name is not None]
    return Choice(frozenset(sampled), frozenset(in_turn[:nominated_budget]), turns)


def _in_turns(
    ids: Sequence[str], looks: Sequence[int], generator: np.random.Generator
) -> tuple[tuple[str, ...], ...]:
    """The cases that each look adds, each drawn evenly from those that are left."""
    left, turns = list(ids), []
    for before, look in pairwise((0, *looks)):
        places = _systematic(len(left), look - before, generator)
        turns.append(tuple(left[i] for i in places))
        taken = set(places)
        left = [name for i, name in enumerate(left) if i not in taken]
    return tuple(turns)


def _systematic(total: int, wanted: int, generator: np.random.Generator) -> list[int]:
    """Positions of an evenly spaced sample with a random start."""
    if total <= wanted:
        return list(range(total))
    start = generator.random()
    return [int((start + step) * total / wanted) for step in range(wanted)]


def _is_true(value: object) -> bool:
    """Null is not nominated."""
    return isinstance(value, bool | np.bool_ | float) and value == 1
