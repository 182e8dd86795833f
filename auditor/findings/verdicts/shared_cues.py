"""Classes that share a cue: each one's backgrounds give to the other what its own give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from auditor.domain.verdicts import ClassVerdict
from auditor.findings.evidence.class_evidence import ClassEvidence
from auditor.findings.evidence.swap_test import SURE, TableTest
from auditor.findings.verdicts.class_verdicts import Decision

CLEARED = frozenset((ClassVerdict.CLEAN, ClassVerdict.CONTEXT))
OTHERS_OF_THREE = 2
SHARED = 0.5
"""Share of what a class's own backgrounds give to it that another class's give, too."""


def shared_cues(
    evidence: Sequence[ClassEvidence], decisions: Mapping[str, Decision]
) -> dict[str, tuple[str, ...]]:
    """By confirmed class, the confirmed classes whose backgrounds carry its cue while its own
    carry theirs; a class that shares none is absent."""
    confirmed = {e.name: e for e in evidence if decisions[e.name].verdict is ClassVerdict.CONFIRMED}
    found = {
        one.name: tuple(
            name
            for name in givers(one)
            if (other := confirmed.get(name)) is not None and one.name in givers(other)
        )
        for one in confirmed.values()
    }
    return {name: others for name, others in found.items() if others}


def of_three(
    decided: Mapping[str, Decision], evidence: Sequence[ClassEvidence], floor: float
) -> dict[str, Decision]:
    """The decisions, where a class of three that would be cleared is `suspected`: it surely loses
    on the backgrounds of one of the others and not on those of the third, and neither is confirmed.

    The fit takes the loss for a cue of that other class, too weak for it to be confirmed by. That
    the class and the third share a cue, which the other lacks, makes the same answers.
    """
    found = dict(decided)
    for each in evidence:
        own = decided[each.name]
        if own.verdict not in CLEARED or any(
            decided[name].verdict is ClassVerdict.CONFIRMED for name in each.on_either
        ):
            continue
        costly = [
            n for n, loss in each.on_either.items() if loss.proves(floor, surely=SURE * floor)
        ]
        alike = [n for n, loss in each.on_either.items() if loss.mean < SURE * floor]
        if len(costly) == 1 and len(alike) == 1:
            beside = (costly[0], alike[0])
            found[each.name] = replace(own, verdict=ClassVerdict.SUSPECTED, of_three=beside)
    return found


def rest_of_three(
    evidence: Sequence[ClassEvidence], decisions: Mapping[str, Decision]
) -> dict[str, tuple[str, ...]]:
    """By confirmed class of a table of three, the other two, where neither is confirmed: that these
    share a cue, which the one lacks, makes the same answers (docs/verdicts.md)."""
    confirmed = {name for name, each in decisions.items() if each.verdict is ClassVerdict.CONFIRMED}
    return {
        each.name: tuple(sorted(each.lent))
        for each in evidence
        if each.name in confirmed
        and isinstance(each.background, TableTest)
        and len(each.lent) == OTHERS_OF_THREE
        and not confirmed & set(each.lent)
    }


def givers(to: ClassEvidence) -> tuple[str, ...]:
    """Classes whose backgrounds give to another at least half of what its own give to it, sorted;
    none where no table tells."""
    test = to.background
    if not isinstance(test, TableTest) or test.sufficiency is None:
        return ()
    least = SHARED * max(test.sufficiency.mean, 0.0)
    return tuple(sorted(name for name, lent in to.lent.items() if lent >= least > 0.0))
