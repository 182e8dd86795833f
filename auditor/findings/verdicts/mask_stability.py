"""Whether a class's verdict stands with slightly wrong masks (column `mask_stability`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from auditor.config import FindingsSection
from auditor.domain.cues import Cue
from auditor.domain.mask_errors import LEAST_STABLE, MaskError
from auditor.domain.verdicts import ClassVerdict
from auditor.findings.evidence.class_evidence import ClassEvidence
from auditor.findings.evidence.mask_shifts import MaskShifts, Shift
from auditor.findings.evidence.swap_test import PairTest, SwapTest, TableTest
from auditor.findings.verdicts.class_verdicts import Decision, UndeterminedReason, decide
from auditor.statistics.effects import Effect

CLEARED = frozenset((ClassVerdict.CLEAN, ClassVerdict.CONTEXT))


def with_mask_stability(
    decided: Mapping[str, Decision],
    evidence: Sequence[ClassEvidence],
    shifts: MaskShifts,
    settings: FindingsSection,
) -> dict[str, Decision]:
    """The decisions with their stability; one that falls under over a fifth of the errors becomes
    undetermined.

    The rule is that of `decide`, on the same evidence with loss and gain moved by what each error
    moves them. A verdict that claims nothing (suspected, undetermined), and one that no swap of
    backgrounds confirms, has no stability.

    Args:
        decided: by class.
        evidence: of every class.
        shifts: of every class whose masks were tried.
        settings: floor, level, minimum of images.
    """
    found = dict(decided)
    for each in evidence:
        decision = decided[each.name]
        if not _rests_on_masks(decision):
            continue
        stable = _stability(each, decision, shifts, settings)
        if stable is None:
            continue
        kept = replace(decision, mask_stability=stable)
        fallen = Decision(
            ClassVerdict.UNDETERMINED, UndeterminedReason.MASKS, mask_stability=stable
        )
        found[each.name] = kept if stable >= LEAST_STABLE else fallen
    return found


def _rests_on_masks(decision: Decision) -> bool:
    if decision.verdict is ClassVerdict.CONFIRMED:
        return Cue.BACKGROUND in decision.confirmed_by
    return decision.verdict in CLEARED


def _stability(
    evidence: ClassEvidence, decision: Decision, shifts: MaskShifts, settings: FindingsSection
) -> float | None:
    test = evidence.background
    if test is None:
        return None
    donors = test.plain if isinstance(test, TableTest) else ()
    own = shifts.of(evidence.name, donors)
    other: Mapping[MaskError, Shift] = {}
    if evidence.pair is not None:
        other = shifts.of(evidence.pair.other(evidence.name), ())
    stands = [
        _same(
            decision,
            decide(
                replace(evidence, background=moved_test(test, shift, other.get(error, Shift()))),
                settings,
            ),
        )
        for error, shift in own.items()
    ]
    return sum(stands) / len(stands) if stands else None


def _same(decision: Decision, again: Decision) -> bool:
    if decision.verdict in CLEARED:
        return again.verdict in CLEARED
    return again.verdict is decision.verdict


def moved_test(test: SwapTest, own: Shift, other: Shift) -> SwapTest:
    """The test with its effects moved.

    Args:
        test: of a class.
        own: what an error adds to its effects.
        other: what it adds to those of the other class of its pair.
    """
    if isinstance(test, TableTest):
        return replace(
            test,
            needed=_moved(test.needed, own.loss),
            fitted=_moved(test.fitted, own.loss),
            won=_moved(test.won, own.won),
            sufficiency=_moved(test.sufficiency, own.pull),
            rival_pull=_moved(test.rival_pull, own.pull),
        )
    won = other.loss if isinstance(test, PairTest) else own.won
    return replace(test, needed=_moved(test.needed, own.loss), won=_moved(test.won, won))


def _moved(effect: Effect | None, by: float) -> Effect | None:
    if effect is None or by == 0.0:
        return effect
    return replace(
        effect,
        mean=effect.mean + by,
        low=None if effect.low is None else effect.low + by,
        high=None if effect.high is None else effect.high + by,
        fills={name: value + by for name, value in effect.fills.items()},
    )
