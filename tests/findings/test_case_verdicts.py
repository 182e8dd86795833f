"""Case verdicts on trials written out by hand."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest

from auditor.domain.interventions import FLAT_FILLS, HOLE_FILLS, Fill, Intervention
from auditor.findings.evidence.case_effects import case_effects
from auditor.findings.evidence.class_evidence import Gathered
from auditor.findings.evidence.pair import PairEvidence
from auditor.findings.evidence.trial_table import tidy
from auditor.findings.frames import as_numbers
from auditor.findings.verdicts.case_verdicts import ClassStanding, evaluate_cases
from auditor.findings.verdicts.severity import BANDS
from tests.findings.trials import ALONE, case, emptied, swapped, table_of, trial, under

PLAIN = frozenset({"cat", "tree"})
BOAT = ClassStanding(frozenset({"boat"}))
UNKNOWN = ClassStanding(frozenset())


def _judge(
    rows: list[dict[str, Any]],
    *,
    standing: ClassStanding = BOAT,
    pair: PairEvidence | None = None,
    **changes: Any,
) -> pd.Series:
    cases = as_numbers(pd.DataFrame([case("a", **changes)]))
    gathered = Gathered((), PLAIN, None, pair)
    effects = case_effects(tidy(table_of(rows), cases, seed=0), gathered)
    known = cases.drop(columns=[n for n in effects.columns if n in cases]).merge(
        effects, how="left", left_on="case_id", right_index=True
    )
    known["has_trials"] = bool(rows)
    verdicts = evaluate_cases(known, standing=standing, floor=0.1)
    return pd.concat([known.iloc[0].drop(list(verdicts.columns)), verdicts.iloc[0]])


def test_effects_by_hand() -> None:
    found = _judge(
        [
            *swapped("a", "cat", 0.9, 0.3),
            *swapped("a", "tree", 0.8, 0.4),
            *swapped("a", "ship", 0.9, 0.0),  # captures: does not count
            *emptied("a", "cat", 0.7, 0.1),
            *emptied("a", "ship", 0.7, 0.0),
            *under(HOLE_FILLS, "a", Intervention.OBJECT_REMOVED, 0.5, p_label_control=0.85),
            trial("a", Intervention.BACKGROUND_REMOVED, Fill.GREY, 0.2),
            trial("a", Intervention.BACKGROUND_REMOVED, Fill.MEAN, 0.4),
        ]
    )
    assert found["p_background_same"] == pytest.approx((0.9 + 0.8) / 2)
    assert found["p_background_other"] == pytest.approx((0.3 + 0.4) / 2)
    assert found["background_effect"] == pytest.approx(0.5)
    assert found["background_suffices"] == pytest.approx(0.6)
    assert found["p_object_removed"] == pytest.approx(0.5)
    assert found["object_effect"] == pytest.approx(0.35)
    assert found["p_background_removed"] == pytest.approx(0.3)


def test_shortcut() -> None:
    rows = [*swapped("a", "cat", 0.9, 0.3), *emptied("a", "cat", 0.7, 0.1)]
    found = _judge(rows)
    assert (found["verdict"], found["reason_code"]) == ("shortcut", "shortcut")
    # Band .80-1.00, half-way between the loss of .6 and the pull of .6.
    assert found["severity"] == pytest.approx(0.80 + 0.20 * 0.6)
    numbers = json.loads(found["reason_numbers"])
    assert (numbers["before"], numbers["after"]) == (0.9, pytest.approx(0.3))
    assert "from 90% to 30%" in found["reason"]


@pytest.mark.parametrize("shows", [True, False])
def test_the_map_is_told_beside_a_shortcut_and_is_no_condition(shows: bool) -> None:
    found = _judge(swapped("a", "cat", 0.9, 0.3), nominated=shows)
    assert (found["verdict"], found["map_shows_it"]) == ("shortcut", shows)
    note = "note.shown" if shows else "note.not_shown"
    assert json.loads(found["reason_numbers"])["notes"] == [note]


def test_a_picture_whose_own_swaps_cost_nothing_is_no_shortcut() -> None:
    for seen, verdict in ((True, "context"), (False, "object")):
        found = _judge(swapped("a", "cat", 0.9, 0.85), nominated=seen)
        assert found["verdict"] == verdict
        assert pd.isna(found["map_shows_it"])


def test_one_fill_alone_does_not_settle_it() -> None:
    one_fill = [*swapped("a", "cat", 0.9, 0.3)[:1], *swapped("a", "cat", 0.9, 0.85)[1:]]
    found = _judge(one_fill)
    assert (found["verdict"], found["reason_code"]) == ("suspected", "suspected.fills")
    missing = _judge(swapped("a", "cat", 0.9, 0.3)[:1])
    assert (missing["verdict"], missing["reason_code"]) == ("suspected", "suspected.not_swapped")


def test_outside_a_confirmed_class_one_picture_has_to_be_certain() -> None:
    rows = [*swapped("a", "cat", 0.9, 0.2), *emptied("a", "cat", 0.7, 0.1)]
    assert _judge(rows, standing=UNKNOWN)["reason_code"] == "shortcut.alone"
    once = [*rows, *swapped("a", "tree", 0.9, 0.6)]
    assert _judge(once, standing=UNKNOWN)["verdict"] == "suspected"
    no_pull = [*swapped("a", "cat", 0.9, 0.2), *emptied("a", "cat", 0.3, 0.3)]
    assert _judge(no_pull, standing=UNKNOWN)["verdict"] == "suspected"
    assert _judge(no_pull, standing=UNKNOWN, nominated=False)["verdict"] == "object"
    doubted = ClassStanding(frozenset(), frozenset({"boat"}))
    assert _judge(no_pull, standing=doubted, nominated=False)["verdict"] == "suspected"


def test_beside_the_owner_of_a_pairs_cue_only_its_backgrounds_without_it_count() -> None:
    def pair(cueless: str) -> PairEvidence:
        return PairEvidence(("boat", "cat"), "cat", "donors", {}, None, {}, frozenset({cueless}))

    rows = swapped("a", "cat", 0.9, 0.2)
    assert _judge(rows, pair=pair("cat7"))["verdict"] == "suspected"
    assert _judge(rows, pair=pair("cat1"))["verdict"] == "shortcut"


WRONG = {"correct": False, "predicted": "cat", "label_probability": 0.2}


@pytest.mark.parametrize(
    "rows",
    [
        under(ALONE, "a", Intervention.BACKGROUND_REMOVED, 0.8),
        under(FLAT_FILLS, "a", Intervention.NEUTRAL, 0.8, p_label_control=0.2),
        swapped("a", "cat", 0.2, 0.8),
    ],
    ids=["removed", "neutral", "swapped"],
)
def test_misled(rows: list[dict[str, Any]]) -> None:
    found = _judge(rows, **WRONG)
    assert found["verdict"] == "misled"
    assert found["severity"] == pytest.approx(0.60 + 0.20 * 0.6)
    assert json.loads(found["reason_numbers"])["gain"] == pytest.approx(0.6)


def test_misled_needs_the_answer_both_fills_and_a_clear_gain() -> None:
    removed = Intervention.BACKGROUND_REMOVED
    not_answered = under(ALONE, "a", removed, 0.4, answer="cat")
    one_fill = [*under(ALONE[:1], "a", removed, 0.8), *under(ALONE[1:], "a", removed, 0.2)]
    no_gain = under(ALONE, "a", removed, 0.28)
    for rows in (not_answered, one_fill, no_gain):
        assert _judge(rows, **WRONG)["verdict"] == "suspected"


def at_home(p_label: float, answer: str = "boat") -> list[dict[str, Any]]:
    return under(HOLE_FILLS, "a", Intervention.BACKGROUND_SAME, p_label, answer=answer)


@pytest.mark.parametrize("confirmed", ["boat", "cat"])
def test_a_wrong_picture_that_its_own_class_s_backgrounds_put_right(confirmed: str) -> None:
    """A boat without water, or one that carries the cats' cue."""
    wrong_elsewhere = [{**row, "answer": "cat"} for row in swapped("a", "cat", 0.9, 0.25)]
    standing = ClassStanding(frozenset({confirmed}))
    found = _judge([*wrong_elsewhere, *at_home(0.9)], standing=standing, **WRONG)
    assert (found["verdict"], found["reason_code"]) == ("misled", "misled.own")
    assert json.loads(found["reason_numbers"])["gain"] == pytest.approx(0.7)
    assert found["severity"] == pytest.approx(0.60 + 0.20 * 0.7)


