"""Classes that were decided at an early look: their differences are held to it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from auditor.comparison.compare import compare_sides
from auditor.comparison.differences import Observed, difference_of_means, difference_of_rates
from auditor.comparison.inputs import Side, side_from
from auditor.domain.manifest import Manifest
from auditor.statistics.sequential import LookPosition
from tests.comparison.making import side
from tests.fakes.worlds import CUED, World, clean

LOOKS = (20, 32, 44, 64)
REPEATS = 500
SICK = World((CUED, *clean("cat", "tree", "car")))
WELL = World((replace(CUED, object=6.0, cue=0.0, nominated=0.1), *clean("cat", "tree", "car")))


def observed(values: np.ndarray, start: int = 0, at: LookPosition | None = None) -> Observed:
    return Observed(values, np.arange(start, start + len(values)).astype(str), None, at)


@pytest.mark.parametrize("shared", [True, False])
def test_an_interval_holds_at_whatever_look_one_stops(shared: bool) -> None:
    rng = np.random.default_rng(int(shared))
    missed = {"held": 0, "as one look": 0}
    for _ in range(REPEATS):
        sides = rng.normal(0.2, 0.3, (2, LOOKS[-1]))
        for name in missed:
            missed[name] += any(
                _misses(sides[:, :look], shared, LookPosition(LOOKS, i) if name == "held" else None)
                for i, look in enumerate(LOOKS)
            )
    assert missed["held"] / REPEATS <= 0.075
    assert missed["as one look"] / REPEATS >= 0.085


def _misses(sides: np.ndarray, shared: bool, at: LookPosition | None) -> bool:
    """Whether the interval of the change leaves out the truth, 0."""
    found = difference_of_means(
        observed(sides[0], at=at), observed(sides[1], 0 if shared else 1000, at)
    )
    assert found.low is not None
    assert found.high is not None
    return not found.low <= 0.0 <= found.high


def test_one_side_alone_is_held_to_its_look() -> None:
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(2, 30))
    none, one, both = (
        difference_of_means(observed(first, 0, base), observed(second, 100, new))
        for base, new in (
            (None, None),
            (None, LookPosition(LOOKS, 0)),
            (LookPosition(LOOKS, 0), LookPosition(LOOKS, 0)),
        )
    )
    half = [(each.high or 0.0) - (each.change or 0.0) for each in (none, one, both)]
    assert half[2] / half[0] == pytest.approx(LookPosition(LOOKS, 0).widening(29))
    wide = (LookPosition(LOOKS, 0).widening(29) ** 2 * second.var() + first.var()) / (
        first.var() + second.var()
    )
    assert half[1] / half[0] == pytest.approx(np.sqrt(wide))


def test_a_rate_is_held_to_its_look() -> None:
    votes = np.array([1.0] * 4 + [0.0] * 16)
    plain, held = (
        difference_of_rates(observed(votes, 0, at), observed(1.0 - votes, 100, at))
        for at in (None, LookPosition(LOOKS, 0))
    )
    assert None not in (plain.low, held.low, plain.high, held.high)
    assert -1.0 <= held.low < plain.low < plain.high < held.high <= 1.0  # type: ignore[operator]


def test_noise_takes_the_looks_into_account() -> None:
    base, new = side(SICK, 0), side(WELL, 0)
    name = CUED.name
    early = {name: LookPosition(LOOKS, 0)}
    one, held = (
        compare_sides(replace(base, positions=at), replace(new, positions=at)) for at in ({}, early)
    )
    before, after = (
        next(each for each in found.classes if each.name == name).measures["background_effect"]
        for found in (one, held)
    )
    assert before.change == after.change
    assert (after.high or 0.0) - (after.low or 0.0) > 1.5 * (
        (before.high or 0.0) - (before.low or 0.0)
    )


def _with_looks(made: Side, looks: list[int], rows: dict[str, list[int | None]]) -> Side:
    classes = made.classes.reset_index(drop=True).iloc[:2].assign(**rows)
    tables = {"cases": made.cases, "classes": classes, "trials": pd.DataFrame()}
    told = Manifest(config={"interventions": {"looks": looks}})
    return side_from("run", told, made.summary, tables)


def test_where_a_class_stood_is_read_from_its_row() -> None:
    made = side(SICK, 0)
    first, second = made.classes["class"].iloc[:2]
    held = _with_looks(made, [20, 32, 44, 64], {"look": [20, 48], "last_look": [64, 48]})
    assert held.positions == {
        first: LookPosition((20, 32, 44, 64), 0),
        second: LookPosition((20, 32, 44, 48), 3),
    }
    # Written before its last look was kept: it could have gone on to the end.
    old = _with_looks(made, [20, 32], {"look": [20, 27], "last_look": [None, None]})
    assert old.positions == {first: LookPosition((20, 32), 0)}
    assert _with_looks(made, [64], {"look": [64, 64], "last_look": [64, 64]}).positions == {}
