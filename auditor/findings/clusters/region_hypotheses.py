"""Hypotheses on parts of the picture at fixed places and on properties of the whole picture, of
classes without masks.

A band, a corner or a frame is exchanged with other classes' pictures without anybody knowing what
it shows: where it carries the class, a person has to say whether it shows the object.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from auditor.domain.cues import OF_PROPERTY, Cue
from auditor.domain.hypotheses import REGION, HypothesisStatus
from auditor.domain.interventions import Intervention
from auditor.domain.locations import Location, OfCue
from auditor.domain.places import (
    Place,
    Property,
    Region,
    read_place,
    typical_area,
    write_place,
)
from auditor.findings.clusters.hypothesis import Hypothesis
from auditor.findings.evidence.log_odds import odds_effect, with_log_odds
from auditor.findings.evidence.swap_test import SwapTest
from auditor.findings.evidence.trial_table import TrialTable
from auditor.statistics.effects import Effect, estimate
from auditor.statistics.intervals import seeded
from auditor.statistics.significance import holm

LEVEL = 0.05
CARRIES, CARRIES_BACK = 0.8, 0.6
"""The smallest region is told that costs, and wins, these shares of what the costliest does."""
EXAMPLES = 5
LOOKED_AT_ALREADY = frozenset(kind for kind, spec in OF_PROPERTY.items() if spec.given)
"""Given whole from class to class in the first round."""


@dataclass(frozen=True, slots=True)
class Exchanged:
    """One place of one class.

    Attributes:
        place: the region or property.
        cost, win: in probability; cost None of what cannot be taken away.
        odds_cost, odds_win: the same in log odds.
        carries: all that must hold is proved, Holm-adjusted over the places of the class.
        examples: case_ids that lose most.
    """

    place: Region | Property
    cost: Effect | None
    win: Effect | None
    odds_cost: Effect | None
    odds_win: Effect | None
    carries: bool
    examples: tuple[str, ...]

    @property
    def cue(self) -> Cue | None:
        """Of a property."""
        return OF_PROPERTY[self.place.kind].id if isinstance(self.place, Property) else None


def region_swaps_of(
    table: TrialTable, name: str, *, classes: int, floor: float, seed: int
) -> tuple[Exchanged, ...]:
    """The region and the property of a class that carry something or move most in log odds; at
    most one of each.

    Args:
        table: all trials.
        name: the class, one without masks.
        classes: how many the data has.
        floor: effect floor.
        seed: of the run.
    """
    own = table.of(Intervention.EXCHANGE_OTHER)
    given = table.of(Intervention.EXCHANGE_GIVEN)
    taken = with_log_odds(own[own["label"] == name], classes=classes)
    lent = with_log_odds(given[given["donor_label"] == name], classes=classes)
    tests = dict(_tests(taken, lent, name, seed))
    adjusted = _adjusted(tests)
    found = [
        _exchanged(
            place,
            test,
            taken[taken["place"] == text],
            lent[lent["place"] == text],
            carries=test.proves(floor) and adjusted.get(text, 1.0) <= LEVEL,
            rng_name=(seed, name, text),
        )
        for text, (place, test) in tests.items()
    ]
    regions = [each for each in found if isinstance(each.place, Region)]
    properties = [each for each in found if isinstance(each.place, Property)]
    return tuple(each for each in (_smallest(regions), _strongest(properties)) if each is not None)


def _tests(
    taken: pd.DataFrame, lent: pd.DataFrame, name: str, seed: int
) -> Iterator[tuple[str, tuple[Region | Property, SwapTest]]]:
    others = {str(text): rows for text, rows in lent.groupby("place")}
    for key, rows in taken.groupby("place"):
        text = str(key)
        place: Place = read_place(text)
        if not isinstance(place, Region | Property) or text not in others:
            continue
        if isinstance(place, Property) and place.kind in LOOKED_AT_ALREADY:
            continue
        one_sided = isinstance(place, Property) and OF_PROPERTY[place.kind].one_sided
        cost = estimate(rows, "loss", seeded(seed, name, text, "cost"))
        win = estimate(others[text], "gain", seeded(seed, name, text, "win"))
        yield text, (place, SwapTest(cost, win, two_sided=not one_sided))


def _adjusted(tests: Mapping[str, tuple[Region | Property, SwapTest]]) -> dict[str, float]:
    known = {text: p for text, (_, test) in tests.items() if (p := test.p_value) is not None}
    return dict(zip(known, holm(list(known.values())), strict=True))


def _exchanged(
    place: Region | Property,
    test: SwapTest,
    taken: pd.DataFrame,
    lent: pd.DataFrame,
    *,
    carries: bool,
    rng_name: tuple[int, str, str],
) -> Exchanged:
    seed, name, text = rng_name
    lost = taken.groupby("case_id")["loss"].mean().dropna()
    ranked = sorted((-value, str(case)) for case, value in lost.items())
    return Exchanged(
        place=place,
        cost=test.needed,
        win=test.won,
        odds_cost=odds_effect(taken, "odds_loss", seeded(seed, name, text, "odds cost")),
        odds_win=odds_effect(lent, "odds_gain", seeded(seed, name, text, "odds win")),
        carries=carries,
        examples=tuple(case for _, case in ranked[:EXAMPLES]),
    )


def _smallest(found: list[Exchanged]) -> Exchanged | None:
    """The smallest region that carries most of what any does; where none carries, the smallest that
    moves most in log odds."""
    carrying = [each for each in found if each.carries]
    if not carrying:
        most = max(map(_odds, found), default=0.0)
        return min((e for e in found if _odds(e) >= CARRIES * most), key=_area, default=None)
    most = max(_mean(each.cost) for each in carrying)
    won = max(_mean(each.win) for each in carrying)
    enough = [
        each
        for each in carrying
        if _mean(each.cost) >= CARRIES * most and _mean(each.win) >= CARRIES_BACK * won
    ]
    return min(enough or carrying, key=_area)


def _strongest(found: list[Exchanged]) -> Exchanged | None:
    carrying = [each for each in found if each.carries]
    if carrying:
        return max(carrying, key=lambda each: _mean(each.win))
    return max(found, key=_odds, default=None)


def _area(each: Exchanged) -> tuple[float, str]:
    assert isinstance(each.place, Region)  # noqa: S101 - chosen among regions
    return typical_area(each.place), each.place.kind


def _odds(each: Exchanged) -> float:
    """The smaller of both directions, in log odds."""
    return min(_mean(each.odds_cost), _mean(each.odds_win))


def _mean(effect: Effect | None) -> float:
    return 0.0 if effect is None else effect.mean


def of_region_swaps(
    table: TrialTable,
    name: str,
    *,
    beside: Collection[Cue],
    classes: int,
    floor: float,
    seed: int,
) -> list[Hypothesis]:
    """The hypotheses on a class's region and property.

    Args:
        table, name, classes, floor, seed: see `exchanged_of`.
        beside: cues that were exchanged otherwise: they have hypotheses of their own.
    """
    found = region_swaps_of(table, name, classes=classes, floor=floor, seed=seed)
    return [_hypothesis(each) for each in found if each.cue not in beside]


def _hypothesis(each: Exchanged) -> Hypothesis:
    """Open: whether it shows the object, nobody knows yet."""
    region = each.place if isinstance(each.place, Region) else None
    cue = each.cue
    where = None if cue is None else Location(OfCue(cue))
    if region is not None:
        where = Location(region)
    return Hypothesis(
        kind=REGION if cue is None else cue.value,
        group=None,
        standing=HypothesisStatus.OPEN,
        place=None,
        where=where,
        share=1.0,
        own_place=None,
        carries=each.carries,
        cost=each.cost,
        win=each.win,
        examples=each.examples,
        region=None if region is None else write_place(region),
        odds_cost=each.odds_cost,
        odds_win=each.odds_win,
    )
