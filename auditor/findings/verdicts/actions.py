"""What the data team should do about a finding: a code and its numbers, as for the reason."""

from __future__ import annotations

import math

from auditor.config import FindingsSection
from auditor.domain.cues import Cue
from auditor.domain.reasons import Value
from auditor.domain.verdicts import ClassVerdict
from auditor.findings.evidence.class_evidence import ClassEvidence
from auditor.findings.evidence.swap_test import SURE, SwapTest, TableTest
from auditor.findings.verdicts.class_verdicts import Decision
from auditor.findings.verdicts.cue_naming import NamedCue
from auditor.findings.verdicts.label_codes import of_label
from auditor.statistics.effects import Effect

NAMED_DONORS = 3
TOO_MANY = 20
"""Times the tested images. A loss that takes more to settle lies at the bar itself."""


def images_to_change(
    evidence: ClassEvidence, named: NamedCue | None, settings: FindingsSection
) -> int:
    """How many images of the class should come without its cue.

    The share of its probability that depends on the cue times its images, rounded up, and never
    fewer than a verdict needs: so many of its images stop being evidence for the object.
    """
    effect = named.strength if named else _lost(evidence)
    reliance = 0.0 if effect is None else max(0.0, effect.mean)
    return max(settings.min_images, math.ceil(reliance * evidence.images))


def action_numbers(
    evidence: ClassEvidence,
    decision: Decision,
    named: NamedCue | None,
    settings: FindingsSection,
) -> dict[str, Value]:
    """`action`, a code of `auditor.wording.class_actions`, and the numbers that it names; nothing
    where nothing is to be done."""
    numbers = _numbers(evidence, decision, named, settings)
    if evidence.label_accuracy and isinstance(code := numbers.get("action"), str):
        return {**numbers, "action": of_label(code)}
    return numbers


def _numbers(
    evidence: ClassEvidence,
    decision: Decision,
    named: NamedCue | None,
    settings: FindingsSection,
) -> dict[str, Value]:
    if decision.verdict is ClassVerdict.CONFIRMED:
        return _mend(evidence, decision, named, settings)
    if decision.of_three is not None:
        other, third = decision.of_three
        return {"action": "action.of_three", "other": other, "third": third}
    if decision.verdict is ClassVerdict.SUSPECTED:
        return _look_closer(evidence, settings)
    if decision.gate is not None:
        missing = max(1, settings.min_images - min(evidence.tested, evidence.swapped))
        return {"action": f"action.{decision.gate.name.lower()}", "missing": missing}
    if decision.verdict is ClassVerdict.CONTEXT:
        return {"action": "action.context"}
    return {}


def _mend(
    evidence: ClassEvidence, decision: Decision, named: NamedCue | None, settings: FindingsSection
) -> dict[str, Value]:
    change = images_to_change(evidence, named, settings)
    if decision.pair_with is not None and (named is None or named.cue is Cue.BACKGROUND):
        return {"action": "action.pair", "change": change}
    test = evidence.background
    places = test.plain[:NAMED_DONORS] if isinstance(test, TableTest) else ()
    if not places and evidence.pair is not None:
        places = (evidence.pair.other(evidence.name),)
    each = math.ceil(change / len(places)) if places else None
    return {"action": "action.cue", "change": change, "places": places, "each": each}


def _look_closer(evidence: ClassEvidence, settings: FindingsSection) -> dict[str, Value]:
    if evidence.audit_tested == 0:
        return {"action": "action.not_run"}
    test = evidence.background
    if isinstance(test, TableTest) and not test.apart:
        return {"action": "action.only_cued"}
    more = images_to_settle(test, evidence.tested, settings.effect_floor)
    if more is None:
        return {"action": "action.at_the_bar"}
    if more <= evidence.masked:
        return {"action": "action.test_more", "more": more}
    return {"action": "action.add_images", "more": more, "missing": more - evidence.masked}


def images_to_settle(test: SwapTest | None, tested: int, floor: float) -> int | None:
    """About how many tested images would prove the loss or rule it out; None where it lies so
    near the bar that no reasonable number would.

    Intervals narrow with the square root of the images. An estimate at the floor or above has to
    keep its lower bound at half the floor, one below the floor its upper bound below it.

    Args:
        test: of the class.
        tested: images behind it.
        floor: effect floor.
    """
    effect = None if test is None else test.lost
    if effect is None or effect.low is None or effect.high is None:
        return None
    if effect.mean >= floor:
        ratio = (effect.mean - effect.low) / (effect.mean - SURE * floor)
    elif effect.mean < floor:
        ratio = (effect.high - effect.mean) / (floor - effect.mean)
    times = max(1.5, ratio**2)
    return None if times > TOO_MANY else math.ceil(times * tested)


def _lost(evidence: ClassEvidence) -> Effect | None:
    return None if evidence.background is None else evidence.background.lost
