"""What a part carries of the whole background: probabilities chosen so that shares are known."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest

from auditor.domain.interventions import Fill, Intervention
from auditor.domain.places import Region, RegionKind, write_place
from auditor.findings.evidence.localisation import (
    Carried,
    Change,
    Localisation,
    Shares,
    localisation,
)
from auditor.findings.evidence.trial_table import tidy
from auditor.findings.frames import as_numbers
from tests.findings.known_effects import known_effect
from tests.findings.trials import case, table_of, trial

WHOLE = Region(RegionKind.BACKGROUND, 1.0)
FRAME = Region(RegionKind.FRAME, 0.1)
NONE = Change(0.0, 0.0, 0.0, 0.0)


def _carried(change: Change, rest: Change = NONE) -> Carried:
    return Carried(known_effect(change.lost), known_effect(change.won), change, rest)


def _shares(part: Change, whole: Change) -> Shares:
    found = Localisation(_carried(whole), {}).shares(_carried(part))
    assert len(found) == 1
    return found[0]


def test_a_share_is_the_smaller_one_of_probability_and_log_odds() -> None:
    whole = Change(lost=0.5, won=0.4, odds_lost=4.0, odds_won=2.0)
    told = _shares(Change(lost=0.25, won=0.1, odds_lost=1.0, odds_won=1.0), whole)
    assert told == Shares(lost=0.25, won=0.25)
    told = _shares(Change(lost=0.1, won=0.3, odds_lost=3.0, odds_won=1.0), whole)
    assert told == Shares(lost=pytest.approx(0.2), won=0.5)
    assert (told.least, told.most) == (pytest.approx(0.2), 0.5)


def test_where_the_whole_does_nothing_a_part_that_does_something_is_all_of_it() -> None:
    whole = Change(lost=0.0, won=-0.1, odds_lost=0.0, odds_won=-0.1)
    some = Change(lost=0.1, won=0.1, odds_lost=0.1, odds_won=0.1)
    assert _shares(some, whole) == Shares(1.0, 1.0)
    none = Change(lost=0.0, won=0.0, odds_lost=0.0, odds_won=0.0)
    assert _shares(none, whole) == Shares(0.0, 0.0)


@pytest.mark.parametrize(
    ("rest", "told"),
    [
        (Change(0.1, 0.1, 0.2, 0.2), 2),
        (Change(0.1, 0.1, 0.19, 0.2), 1),
        (Change(0.1, 0.1, 0.2, 0.19), 1),
        (Change(0.0, 0.1, 0.2, 0.2), 1),
        (Change(0.1, 0.0, 0.2, 0.2), 1),
    ],
)
def test_among_the_rest_a_share_is_told_where_the_whole_does_enough(
    rest: Change, told: int
) -> None:
    whole = _carried(Change(0.5, 0.5, 1.0, 1.0), rest)
    part = _carried(Change(0.5, 0.5, 1.0, 1.0), Change(0.05, 0.1, 0.1, 0.2))
    found = Localisation(whole, {}).shares(part)
    assert len(found) == told
    if told == 2:
        assert found[1] == Shares(0.5, 1.0)


def _taken(place: Region, number: int, **values: float) -> dict[str, Any]:
    return trial(
        f"a{number}", Intervention.EXCHANGE_OTHER, Fill.NONE, values.pop("p_label"), label="a",
        donor=f"b{number}", donor_label="b", donor_group=f"b{number}", place=write_place(place),
        **values,
    )  # fmt: skip


def _given(place: Region, number: int, **values: float) -> dict[str, Any]:
    return trial(
        f"b{number}", Intervention.EXCHANGE_GIVEN, Fill.NONE, values.pop("p_label"), label="b",
        donor=f"a{number}", donor_label="a", donor_group=f"a{number}", place=write_place(place),
        **values,
    )  # fmt: skip


def _localised(rows: list[dict[str, Any]], name: str = "a") -> Localisation | None:
    cases = [case(f"{label}{number}", label) for label in "ab" for number in range(3)]
    return localisation(tidy(table_of(rows), as_numbers(pd.DataFrame(cases)), seed=0), name)


def _odds(p: float) -> float:
    return math.log(p / (1 - p))


LOST = {"p_label_control": 0.8, "p_label": 0.2, "p_donor_control": 0.1, "p_donor": 0.5}
"""a loses .6; among all but b it falls from .8/.9 to .2/.5."""
WON = {"p_donor_control": 0.1, "p_donor": 0.4, "p_label_control": 0.6, "p_label": 0.4}
"""a gains .3 on b's picture; among all but b it grows from .1/.4 to .4/.6."""


