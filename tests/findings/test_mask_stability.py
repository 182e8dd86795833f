"""Verdicts whose effects are moved by wrong masks, on evidence and trials written out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from auditor.config import FindingsSection
from auditor.domain.cues import Cue
from auditor.domain.interventions import Fill, Intervention
from auditor.domain.mask_errors import AS_GIVEN, OVERLAP, MaskError
from auditor.domain.verdicts import ClassVerdict
from auditor.findings.evidence.class_evidence import ClassEvidence
from auditor.findings.evidence.mask_shifts import mask_shifts
from auditor.findings.evidence.trial_table import TrialTable, tidy
from auditor.findings.verdicts.class_verdicts import Decision, UndeterminedReason, decide
from auditor.findings.verdicts.mask_stability import with_mask_stability
from tests.findings.test_class_verdicts import CLEAR, _effect, _evidence, _table
from tests.findings.trials import case, trial

SETTINGS = FindingsSection()
CASES, DONORS = 20, 4


def mask_trials(loss: dict[str, float]) -> pd.DataFrame:
    """Swaps of 'boat' on 'house' whose loss is .6 but under the named errors."""
    rng = np.random.default_rng(0)
    rows = []
    for error in (AS_GIVEN, *OVERLAP):
        for i in range(CASES):
            for j in range(DONORS):
                lost = loss.get(str(error), 0.6) + rng.normal(0, 0.01)
                rows.append(
                    {
                        "case_id": f"b{i}",
                        "label": "boat",
                        "donor": f"h{j}",
                        "donor_label": "house",
                        "error": str(error),
                        "p_label": 0.9 - lost,
                        "p_donor": 0.05,
                        "p_label_same": 0.9,
                        "p_donor_same": 0.05,
                    }
                )
    return pd.DataFrame(rows)


def table(small: float, others: float) -> TrialTable:
    """The audit's own swaps of the same objects: the smallest third loses `small`."""
    cases = [case(f"b{i}") for i in range(CASES)]
    cases += [case(f"h{j}", "house") for j in range(DONORS)]
    trials = [
        trial(
            f"b{i}",
            Intervention.BACKGROUND_OTHER,
            Fill.BLUR,
            0.9 - (small if i < CASES // 3 else others),
            p_label_control=0.9,
            p_donor=0.05,
            p_donor_control=0.05,
            donor=f"h{j}",
            donor_label="house",
            donor_group=f"h{j}",
        )
        for i in range(CASES)
        for j in range(DONORS)
    ]
    return tidy(pd.DataFrame(trials), pd.DataFrame(cases), seed=0)


AREAS = {f"b{i}": i / 100 for i in range(CASES)}


def stability(
    loss: dict[str, float],
    found: ClassEvidence | None = None,
    *,
    small: float = 0.6,
    others: float = 0.6,
) -> Decision:
    found = _reliant(0.6) if found is None else found
    decided = {"boat": decide(found, SETTINGS)}
    shifts = mask_shifts(mask_trials(loss), table(small, others), AREAS, seed=0)
    return with_mask_stability(decided, [found], shifts, SETTINGS)["boat"]


def _reliant(loss: float) -> ClassEvidence:
    effect = _effect(loss, loss - 0.08, loss + 0.08)
    return _evidence(background=_table(needed=effect, fitted=effect, plain=("house",)))


def test_a_verdict_that_no_error_moves_stands_under_all() -> None:
    decision = stability({})
    assert (decision.verdict, decision.mask_stability) == (ClassVerdict.CONFIRMED, 1.0)


def test_one_error_of_eight_is_borne_and_two_are_not() -> None:
    one = stability({MaskError.DILATED: 0.0})
    assert (one.verdict, one.mask_stability) == (ClassVerdict.CONFIRMED, 7 / 8)
    two = stability({MaskError.DILATED: 0.0, MaskError.DILATED_SLIGHTLY: 0.0})
    assert two.verdict is ClassVerdict.UNDETERMINED
    assert two.gate is UndeterminedReason.MASKS
    assert two.mask_stability == pytest.approx(6 / 8)


def test_a_cleared_class_falls_where_wrong_masks_show_an_effect() -> None:
    clean = _evidence(background=CLEAR, q_value=0.5)
    assert decide(clean, SETTINGS).verdict in (ClassVerdict.CLEAN, ClassVerdict.CONTEXT)
    assert stability({}, clean).mask_stability == 1.0
    moved = dict.fromkeys((MaskError.ERODED, MaskError.SHIFTED, MaskError.SHIFTED_BACK), 0.9)
    pulled = replace(CLEAR, sufficiency=_effect(4.0, 3.5, 4.5))
    assert stability(moved, replace(clean, background=pulled)).gate is UndeterminedReason.MASKS


def test_what_only_the_smallest_objects_lose_falls_without_them() -> None:
    decision = stability({}, _reliant(0.2), small=0.6, others=0.0)
    assert decision.mask_stability == pytest.approx(7 / 8)
    assert stability({}, _reliant(0.2), small=0.2, others=0.2).mask_stability == 1.0


def test_a_shift_that_is_not_sure_counts_as_none() -> None:
    """Two objects of twenty change: the interval of the mean holds nothing."""
    trials = mask_trials({})
    turned = trials["error"].eq(MaskError.DILATED) & trials["case_id"].isin(["b0", "b1"])
    trials.loc[turned, "p_label"] += 0.5
    shifts = mask_shifts(trials, table(0.6, 0.6), AREAS, seed=0)
    assert shifts.of("boat", ())[MaskError.DILATED].loss == 0.0


def test_what_claims_nothing_has_no_stability() -> None:
    decision = stability({}, _evidence(tested=3))
    assert decision.gate is UndeterminedReason.TOO_FEW
    assert decision.mask_stability is None


def test_what_a_look_confirms_does_not_rest_on_masks() -> None:
    tint = replace(CLEAR, needed=_effect(0.6, 0.5, 0.7))
    found = _evidence(background=tint, appearance={Cue.COLOUR_CAST: _table()})
    decision = stability({MaskError.DILATED: 0.0, MaskError.ERODED: 0.0}, found)
    assert decision.verdict is ClassVerdict.CONFIRMED
    assert decision.mask_stability is None
