"""From patches and properties to hypotheses: eight pictures without masks, and what is made of
them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from auditor.domain.cues import Cue
from auditor.domain.hypotheses import PATCH, HypothesisStatus
from auditor.domain.interventions import HOLE_FILLS, Fill, Intervention
from auditor.domain.places import Patch, write_place
from auditor.domain.verdicts import ClassVerdict
from auditor.findings.clusters.hypotheses import hypotheses_of
from auditor.findings.clusters.hypothesis import Hypothesis
from auditor.findings.clusters.patches import Patches
from auditor.findings.evidence.swap_test import SwapTest
from auditor.findings.evidence.trial_table import tidy
from auditor.findings.frames import as_numbers
from auditor.findings.verdicts.class_verdicts import Decision
from tests.findings.by_hand.test_class_numbers_by_hand import EVIDENCE
from tests.findings.known_effects import known_effect
from tests.findings.trials import case, table_of, trial, under

COUNT = 8
FLOOR = 0.25
SUSPECTED = Decision(ClassVerdict.SUSPECTED)
BARE = replace(EVIDENCE, name="x", images=COUNT, masked=0, tested=COUNT)
OTHER = replace(BARE, name="y", masked=COUNT)


def _rows(won: float) -> list[dict[str, Any]]:
    """x loses its patch and most of its probability, the later pictures more; y is given it."""
    rows = []
    for n in range(COUNT):
        rows += under(
            HOLE_FILLS, f"x{n}", Intervention.SALIENT_REMOVED, 0.3 - 0.01 * n, label="x",
            p_label_control=0.9, place=write_place(Patch(0.0, 0.0, 0.2)),
        )  # fmt: skip
        for given in (Intervention.PATCH_OTHER, Intervention.FRAME_OTHER):
            rows.append(
                trial(f"y{n}", given, Fill.NONE, 0.5, label="y", donor=f"x{n}", donor_label="x",
                      donor_group=f"x{n}", p_label_control=0.6, p_donor=0.1 + won,
                      p_donor_control=0.1)
            )  # fmt: skip
        rows.append(
            trial(f"x{n}", Intervention.FRAME_OTHER, Fill.NONE, 0.4, label="x", donor=f"y{n}",
                  donor_label="y", donor_group=f"y{n}", p_label_control=0.8, p_donor=0.1,
                  p_donor_control=0.1)
        )  # fmt: skip
    return rows


def _found(
    *, won: float = 0.5, apart: bool = True, evidence: Any = BARE, confirmed: tuple[Cue, ...] = ()
) -> dict[str, tuple[Hypothesis, ...]]:
    maps = pd.DataFrame(
        [
            {
                "case_id": f"{label}{n}",
                "label": label,
                "cam": bytes((200, 0)) if label == "x" or not apart else bytes((0, 200)),
                "cam_scale": 1.0,
                "patch_group": "x patch 1" if label == "x" else None,
            }
            for label in "xy"
            for n in range(COUNT)
        ]
    )
    cases = as_numbers(pd.DataFrame([case(name, name[0]) for name in maps["case_id"]]))
    table = tidy(table_of(_rows(won)), cases, seed=0)
    decision = replace(SUSPECTED, confirmed_by=confirmed)
    return hypotheses_of(
        [evidence, OTHER], {"x": decision, "y": SUSPECTED}, {"x": None, "y": None},
        Patches.of(maps, cases.assign(group=cases["case_id"]), table), table, floor=FLOOR, seed=0,
    )  # fmt: skip


def test_a_patch_that_carries_at_its_own_place_is_suspected() -> None:
    found = _found()
    assert set(found) == {"x"}
    (one,) = found["x"]
    assert (one.kind, one.group, one.share) == (PATCH, "x patch 1", 1.0)
    assert one.standing is HypothesisStatus.SUSPECTED
    assert one.carries
    assert one.cost is not None
    assert one.win is not None
    assert one.odds_cost is not None
    assert one.odds_win is not None
    assert one.cost.mean == pytest.approx(0.6 + 0.01 * 3.5)
    assert one.cost.donors == 0
    assert one.win.mean == pytest.approx(0.5)
    # With two classes the log odds are against the other one.
    assert one.odds_win.mean == pytest.approx(2.602, abs=0.01)
    assert one.examples == ("x7", "x6", "x5", "x4", "x3")
    assert one.own_place is not None
    assert one.own_place.value == pytest.approx(1.0)
    assert one.place is not None
    assert one.place.cue is Cue.CORNER_MARK


def test_it_is_open_where_either_is_missing() -> None:
    shared, weak = _found(apart=False)["x"][0], _found(won=0.0)["x"][0]
    assert (shared.carries, shared.standing) == (True, HypothesisStatus.OPEN)
    assert not shared.at_own_place
    assert (weak.carries, weak.standing) == (False, HypothesisStatus.OPEN)
    assert weak.at_own_place


@pytest.mark.parametrize("changes", [{"images": 0}, {"masked": 1}, {"tested": 0}])
def test_only_tested_classes_without_any_mask_have_hypotheses(changes: dict[str, int]) -> None:
    assert _found(evidence=replace(BARE, **changes)) == {}


STRONG, WEAK = known_effect(0.9), known_effect(0.0)


@pytest.mark.parametrize(
    ("test", "standing"),
    [
        (SwapTest(STRONG, STRONG, two_sided=True), HypothesisStatus.SUSPECTED),
        (SwapTest(STRONG, known_effect(0.1, 0.0, 0.9), two_sided=True), HypothesisStatus.SUSPECTED),
        (SwapTest(STRONG, WEAK, two_sided=True), HypothesisStatus.OPEN),
        (SwapTest(known_effect(0.3, 0.0, 0.9), known_effect(0.1, 0.0, 0.9), two_sided=True),
         HypothesisStatus.OPEN),
    ],
)  # fmt: skip
def test_half_a_proof_of_a_property_that_is_not_ruled_out_is_a_suspicion(
    test: SwapTest, standing: HypothesisStatus
) -> None:
    evidence = replace(BARE, appearance={Cue.BORDER_FRAME: test})
    frame = next(e for e in _found(evidence=evidence)["x"] if e.kind != PATCH)
    assert (frame.kind, frame.standing) == (Cue.BORDER_FRAME.value, standing)
    assert (frame.cost, frame.win) == (test.needed, test.won)
    assert frame.carries is test.proves(FLOOR)
    assert (frame.of_appearance, frame.share) == (True, 1.0)
    assert frame.odds_cost is not None
    assert frame.odds_win is not None
    # Of the label's own pictures, and of those that were given it.
    assert frame.odds_cost.mean == pytest.approx(1.792, abs=0.01)
    assert frame.odds_win.mean == pytest.approx(2.602, abs=0.01)


def test_a_property_that_confirms_its_class_is_confirmed() -> None:
    evidence = replace(
        BARE, appearance={Cue.BORDER_FRAME: SwapTest(STRONG, STRONG, two_sided=True)}
    )
    first = _found(evidence=evidence, confirmed=(Cue.BORDER_FRAME,))["x"][0]
    assert (first.kind, first.standing) == (
        Cue.BORDER_FRAME.value,
        HypothesisStatus.CONFIRMED,
    )
