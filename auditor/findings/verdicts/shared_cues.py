"""Classes that share a cue: each one's backgrounds give to the other what its own give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from auditor.domain.verdicts import ClassVerdict
from auditor.findings.evidence.class_evidence import ClassEvidence
from auditor.findings.evidence.swap_test import TableTest
from auditor.findings.verdicts.class_verdicts import Decision

SHARED = 0.5
"""Share of what a class's own backgrounds give to it that another class's give, too."""


def shared_cues(
    evidence: Sequence[ClassEvidence], decisions: Mapping[str, Decision]
) -> dict[str, tuple[str, ...]]:
    """By confirmed class, the confirmed classes whose backgrounds carry its cue while its own
    carry theirs; a class that shares none is absent."""
    confirmed = [e for e in evidence if decisions[e.name].verdict is ClassVerdict.CONFIRMED]
    found = {
        one.name: tuple(
            other.name
            for other in confirmed
            if other is not one and _gives(one, other) and _gives(other, one)
        )
        for one in confirmed
    }
    return {name: others for name, others in found.items() if others}


def _gives(to: ClassEvidence, by: ClassEvidence) -> bool:
    test = to.background
    if not isinstance(test, TableTest) or test.sufficiency is None:
        return False
    return to.lent.get(by.name, 0.0) >= SHARED * max(test.sufficiency.mean, 0.0) > 0.0
