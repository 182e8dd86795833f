"""Three classes of which only two had their backgrounds swapped: the third is judged by its own."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from auditor.domain.interventions import Fill, Intervention
from auditor.findings.evidence import class_evidence
from auditor.findings.evidence.class_evidence import ClassEvidence, gather
from auditor.findings.evidence.pair import PairEvidence
from auditor.findings.evidence.trial_table import tidy
from auditor.findings.frames import as_numbers
from auditor.statistics.effects import Effect
from tests.findings.trials import case, table_of, trial

EACH = 8
PAIR = PairEvidence(
    names=("a", "b"),
    owner="a",
    attributed_by="donors",
    modes={"a": 9.0, "b": 0.0},
    without=Effect(0.0, -0.01, 0.01, 0.5, {}, EACH, EACH),
    flipped={"a": 0.5, "b": 0.0},
    cueless=frozenset(),
)


def _framed(label: str, donor: str, number: int) -> dict[str, Any]:
    lender = f"{donor}{(number + 1) % EACH}"
    other = label != donor
    return trial(
        f"{label}{number}",
        Intervention.FRAME_OTHER if other else Intervention.FRAME_SAME,
        Fill.NONE,
        0.9 if label == donor or "c" not in (label, donor) else 0.1 + 0.01 * (number % 3),
        label=label,
        donor=lender,
        donor_label=donor,
        donor_group=lender,
        **({"p_label_control": 0.9, "p_donor": 0.05, "p_donor_control": 0.05} if other else {}),
    )


def _gathered(monkeypatch: pytest.MonkeyPatch) -> dict[str, ClassEvidence]:
    """Frames are exchanged among all three; of the backgrounds `PAIR` is known."""
    monkeypatch.setattr(class_evidence, "pair_evidence", lambda *_, **__: PAIR)
    every = [(one, two, n) for one in "abc" for two in "abc" for n in range(EACH)]
    rows = [_framed(*each) for each in every]
    known = pd.DataFrame([case(f"{name}{n}", name) for name in "abc" for n in range(EACH)])
    cases = as_numbers(known).assign(group=known["case_id"], has_trials=True)
    found = gather(
        cases,
        tidy(table_of(rows), cases, seed=0),
        tuple("abc"),
        model_classes=3,
        null_nominated={},
        floor=0.1,
        seed=0,
    )
    return {each.name: each for each in found.classes}


def test_a_class_outside_the_pair_keeps_its_own_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    found = _gathered(monkeypatch)
    assert [found[name].beside_owner for name in "abc"] == [False, True, False]
    assert [found[name].pair is None for name in "abc"] == [False, False, True]
    assert found["c"].appearance
    assert found["c"].background is None
    assert not found["b"].appearance
    assert found["b"].background is not None
