"""The swap table where nothing is noisy: what it has to find is what was put in.

Five classes. An image of class b on a background of class d has the logits O_b + R_d: backgrounds
of `a` speak for `a`, those of `b` for `c`. What is expected is computed here from the logits.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from auditor.domain.answers import TOP_PROBABILITIES, write_classes
from auditor.domain.interventions import HOLE_FILLS, Fill, Intervention
from auditor.findings.evidence import swap_effects as effects_module
from auditor.findings.evidence import swap_fit as fit_module
from auditor.findings.evidence.swap_effects import swap_effects
from auditor.findings.evidence.swap_fit import COLUMNS, WHOLE, ClassFit, fit_class
from auditor.findings.evidence.swap_records import SwapRecords, swap_records
from auditor.findings.evidence.swap_sums import Counted, GainSums
from auditor.findings.evidence.swap_tables import SwapTables, won_back
from auditor.findings.evidence.trial_table import tidy
from auditor.findings.frames import as_numbers
from auditor.statistics.effects import Effect
from auditor.statistics.two_way import TwoWayFit
from tests.findings.trials import case, table_of, trial

Floats = NDArray[np.float64]
NAMES = tuple("abcde")
OBJECTS = 6
OBJECT = np.array(
    [
        [2.0, 1.5, 0.0, 0.0, 0.0],
        [0.0, 3.0, 0.5, 0.0, 0.0],
        [0.0, 0.0, 2.0, 1.0, 0.0],
        [1.0, 0.0, 0.0, 2.5, 0.0],
        [0.0, 0.0, 0.5, 0.0, 3.0],
    ]
)
FILLED = {fill.value: number for number, fill in enumerate(HOLE_FILLS)}
"""The second fill gives each object one more of its own logit."""
CUES = {("a", "a"): 3.0, ("b", "c"): 1.0}
OWN_CUE = {("a", "a"): 3.0}


def _cells(cues: dict[tuple[str, str], float]) -> Floats:
    found = np.zeros((5, 5))
    for (donor, answer), value in cues.items():
        found[NAMES.index(donor), NAMES.index(answer)] = value
    return found


def _p(label: int, added: Floats, fill: int, more: float = 0.0) -> Floats:
    logits = OBJECT[label] + added
    logits[label] += fill + more
    return np.exp(logits) / np.exp(logits).sum()


def _rows(cues: dict[tuple[str, str], float], per_class: int = OBJECTS) -> list[dict[str, Any]]:
    cells, rows = _cells(cues), []
    for label in range(5):
        for donor in range(5):
            for number in range(OBJECTS):
                for fill in HOLE_FILLS:
                    p = _p(label, cells[donor], FILLED[fill.value])
                    rows.append(_row(label, donor, number, fill, p, per_class))
    return rows


def _row(
    label: int, donor: int, number: int, fill: Any, p: Floats, per_class: int = OBJECTS
) -> dict[str, Any]:
    same = label == donor
    lender = f"{NAMES[donor]}{(number + 1 if same else number) % per_class}"
    ranked = sorted(range(5), key=lambda code: -p[code])
    return trial(
        f"{NAMES[label]}{number}",
        Intervention.BACKGROUND_SAME if same else Intervention.BACKGROUND_OTHER,
        fill,
        float(p[label]),
        label=NAMES[label],
        donor=lender,
        donor_label=NAMES[donor],
        donor_group=lender,
        p_label_control=None if same else 0.9,
        p_donor=None if same else float(p[donor]),
        p_donor_control=None if same else 0.05,
        answer=NAMES[ranked[0]],
        top_classes=write_classes(tuple(NAMES[code] for code in ranked)),
        **dict(zip(TOP_PROBABILITIES, map(float, p[ranked]), strict=True)),
    )


def tidied(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """As a table of trials."""
    cases = [case(f"{name}{n}", name) for name in NAMES for n in range(OBJECTS + 3)]
    return tidy(table_of(rows), as_numbers(pd.DataFrame(cases)), seed=0).rows


def _tables(rows: list[dict[str, Any]], model_classes: int = 5) -> SwapTables:
    records = swap_records(tidied(rows), model_classes=model_classes)
    return swap_effects(records, np.random.default_rng(0))


def _means(values: list[float]) -> float:
    return sum(values) / len(values)


def _odds(p: float) -> float:
    return math.log(p / (1 - p))


def _is(effect: Effect | None, mean: float, *, images: int = OBJECTS, donors: int) -> None:
    """It has this mean, and no noise."""
    assert effect is not None
    assert effect.mean == pytest.approx(mean, abs=1e-6)
    assert effect.low == pytest.approx(mean, abs=1e-6)
    assert effect.high == pytest.approx(mean, abs=1e-6)
    assert (effect.images, effect.donors) == (images, donors)
    assert effect.degrees == min(images, donors) - 1


def _spreads(effect: Effect) -> None:
    assert effect.low is not None
    assert effect.high is not None
    assert 0.3 < effect.low < effect.mean - 0.02
    assert effect.mean + 0.02 < effect.high < 0.6


@pytest.fixture(scope="module")
def found() -> SwapTables:
    return _tables(_rows(CUES))


@pytest.mark.parametrize("label", range(5))
def test_what_a_class_needs(found: SwapTables, label: int) -> None:
    effects, cells = found.effects[NAMES[label]], _cells(CUES)
    bare = [_p(label, 0 * cells[label], fill)[label] for fill in (0, 1)]
    own = [_p(label, cells[label], fill)[label] for fill in (0, 1)]
    _is(effects.effect, _means(own) - _means(bare), donors=OBJECTS)
    assert effects.effect is not None
    assert effects.effect.fills == {
        fill: pytest.approx(own[place] - bare[place], abs=1e-6) for fill, place in FILLED.items()
    }
    given = [_odds(one) - _odds(other) for one, other in zip(own, bare, strict=True)]
    _is(effects.necessity, _means(given), donors=OBJECTS)
    assert effects.necessity is not None
    assert effects.necessity.fills == {}


@pytest.mark.parametrize("label", range(5))
def test_what_a_classs_backgrounds_give(found: SwapTables, label: int) -> None:
    effects, cells = found.effects[NAMES[label]], _cells(CUES)
    others = [other for other in range(5) if other != label]
    _is(effects.sufficiency, cells[label, label], images=4 * OBJECTS, donors=OBJECTS)
    won = {
        fill: _means(
            [_p(other, cells[label], fill)[label] - _freed(other, label, fill) for other in others]
        )
        for fill in (0, 1)
    }
    assert effects.capture is not None
    assert effects.capture.mean == pytest.approx(_means(list(won.values())), abs=1e-6)
    assert (effects.capture.images, effects.capture.donors) == (4 * OBJECTS, OBJECTS)
    if label:
        _is(effects.capture, 0.0, images=4 * OBJECTS, donors=OBJECTS)
    else:  # which objects are drawn matters where they win differently
        _spreads(effects.capture)
    assert effects.capture.fills == {
        name: pytest.approx(won[fill], abs=1e-6) for name, fill in FILLED.items()
    }
    assert effects.losses == {
        NAMES[other]: pytest.approx(
            0.9 - _means([_p(label, cells[other], fill)[label] for fill in (0, 1)])
        )
        for other in others
    }


def _freed(label: int, donor: int, fill: int) -> float:
    """Probability of the donor's class without what its background gives to it."""
    added = _cells(CUES)[donor]
    added[donor] = 0.0
    return float(_p(label, added, fill)[donor])