def test_it_stays_wrong_without_a_proved_cue_or_the_answer() -> None:
    wrong_elsewhere = [{**row, "answer": "cat"} for row in swapped("a", "cat", 0.9, 0.25)]
    for home, standing in ((at_home(0.9), UNKNOWN), (at_home(0.4, "cat"), BOAT)):
        for nominated, verdict in ((True, "context"), (False, "object")):
            found = _judge(
                [*wrong_elsewhere, *home], standing=standing, **WRONG, nominated=nominated
            )
            code = f"{verdict}.still_wrong"
            assert (found["verdict"], found["reason_code"]) == (verdict, code)
            assert json.loads(found["reason_numbers"])["after"] == pytest.approx(0.25)


def test_a_map_on_the_object() -> None:
    assert _judge([], nominated=False)["reason_code"] == "object"
    assert (
        _judge(under(HOLE_FILLS, "a", Intervention.OBJECT_REMOVED, 0.5), nominated=False)[
            "reason_code"
        ]
        == "object.map"
    )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"mask_source": "none", "object_area": None}, "no_mask"),
        ({"cam_scale": 0.0}, "zero_map"),
        ({"object_area": 0.0}, "nothing_left"),
        ({"object_area": 0.004}, "grid"),
    ],
)
def test_undetermined_says_why(changes: dict[str, Any], code: str) -> None:
    found = _judge([], nominated=None, **changes)
    assert found["verdict"] == "undetermined"
    assert found["reason_code"] == f"undetermined.{code}"
    assert found["reason"].endswith(".")
    assert found["severity"] == pytest.approx(0.10 + 0.15 * 0.1)


def test_untested_suspicion() -> None:
    found = _judge([])
    assert found["verdict"] == "suspected"
    assert found["reason_code"] == "suspected.untested"


def test_bands_do_not_overlap_and_fill_the_scale() -> None:
    ends = sorted(BANDS.values())
    assert ends[0][0] == 0.0
    assert ends[-1][1] == 1.0
    assert all(a[1] == b[0] for a, b in pairwise(ends))


def test_what_costs_a_picture_of_an_unconfirmed_class_is_not_called_independence() -> None:
    rows = swapped("a", "cat", 0.9, 0.6)
    found = _judge(rows, standing=UNKNOWN, nominated=False)
    assert (found["verdict"], found["reason_code"]) == ("object", "object.costs")
    assert json.loads(found["reason_numbers"])["loss"] == pytest.approx(0.3)
    free = _judge(swapped("a", "cat", 0.9, 0.85), standing=UNKNOWN, nominated=False)
    assert free["reason_code"] == "object.tested"
