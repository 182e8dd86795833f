"""Which classes an early look may decide: what more objects would hardly change.

The boundaries bound the error of an effect that is proved or ruled out too early. They say nothing
of questions that only a whole sample answers, so a class with such a question goes on to its
last look: whose cue it is of two classes, whether a cue is shared, and what a class loses where no
donors without a cue of their own are known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from auditor.config import FindingsSection
from auditor.domain.cues import Cue
from auditor.domain.verdicts import ClassVerdict
from auditor.findings.evidence.class_evidence import ClassEvidence
from auditor.findings.evidence.swap_test import TableTest
from auditor.findings.verdicts.class_verdicts import (
    Decision,
    UndeterminedReason,
    least_to_lose,
)
from auditor.findings.verdicts.shared_cues import givers

MARGIN = 0.5
"""Share of the floor by which a class stays below what there has to be to lose, to stop for it."""
CLEARED = (ClassVerdict.CLEAN, ClassVerdict.CONTEXT)


def settled(
    evidence: Sequence[ClassEvidence],
    decisions: Mapping[str, Decision],
    settings: FindingsSection,
) -> frozenset[str]:
    """Classes that stop at the look where they stand.

    A class stops as confirmed by a swap table: its own pictures lose on donors that surely have no
    cue of their own, its backgrounds win other classes' objects and not its rival's alone, and no
    class that is not cleared gives it its cue. It stops as cleared where its bounds clear it,
    what it loses is known on such donors, and no test of its pictures' appearance may still be
    proved; and as undetermined where there is surely nothing to lose and every test is ruled out.

    Args:
        evidence: of every class, held to its look.
        decisions: on them.
        settings: the effect floor.
    """
    floor = settings.effect_floor
    doubtful = {name for name, decision in decisions.items() if decision.verdict not in CLEARED}
    found = set()
    for each in evidence:
        decision = decisions[each.name]
        if each.pair is not None:
            continue
        if decision.verdict in CLEARED:
            if _beside_plain_donors(each) and not _may_be_proved(each, floor):
                found.add(each.name)
        elif decision.verdict is ClassVerdict.CONFIRMED:
            own = any(_own_cue(each, cue, floor) for cue in decision.confirmed_by)
            if own and not doubtful.intersection(givers(each)):
                found.add(each.name)
        elif decision.gate is UndeterminedReason.NOTHING_TO_LOSE and _nothing_left(each, floor):
            found.add(each.name)
    return frozenset(found)


def _nothing_left(evidence: ClassEvidence, floor: float) -> bool:
    """The network knows so little of the class that it misses by half the floor or more what there
    would have to be to lose, and every test is ruled out: nothing is left to be proved."""
    usual = 1.0 if evidence.usual is None else evidence.usual
    surely = usual <= least_to_lose(evidence, floor) - MARGIN * floor
    tests = evidence.tests.values()
    return surely and bool(tests) and all(test.rules_out(floor) for test in tests)


def _own_cue(evidence: ClassEvidence, cue: Cue, floor: float) -> bool:
    test = evidence.tests[cue]
    return isinstance(test, TableTest) and test.apart and not test.by_rival(floor)


def _may_be_proved(evidence: ClassEvidence, floor: float) -> bool:
    """One side of a test of the pictures' appearance is surely above nothing, and the test is not
    ruled out: more objects may prove the other side. (What holds a class back from being cleared at
    its last look, `SwapTest.hints`, asks both sides, which few objects seldom show.)"""
    return any(
        not test.rules_out(floor)
        and any(side is not None and (side.low or 0.0) > 0.0 for side in (test.needed, test.won))
        for test in evidence.appearance.values()
    )


def _beside_plain_donors(evidence: ClassEvidence) -> bool:
    test = evidence.background
    return isinstance(test, TableTest) and test.apart


def closed_tests(
    evidence: ClassEvidence, decision: Decision, settings: FindingsSection
) -> frozenset[Cue]:
    """What need not be tried on further objects of a class that goes on: attributes that are ruled
    out, which more data of the other classes cannot prove, and the edge of objects whose background
    confirms the class.

    Args:
        evidence: of the class, held to its look.
        decision: on it.
        settings: the effect floor.
    """
    floor = settings.effect_floor
    closed = {cue for cue, test in evidence.appearance.items() if test.rules_out(floor)}
    edged = {Cue.EDGE_MARK} if Cue.BACKGROUND in decision.confirmed_by else set()
    return frozenset(closed | edged)
