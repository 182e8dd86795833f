"""Case verdicts on trials written out by hand."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pandas as pd
import pytest

from auditor.domain.interventions import FLAT_FILLS, HOLE_FILLS, Fill, Intervention
from auditor.findings.evidence.case_effects import case_effects
from auditor.findings.evidence.trial_table import tidy
from auditor.findings.frames import as_numbers
from auditor.findings.verdicts.case_verdicts import judge_cases
from auditor.findings.verdicts.severity import BANDS
from tests.findings.trials import ALONE, case, emptied, swapped, table_of, trial, under

INNOCENT = frozenset({"cat", "tree"})


def _judge(
    rows: list[dict[str, Any]],
    *,
    confirmed: frozenset[str] = frozenset(),
    unaffected: frozenset[str] = INNOCENT,
    **changes: Any,
) -> pd.Series:
    cases = as_numbers(pd.DataFrame([case("a", **changes)]))
    effects = case_effects(tidy(table_of(rows), cases, seed=0), unaffected)
    known = cases.drop(columns=[n for n in effects.columns if n in cases]).merge(
        effects, how="left", left_on="case_id", right_index=True
    )
    known["attributable"] = known["attributable"].eq(True)
    known["has_trials"] = bool(rows)
    verdicts = judge_cases(known, confirmed=confirmed, floor=0.1)
    return pd.concat([known.iloc[0].drop(["reason", "verdict", "severity"]), verdicts.iloc[0]])


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
    assert found["verdict"] == "shortcut"
    # Band .80-1.00, half-way between the loss of .6 and the pull of .6.
    assert found["severity"] == pytest.approx(0.80 + 0.20 * 0.6)
    assert found["reason"] == (
        "Right, but not because of the object: on other backgrounds 'boat' falls from 90% to 30%,"
        " and the image without its object is 60% more 'boat' than other empty images."
    )


def test_falling_on_capturing_donors_alone_is_no_shortcut() -> None:
    rows = [
        *swapped("a", "cat", 0.9, 0.88),
        *swapped("a", "ship", 0.9, 0.05),
        *emptied("a", "cat", 0.2, 0.2),
        *emptied("a", "ship", 0.2, 0.0),
    ]
    assert _judge(rows)["verdict"] == "suspected"
    only_capturing = [*swapped("a", "ship", 0.9, 0.05), *emptied("a", "ship", 0.9, 0.0)]
    found = _judge(only_capturing)
    assert found["verdict"] == "suspected"
    assert "cannot tell whose cue it is" in found["reason"]
    assert found["background_effect"] == pytest.approx(0.85)


def test_one_question_or_one_fill_alone_does_not_convict() -> None:
    loss_alone = [*swapped("a", "cat", 0.9, 0.3), *emptied("a", "cat", 0.3, 0.3)]
    pull_alone = [*swapped("a", "cat", 0.9, 0.9), *emptied("a", "cat", 0.7, 0.1)]
    one_fill = [
        *swapped("a", "cat", 0.9, 0.3)[:1],
        *swapped("a", "cat", 0.9, 0.85)[1:],
        *emptied("a", "cat", 0.7, 0.1),
    ]
    fill_missing = [*swapped("a", "cat", 0.9, 0.3)[:1], *emptied("a", "cat", 0.7, 0.1)]
    for rows in (loss_alone, pull_alone, one_fill, fill_missing):
        assert _judge(rows)["verdict"] == "suspected"


def test_flat_backgrounds_convict_only_in_a_confirmed_class() -> None:
    rows = under(FLAT_FILLS, "a", Intervention.NEUTRAL, 0.2, p_label_control=0.9)
    assert _judge(rows)["verdict"] == "suspected"
    found = _judge(rows, confirmed=frozenset({"boat"}))
    assert found["verdict"] == "shortcut"
    assert found["severity"] == pytest.approx(0.80 + 0.20 * 0.7)
    weak = [
        *under(FLAT_FILLS[:3], "a", Intervention.NEUTRAL, 0.2, p_label_control=0.9),
        *under(FLAT_FILLS[3:], "a", Intervention.NEUTRAL, 0.85, p_label_control=0.9),
    ]
    assert _judge(weak, confirmed=frozenset({"boat"}))["verdict"] == "suspected"


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
    assert found["reason"] == (
        "Wrong as 'cat', and its background is why: without it the answer is 'boat', 60% more"
        " probable than before."
    )


def test_misled_needs_the_answer_both_fills_and_a_clear_gain() -> None:
    removed = Intervention.BACKGROUND_REMOVED
    not_answered = under(ALONE, "a", removed, 0.4, answer="cat")
    one_fill = [*under(ALONE[:1], "a", removed, 0.8), *under(ALONE[1:], "a", removed, 0.2)]
    no_gain = under(ALONE, "a", removed, 0.28)
    for rows in (not_answered, one_fill, no_gain):
        assert _judge(rows, **WRONG)["verdict"] == "suspected"


def test_context_needs_its_object_and_not_its_background() -> None:
    holes = under(HOLE_FILLS, "a", Intervention.OBJECT_REMOVED, 0.3, p_label_control=0.9)
    stays = [*swapped("a", "cat", 0.9, 0.88), *emptied("a", "cat", 0.3, 0.3)]
    found = _judge([*holes, *stays])
    assert found["verdict"] == "context"
    assert found["reason"].startswith("The map prefers the background, yet")
    no_hole = under(HOLE_FILLS, "a", Intervention.OBJECT_REMOVED, 0.3)
    assert _judge([*no_hole, *stays])["verdict"] == "suspected"
    falls = [*holes, *swapped("a", "cat", 0.9, 0.7), *emptied("a", "cat", 0.3, 0.3)]
    assert _judge(falls)["verdict"] == "suspected"


def test_a_map_on_the_object() -> None:
    stays = [*swapped("a", "cat", 0.9, 0.88), *emptied("a", "cat", 0.3, 0.3)]
    assert _judge(stays, nominated=False)["verdict"] == "object"
    assert _judge([], nominated=False)["reason"] == "The map stays on the object."
    falls = [*swapped("a", "cat", 0.9, 0.3), *emptied("a", "cat", 0.7, 0.1)]
    found = _judge(falls, nominated=False)
    assert found["verdict"] == "suspected"
    assert found["reason"].startswith("The map does not show it, but interventions do")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"mask_source": "none", "object_area": None}, "No object mask"),
        ({"cam_scale": 0.0}, "zero everywhere"),
        ({"object_area": 0.0}, "Nothing of the object is left"),
        ({"object_area": 0.004}, "too small or too large"),
    ],
)
def test_undetermined_says_why(changes: dict[str, Any], words: str) -> None:
    found = _judge([], nominated=None, **changes)
    assert found["verdict"] == "undetermined"
    assert words in found["reason"]
    assert found["severity"] == pytest.approx(0.10 + 0.15 * 0.1)


def test_untested_suspicion() -> None:
    found = _judge([])
    assert found["verdict"] == "suspected"
    assert "not run on this image" in found["reason"]


def test_bands_do_not_overlap_and_fill_the_scale() -> None:
    ends = sorted(BANDS.values())
    assert ends[0][0] == 0.0
    assert ends[-1][1] == 1.0
    assert all(a[1] == b[0] for a, b in pairwise(ends))