def test_what_the_class_loses_and_gives_in_probability_and_in_log_odds() -> None:
    rows = [_taken(WHOLE, n, **LOST) for n in range(3)] + [
        _given(WHOLE, n, **WON) for n in range(3)
    ]
    found = _localised(rows)
    assert found is not None
    whole = found.whole
    assert found.parts == {WHOLE: whole}
    assert (whole.lost.mean, whole.won.mean) == (pytest.approx(0.6), pytest.approx(0.3))
    assert (whole.change.lost, whole.change.won) == (pytest.approx(0.6), pytest.approx(0.3))
    assert whole.change.odds_lost == pytest.approx(_odds(0.8) - _odds(0.2))
    assert whole.change.odds_won == pytest.approx(_odds(0.4) - _odds(0.1))
    assert whole.rest.lost == pytest.approx(0.8 / 0.9 - 0.4)
    assert whole.rest.won == pytest.approx(2 / 3 - 0.25)
    assert whole.rest.odds_lost == pytest.approx(_odds(0.8 / 0.9) - _odds(0.4))
    assert whole.rest.odds_won == pytest.approx(_odds(2 / 3) - _odds(0.25))


def test_what_is_certain_is_clipped_before_its_log_odds_and_its_rest() -> None:
    lost = {"p_label_control": 1.0, "p_label": 0.0, "p_donor_control": 0.0, "p_donor": 1.0}
    won = {"p_donor_control": 0.0, "p_donor": 1.0, "p_label_control": 1.0, "p_label": 0.0}
    found = _localised([_taken(WHOLE, 0, **lost), _given(WHOLE, 0, **won)])
    assert found is not None
    most = _odds(0.999) - _odds(0.001)
    assert found.whole.change.odds_lost == pytest.approx(most)
    assert found.whole.change.odds_won == pytest.approx(most)
    # Nothing is left for it where the partner is certain, not 0 / 0.
    assert found.whole.rest.lost == pytest.approx(1.0)
    assert found.whole.rest.won == pytest.approx(1.0)


def test_the_rest_is_a_millionth_at_least_and_a_share_at_most() -> None:
    """Beside a certain partner, half a millionth is half of the rest, a hundredth all of it."""
    lost = {"p_label_control": 0.01, "p_label": 5e-7, "p_donor_control": 1.0, "p_donor": 1.0}
    found = _localised([_taken(WHOLE, 0, **lost), _given(WHOLE, 0, **WON)])
    assert found is not None
    assert found.whole.rest.lost == pytest.approx(0.5)


def test_a_part_is_told_beside_the_whole_and_only_where_both_directions_were_tried() -> None:
    half = LOST | {"p_label": 0.5}
    rows = [_taken(WHOLE, 0, **LOST), _given(WHOLE, 0, **WON), _taken(FRAME, 0, **half)]
    without = _localised(rows)
    assert without is not None
    assert set(without.parts) == {WHOLE}
    found = _localised([*rows, _given(FRAME, 0, **WON)])
    assert found is not None
    assert set(found.parts) == {WHOLE, FRAME}
    assert found.parts[FRAME].change.lost == pytest.approx(0.3)
    assert found.shares(found.parts[FRAME])[0].lost == pytest.approx(
        min(0.5, _odds(0.8) / (_odds(0.8) - _odds(0.2)))
    )


def test_without_the_whole_background_or_for_another_class_nothing_is_told() -> None:
    frame = [_taken(FRAME, 0, **LOST), _given(FRAME, 0, **WON)]
    assert _localised(frame) is None
    whole = [_taken(WHOLE, 0, **LOST), _given(WHOLE, 0, **WON)]
    assert _localised(whole) is not None
    assert _localised(whole, "b") is None


@pytest.mark.parametrize("lacking", ["place", "p_label_control", "p_donor_control"])
def test_a_row_without_its_place_or_control_does_not_count(lacking: str) -> None:
    taken = _taken(WHOLE, 1, **(LOST | {"p_label": 0.8})) | {lacking: None}
    given = _given(WHOLE, 1, **(WON | {"p_donor": 0.1})) | {lacking: None}
    found = _localised([_taken(WHOLE, 0, **LOST), _given(WHOLE, 0, **WON), taken, given])
    assert found is not None
    if lacking != "p_donor_control":
        assert found.whole.lost.mean == pytest.approx(0.6)
    if lacking != "p_label_control":
        assert found.whole.won.mean == pytest.approx(0.3)