@pytest.mark.parametrize("label", range(5))
def test_the_rival_is_the_class_that_grows_most_off_its_own_backgrounds(
    found: SwapTables, label: int
) -> None:
    effects, cells = found.effects[NAMES[label]], _cells(CUES)
    grown = {}
    for other in range(5):
        donors = [donor for donor in range(5) if donor not in (label, other)]
        away = [_p(label, cells[donor], fill)[other] for donor in donors for fill in (0, 1)]
        at_home = [_p(label, cells[label], fill)[other] for fill in (0, 1)]
        grown[other] = _means(away) - _means(at_home)
    del grown[label]
    rival = max(grown, key=lambda other: grown[other])
    assert effects.rival == NAMES[rival]
    pull = cells[label, label] - cells[label, rival]
    _is(effects.rival_pull, pull, donors=OBJECTS)
    assert effects.against == {
        NAMES[donor]: pytest.approx(cells[donor, donor] - cells[donor, label], abs=1e-6)
        for donor in range(5)
        if donor != label
    }
    assert effects.lent == {
        NAMES[donor]: pytest.approx(cells[donor, label], abs=1e-6)
        for donor in range(5)
        if donor != label
    }


def test_the_tables_hold_what_every_background_adds(found: SwapTables) -> None:
    assert found.cells is not None
    assert found.cells == pytest.approx(np.tile(_cells(CUES), (5, 1, 1)), abs=1e-6)
    assert found.pull == pytest.approx(np.diagonal(_cells(CUES)), abs=1e-6)
    assert (found.names, found.model_classes) == (NAMES, 5)


