"""Forty simulated audits with known truth: every reason's code and numbers against it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from tests.fakes.worlds import CUED, Kind, World, clean
from tests.findings.evaluating import evaluated_world

CLEARED = frozenset({"clean.loss", "clean.pull", "context.nominated", "context.empty"})
OPEN = frozenset({"suspected.open", "suspected.only_cued", "suspected.won", "suspected.needed"})
ALONE = frozenset({"confirmed.background", "confirmed.rival"})
CONFIRMED = ALONE | {"confirmed.pair", "confirmed.owner"}
Codes = Mapping[str, frozenset[str]]


def _cued(name: str, **changes: Any) -> Kind:
    return replace(CUED, name=name, images=40, **changes)


def _plain(*names: str) -> tuple[Kind, ...]:
    return clean(*names, images=40)


SIMULATED: dict[str, tuple[World, Codes]] = {
    "nothing": (World(_plain("a", "b", "c", "d")), dict.fromkeys("abcd", CLEARED)),
    "one": (
        World((_cued("a"), *_plain("b", "c", "d"))),
        {"a": ALONE} | dict.fromkeys("bcd", CLEARED),
    ),
    "two of three": (
        World((_cued("a"), _cued("b"), *_plain("c"))),
        dict.fromkeys("ab", ALONE) | {"c": CLEARED | OPEN},
    ),
    "all": (World(tuple(_cued(name) for name in "abcd")), dict.fromkeys("abcd", ALONE)),
    "shared": (
        World((_cued("a", lends="b"), _cued("b", lends="a"), *_plain("c", "d", "e"))),
        dict.fromkeys("ab", ALONE) | dict.fromkeys("cde", CLEARED),
    ),
    "weak": (
        World((_cued("a", object=3.5, cue=2.0), *_plain("b", "c", "d"))),
        {"a": ALONE | OPEN} | dict.fromkeys("bcd", CLEARED),
    ),
    "three of ten": (
        World((*(_cued(name) for name in "abc"), *_plain(*"defghij"))),
        dict.fromkeys("abc", ALONE) | dict.fromkeys("defghij", CLEARED),
    ),
    "pair": (
        World((_cued("a", cue=5.0, object=2.0), *clean("b", images=40, object=3.0))),
        dict.fromkeys("ab", frozenset({"confirmed.pair"})),
    ),
    "clean pair": (
        World(_plain("a", "b"), background_noise=0.3),
        dict.fromkeys("ab", frozenset({"clean.pair", "context.nominated"})),
    ),
    "owned pair": (
        World(
            (_cued("a", cue=6.0, object=1.5, rate=0.8), *clean("b", images=40, object=3.0)),
            background_noise=0.4,
            pair_noise=0.3,
        ),
        {
            "a": frozenset({"confirmed.owner"}),
            "b": frozenset({"clean.beside_owner", "undetermined.beside_owner"}),
        },
    ),
}
RUNS = [(name, seed) for name in SIMULATED for seed in range(4)]
FAST = [("one", 0), ("shared", 0), ("owned pair", 0), ("clean pair", 0)]


def _check(name: str, seed: int) -> None:
    world, expected = SIMULATED[name]
    found = evaluated_world(world, seed)
    kinds = {kind.name: kind for kind in world.kinds}
    for row in found.classes.to_dict("records"):
        numbers = json.loads(row["reason_numbers"])
        assert row["reason_code"] in expected[row["class"]], (row["class"], row["reason"])
        assert row["reason_code"].startswith(row["verdict"])
        assert numbers["name"] == row["class"]
        _numbers_fit(row, numbers, kinds[row["class"]])
    if name == "shared":
        shared = found.classes.set_index("class")["shares_cue_with"]
        assert (shared["a"], shared["b"]) == ('["b"]', '["a"]')
    cases = found.cases[found.cases["sampled"]]
    for label, own in cases.groupby("label"):
        rate = (own["verdict"] == "shortcut").mean()
        if expected[str(label)] <= CONFIRMED:
            assert rate > 0.25
        elif not expected[str(label)] & CONFIRMED:
            assert rate < 0.1


def _numbers_fit(row: Mapping[str, Any], numbers: Mapping[str, Any], kind: Kind) -> None:
    """Numbers are those of the row, and near what the simulation gives."""
    known = row["background_effect"]
    if "loss" in numbers and not pd.isna(known):
        assert numbers["loss"] == known
        assert numbers["left"] == pytest.approx(max(0.0, numbers["usual"] - known))
    if row["reason_code"] in ALONE and not pd.isna(row["sufficiency"]):
        assert row["sufficiency"] == pytest.approx(kind.cue, rel=0.45)
        assert row["background_effect_low"] <= known <= row["background_effect_high"]
    if row["verdict"] != "confirmed":
        assert row["cue"] is None
        assert row["pair_with"] is None
        assert row["shares_cue_with"] is None
    if row["verdict"] == "clean" and not pd.isna(known):
        assert known < 0.1


@pytest.mark.parametrize(("name", "seed"), FAST)
def test_a_few_runs(name: str, seed: int) -> None:
    _check(name, seed)


def test_a_cue_of_two_of_three_is_told_where_the_third_is_confirmed() -> None:
    """Swaps cannot tell who has it (docs/verdicts.md): the reason says so."""
    world = World((_cued("a", lends="b"), _cued("b", lends="a"), *_plain("c")))
    row = evaluated_world(world, 0).classes.set_index("class").loc["c"]
    numbers = json.loads(row["reason_numbers"])
    assert row["reason_code"] in ALONE
    assert "note.of_three" in numbers["notes"]
    assert numbers["rest"] == ["a", "b"]
    assert "'a' and 'b'" in row["reason"]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "seed"), RUNS)
def test_forty_runs(name: str, seed: int) -> None:
    _check(name, seed)


@pytest.mark.slow
@pytest.mark.parametrize("classes", [3, 6, 20, 50])
def test_no_false_alarm_from_three_to_fifty_classes(classes: int) -> None:
    names = [f"c{number:02d}" for number in range(classes)]
    cued = names[: max(1, classes // 4)]
    world = World(
        tuple(
            replace(CUED, name=name, images=24) if name in cued else Kind(name, images=24)
            for name in names
        )
    )
    verdicts = evaluated_world(world, classes).summary["verdicts"]
    confirmed = {name for name, verdict in verdicts.items() if verdict == "confirmed"}
    assert confirmed <= set(cued)
    assert len(confirmed) >= 0.9 * len(cued)