def test_swaps_without_what_the_background_adds(found: SwapTables) -> None:
    rows = tidied(_rows(CUES))
    swaps = rows[rows["label"] != rows["donor_label"]]
    free, gained = found.free(swaps), found.gained(swaps)
    for at, row in swaps.iloc[::7].iterrows():
        label, donor = NAMES.index(row["label"]), NAMES.index(row["donor_label"])
        fill = FILLED[row["fill"]]
        assert free[at] == pytest.approx(_p(label, np.zeros(5), fill)[label], abs=1e-6)
        won = _p(label, _cells(CUES)[donor], fill)[donor] - _freed(label, donor, fill)
        assert gained[at] == pytest.approx(won, abs=1e-6)
    strange = swaps.assign(donor_label="nobody")
    assert found.free(strange).empty
    assert found.gained(strange).empty
    assert found.gained(swaps.assign(label="nobody")).empty
    assert found.gained(swaps.assign(p_donor=np.nan)).empty
    assert found.free(swaps.assign(donor_group=None)).empty
    half = swaps.assign(
        label=["nobody" if n % 2 else label for n, label in enumerate(swaps["label"])]
    )
    assert list(found.free(half).index) == list(swaps.index[::2])
    assert list(found.gained(half).index) == list(swaps.index[::2])


def test_where_a_table_cannot_hold_all_classes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What donors win is taken away beforehand; the rest comes to the same."""
    monkeypatch.setattr(effects_module, "WHOLE", 4)
    monkeypatch.setattr(fit_module, "WHOLE", 4)
    found, cells = _tables(_rows(OWN_CUE)), _cells(OWN_CUE)
    assert found.cells is None
    assert found.pull == pytest.approx(np.diagonal(cells), abs=1e-6)
    for label, effects in enumerate(found.effects.values()):
        bare = [_p(label, 0 * cells[label], fill)[label] for fill in (0, 1)]
        own = [_p(label, cells[label], fill)[label] for fill in (0, 1)]
        _is(effects.effect, _means(own) - _means(bare), donors=OBJECTS)
        _is(effects.necessity, cells[label, label], donors=OBJECTS)
        _is(effects.sufficiency, cells[label, label], images=4 * OBJECTS, donors=OBJECTS)
        won = [
            _p(other, cells[label], fill)[label] - _p(other, 0 * cells[label], fill)[label]
            for other in range(5)
            for fill in (0, 1)
            if other != label
        ]
        assert effects.capture is not None
        assert effects.capture.mean == pytest.approx(_means(won), abs=1e-6)
        assert (effects.rival, effects.rival_pull) == (None, None)
        assert (effects.against, effects.lent) == ({}, {})
        assert set(effects.losses) == set(NAMES) - {NAMES[label]}
    captured = found.effects["a"].capture
    assert captured is not None
    _spreads(captured)


def test_an_object_that_was_shown_on_one_kind_of_background_alone_does_not_count() -> None:
    """The last `e` is surer by two logits, and was never shown elsewhere."""
    rows = [row for row in _rows(OWN_CUE) if row["case_id"] != "e5"]
    rows += [
        _row(4, 4, 5, fill, _p(4, np.zeros(5), FILLED[fill.value], 2.0)) for fill in HOLE_FILLS
    ]
    found = _tables(rows).effects["e"].effect
    assert found is not None
    assert found.mean == pytest.approx(0.0, abs=1e-6)
    assert found.low == pytest.approx(0.0, abs=1e-6)
    # Nor where none was shown on both.
    apart = [
        row
        for row in _rows(OWN_CUE)
        if row["label"] != "e" or (int(row["case_id"][1]) < 3) == (row["donor_label"] == "e")
    ]
    none = _tables(apart).effects["e"]
    assert none.effect is None
    assert none.necessity is not None
    assert none.necessity.images == OBJECTS


def test_a_class_that_was_never_shown_on_its_own_backgrounds_has_no_table() -> None:
    rows = [row for row in _rows(OWN_CUE) if (row["label"], row["donor_label"]) != ("e", "e")]
    found = _tables(rows)
    told = found.effects["e"]
    assert (told.effect, told.necessity, told.rival, told.rival_pull) == (None,) * 4
    assert told.sufficiency is not None
    assert told.sufficiency.mean == pytest.approx(0.0, abs=1e-6)
    assert found.effects["a"].sufficiency is not None
    assert found.effects["a"].sufficiency.mean == pytest.approx(3.0, abs=1e-6)
    asked = tidied(rows)
    assert set(found.gained(asked).index) == set(
        asked.index[(asked["label"] != "e") & (asked["label"] != asked["donor_label"])]
    )
    # Nor does a class on whose backgrounds nobody was shown give anything.
    alone = _tables(
        [row for row in _rows(OWN_CUE) if row["label"] == "e" or row["donor_label"] != "e"]
    )
    assert (alone.effects["e"].sufficiency, alone.effects["e"].capture) == (None, None)


def test_a_fill_that_only_one_side_has_is_not_told() -> None:
    rows = _rows(OWN_CUE)
    rows += [_row(0, 0, n, Fill.GREY, _p(0, _cells(OWN_CUE)[0], 0)) for n in range(OBJECTS)]
    effect = _tables(rows).effects["a"].effect
    assert effect is not None
    assert set(effect.fills) == set(FILLED)


def test_where_one_class_alone_has_a_table_nobody_tells_what_its_backgrounds_give() -> None:
    rows = [
        row for row in _rows(OWN_CUE) if row["label"] == "a" or row["label"] != row["donor_label"]
    ]
    found = _tables(rows).effects
    one = found["a"]
    assert one.necessity is not None
    assert one.necessity.mean == pytest.approx(3.0, abs=1e-6)
    assert (one.sufficiency, one.capture, one.rival_pull) == (None, None, None)
    other = found["b"].sufficiency
    assert other is not None
    assert other.mean == pytest.approx(0.0, abs=1e-6)


def test_log_odds_of_what_is_certain_are_clipped() -> None:
    most = math.log((1 - 1e-6) / 1e-6)
    found = effects_module._odds(np.array([0.0, 0.5, 1.0]))
    assert found == pytest.approx(np.array([-most, 0.0, most]))


def _records(**changes: Any) -> SwapRecords:
    """Five answers: stored in part, not at all, on the own background, and certain."""
    nan = math.nan
    known: dict[str, Any] = {
        "names": ("a", "b", "c", "d"),
        "model_classes": 6,
        "label": np.array([0, 0, 0, 1]),
        "donor": np.array([1, 1, 0, 2]),
        "case": np.arange(4),
        "fill": np.zeros(4, dtype=np.int64),
        "fills": ("none",),
        "group": np.arange(4),
        "donor_group": np.arange(4) + 4,
        "p_label": np.array([0.5, 0.5, 0.4, 1.0]),
        "p_donor": np.array([0.2, 0.2, nan, 0.0]),
        "control": np.full(4, nan),
        "top": np.array([[0, -1, 1], [-1, -1, -1], [-1, -1, -1], [1, -1, -1]]),
        "p_top": np.array([[0.5, 0.1, 0.2], [nan] * 3, [nan] * 3, [1.0, nan, nan]]),
    }
    return SwapRecords(**known | changes)


def test_what_is_stored_leaves_the_rest_to_all_others_that_the_model_knows() -> None:
    found = _records().probabilities(np.arange(4), np.arange(4))
    # .8 is known of three of six classes, .7 of two, .4 of one, all of two.
    rest = [0.2 / 3, 0.3 / 4, 0.6 / 5]
    assert found[0] == pytest.approx([0.5, 0.2, rest[0], rest[0]])
    assert found[1] == pytest.approx([0.5, 0.2, rest[1], rest[1]])
    assert found[2] == pytest.approx([0.4, rest[2], rest[2], rest[2]])
    assert found[3] == pytest.approx([1e-6, 1.0, 1e-6, 1e-6])
    some = _records().probabilities(np.array([1, 0]), np.array([3, 1]))
    assert some == pytest.approx(np.array([[rest[1], 0.2], [rest[0], 0.2]]))


def test_a_model_that_knows_no_other_class_leaves_nothing_to_any() -> None:
    known = _records(model_classes=2).probabilities(np.array([1]), np.arange(3))
    assert known[0] == pytest.approx([0.5, 0.2, 0.3])


def test_answers_by_the_object_and_by_the_background_of_others() -> None:
    records = _records()
    assert [list(records.of(code)) for code in range(4)] == [[0, 1, 2], [3], [], []]
    assert [list(records.on(code)) for code in range(4)] == [[], [0, 1], [3], []]
    assert list(records.same) == [False, False, True, False]
    assert len(records) == 4


def test_rows_become_records_with_one_coding_of_clusters() -> None:
    rows = tidied(_rows(CUES))
    found = swap_records(rows, model_classes=3)
    assert (found.names, found.model_classes, len(found)) == (NAMES, 5, 300)
    at = int(np.flatnonzero((found.label == 1) & (found.donor == 3))[0])
    row = rows.iloc[at]
    assert found.p_label[at] == row["p_label"]
    assert found.p_donor[at] == row["p_donor"]
    assert found.control[at] == 0.9
    assert found.fills == tuple(sorted(FILLED))
    assert found.fills[found.fill[at]] == row["fill"]
    assert write_classes(tuple(NAMES[code] for code in found.top[at])) == row["top_classes"]
    # An object and a donor that are the same picture have one code.
    lender = np.flatnonzero(rows["donor_group"] == row["group"])
    assert set(found.donor_group[lender]) == {found.group[at]}
    assert np.isnan(found.p_donor[found.same]).all()
    assert swap_records(rows, model_classes=9).model_classes == 9
    turned = swap_records(rows.iloc[::-1], model_classes=5)
    assert turned.fills == found.fills
    assert list(turned.fill[::-1]) == list(found.fill)


def test_rows_without_a_donor_or_outside_the_named_classes_are_left_out() -> None:
    rows = tidied(_rows(CUES))
    some = swap_records(rows, model_classes=5, names=("a", "c"))
    assert (some.names, len(some)) == (("a", "c"), 4 * 2 * OBJECTS)
    assert set(some.top[0]) == {-1, 0, 1}
    assert len(swap_records(rows.assign(donor_group=None), model_classes=5, names=NAMES)) == 0
    assert len(swap_records(rows.assign(donor_label=None), model_classes=5, names=NAMES)) == 0
    untold = swap_records(rows.assign(top_classes=None), model_classes=5)
    assert (untold.top == -1).all()


@pytest.mark.parametrize(
    ("p", "pull", "won"),
    [(0.5, math.log(3), 0.25), (0.5, 0.0, 0.0), (0.5, -math.log(3), -0.25), (1.0, 2.0, 0.0)],
)
def test_what_falls_back_without_log_odds(p: float, pull: float, won: float) -> None:
    assert float(won_back(np.array(p), pull)) == pytest.approx(won)


def test_of_many_classes_the_donors_own_pull_is_taken_from_its_answer() -> None:
    """The donor has .75 and half of its odds by its background: half of .75 goes."""
    tables = SwapTables({}, ("a", "b"), 9, None, np.array([math.nan, math.log(2)]))
    rows = tidied([_row(0, 1, 0, HOLE_FILLS[0], np.array([0.2, 0.75, 0.05, 0.0, 0.0]))])
    assert tables.free(rows).iloc[0] == pytest.approx(0.2 / (1 - 0.375))
    assert tables.gained(rows).iloc[0] == pytest.approx(0.75 - 0.375 / 0.625)
    unknown = tidied([_row(1, 0, 0, HOLE_FILLS[0], np.array([0.75, 0.2, 0.05, 0.0, 0.0]))])
    assert tables.free(unknown).iloc[0] == pytest.approx(0.2)
    assert tables.gained(unknown).empty
    certain = replace(tables, pull=np.array([math.nan, 50.0]))
    sure = tidied([_row(0, 1, 0, HOLE_FILLS[0], np.array([0.5, 1.0, 0.0, 0.0, 0.0]))])
    assert certain.free(sure).iloc[0] == 1.0


FIT = ClassFit(
    label=2,
    rows=np.array([4, 7]),
    columns=np.array([0, 2]),
    groups=np.array([0, 1]),
    own=1,
    odds=np.log(np.array([[0.3, 0.5], [0.1, 0.8]])),
    beside=np.array([0.2, 0.1]),
    fit=TwoWayFit(np.zeros(2), np.zeros(2), np.zeros((2, 2))),
)


def test_a_probability_freed_of_what_backgrounds_add() -> None:
    """In row 0 the answer 0 has twice its odds, in row 1 the own class four times."""
    cells = np.array([[[math.log(2), math.nan], [0.0, math.log(4)]]])
    assert FIT.column == 1
    assert FIT.freed(cells) == pytest.approx(
        np.array([[0.5 / (0.15 + 0.5 + 0.2), 0.2 / (0.1 + 0.2 + 0.1)]])
    )
    some = FIT.freed(np.concatenate([cells, 0 * cells]), np.array([1]))
    assert np.isnan(some[:, 0]).all()
    assert some[:, 1] == pytest.approx([0.5, 0.8])


def _wide(count: int, top: list[list[int]], **changes: Any) -> SwapRecords:
    """Two answers to objects of class 1: on its own background and on one of the last class."""
    known: dict[str, Any] = {
        "names": tuple(f"n{number:02}" for number in range(count)),
        "model_classes": count,
        "label": np.array([1, 1]),
        "donor": np.array([1, count - 1]),
        "case": np.zeros(2, dtype=np.int64),
        "group": np.zeros(2, dtype=np.int64),
        "donor_group": np.array([1, 2]),
        "fill": np.zeros(2, dtype=np.int64),
        "p_label": np.array([0.6, 0.3]),
        "p_donor": np.array([math.nan, 0.2]),
        "control": np.array([math.nan, 0.6]),
        "top": np.array(top),
        "p_top": np.array([[0.6, 0.1], [0.3, 0.25]]),
    }
    return replace(_records(), **known | changes)


def test_up_to_24_classes_a_table_holds_all() -> None:
    assert (WHOLE, COLUMNS) == (24, 16)
    whole = fit_class(_wide(24, [[1, 22], [1, 21]], model_classes=30), 1)
    assert whole is not None
    assert list(whole.columns) == list(range(24))
    assert (list(whole.groups), whole.own) == ([1, 23], 1)
    assert list(whole.beside) == [0.0, 0.0]
    assert whole.fit.cells.shape == (24, 24)


def test_beyond_a_table_holds_the_answers_that_its_objects_get_most() -> None:
    found = fit_class(_wide(25, [[1, 20], [1, 21]]), 1)
    assert found is not None
    assert list(found.columns) == [*range(14), 20, 21]
    # The donor is class 24: row 1 + 24 % 23.
    assert (list(found.groups), found.own) == ([0, 2], 0)
    assert found.fit.cells.shape == (24, 16)
    p = _wide(25, [[1, 20], [1, 21]]).probabilities(np.arange(2), found.columns)
    assert found.odds == pytest.approx(np.log(p))
    rest = [0.3 / 23 * 9, 0.2 + 0.25 / 22 * 8]
    assert found.beside == pytest.approx(rest)


def test_what_a_donor_is_known_to_win_is_taken_from_its_answer_or_from_those_beside() -> None:
    pull = np.zeros(25)
    pull[24] = math.log(4)
    records = _wide(25, [[1, 20], [1, 21]])
    plain, less = fit_class(records, 1), fit_class(records, 1, pull)
    assert plain is not None
    assert less is not None
    # The donor has no column: of its .2 beside the table three quarters go.
    assert less.odds == pytest.approx(plain.odds)
    assert less.beside == pytest.approx(plain.beside - np.array([0.0, 0.15]))
    shown = replace(
        records, top=np.array([[1, 20], [1, 24]]), p_top=np.array([[0.6, 0.1], [0.3, 0.2]])
    )
    plain, less = fit_class(shown, 1), fit_class(shown, 1, pull)
    assert plain is not None
    assert less is not None
    assert list(plain.columns) == [*range(14), 20, 24]
    taken = np.zeros((2, 16))
    taken[1, 15] = math.log(4)
    assert less.odds == pytest.approx(plain.odds - taken)
    assert less.beside == pytest.approx(plain.beside)
    # What a class's own backgrounds give is asked, not taken; what takes away gives nothing.
    pull[1], pull[24] = 3.0, -2.0
    plain, same = fit_class(shown, 1), fit_class(shown, 1, pull)
    assert plain is not None
    assert same is not None
    assert same.odds == pytest.approx(plain.odds)
    assert same.beside == pytest.approx(plain.beside)


@pytest.mark.parametrize("donors", [[1, 1], [2, 3]])
def test_without_both_kinds_of_backgrounds_there_is_no_table(donors: list[int]) -> None:
    records = replace(_wide(5, [[1, 2], [1, 3]]), donor=np.array(donors))
    assert fit_class(records, 1) is None
    assert fit_class(records, 4) is None


def test_sums_of_what_is_won_and_what_stands_behind_it() -> None:
    sums = GainSums(2, 3, 2)
    assert sums.of(0, ("x", "y")) is None
    drawn = np.array([[0.2, 0.4], [math.nan, 0.4]])
    weights = np.array([[1.0, 3.0], [1.0, 1.0]])
    sums.add(0, np.array([0.2, 0.4]), drawn, weights, np.array([0, 0]))
    told = sums.of(0, ("x", "y"))
    assert told is not None
    mean, draws, fills = told
    assert mean == pytest.approx(0.3)
    assert draws[0] == pytest.approx(0.35)
    assert math.isnan(draws[1])
    assert fills == {"x": pytest.approx(0.3)}
    sums.add(0, np.array([0.9]), np.array([[0.6], [0.5]]), np.array([[2.0], [4.0]]), np.array([1]))
    told = sums.of(0, ("x", "y"))
    assert told is not None
    assert told[0] == pytest.approx(0.5)
    assert list(told[1]) == pytest.approx([(0.2 + 1.2 + 1.2) / 6, 0.5])
    assert told[2] == {"x": pytest.approx(0.3), "y": pytest.approx(0.9)}
    assert sums.of(1, ("x", "y")) is None


def test_objects_donors_and_images_are_counted_as_clusters() -> None:
    records = replace(_records(), group=np.array([0, 0, 1, 2]), donor_group=np.array([4, 5, 5, 6]))
    found = Counted.of(records, np.array([0, 1, 2]), donors=np.array([1, 2]))
    assert found == Counted(objects=2, donors=1, images=3)
    effect = Counted(3, 5, 9).effect(0.5, np.repeat(0.5, 6), {"x": 0.5})
    assert (effect.images, effect.donors, effect.degrees) == (9, 5, 2)
    assert (effect.mean, effect.low, effect.high, effect.fills) == (0.5, 0.5, 0.5, {"x": 0.5})
