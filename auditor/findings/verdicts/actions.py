"""What the data team should do about a finding, derived from the cue."""

from __future__ import annotations

import math

from auditor.config import FindingsSection
from auditor.domain.cues import SPEC_OF
from auditor.domain.verdicts import ClassVerdict
from auditor.findings.evidence.class_evidence import ClassEvidence
from auditor.findings.evidence.necessity import Route
from auditor.findings.verdicts.class_verdicts import Decision, UndeterminedReason
from auditor.findings.verdicts.cue_naming import NamedCue
from auditor.wording.numbers import count, listed

NAMED_DONORS = 3


def images_to_change(
    evidence: ClassEvidence, named: NamedCue | None, settings: FindingsSection
) -> int:
    """How many images of the class should come without its cue.

    The share of its probability that hangs on the cue times its images, rounded up, and never
    fewer than a verdict needs: so many of its images stop being evidence for the object.
    """
    effect = named.strength if named else evidence.necessity.effect
    reliance = 0.0 if effect is None else max(0.0, effect.mean)
    return max(settings.min_images, math.ceil(reliance * evidence.images))


def action(
    evidence: ClassEvidence,
    decision: Decision,
    named: NamedCue | None,
    settings: FindingsSection,
) -> str | None:
    """The next step in the data team's words; None where nothing is to be done."""
    if decision.verdict is ClassVerdict.CONFIRMED and named is not None:
        return _mend(evidence, named, settings)
    if decision.verdict is ClassVerdict.SUSPECTED:
        return _look_closer(evidence)
    if decision.gate is not None:
        return _GATE_ACTIONS[decision.gate].format(
            name=evidence.name,
            missing=max(1, settings.min_images - min(evidence.tested, evidence.swapped)),
        )
    if decision.verdict is ClassVerdict.CONTEXT:
        return (
            "Nothing to mend now. Look at a few of its cases: the model sees the background, and"
            " the next training run may come to use it."
        )
    return None


def _mend(evidence: ClassEvidence, named: NamedCue, settings: FindingsSection) -> str:
    number = images_to_change(evidence, named, settings)
    steps = SPEC_OF[named.cue].advice.format(
        name=evidence.name,
        images=count(number, "image"),
        where=named.where,
        backgrounds=_backgrounds(evidence, number),
    )
    return f"{steps}; retrain and audit again."


def _backgrounds(evidence: ClassEvidence, number: int) -> str:
    """Which other backgrounds its objects should be shown on."""
    places = evidence.necessity.donors[:NAMED_DONORS]
    if evidence.necessity.route is Route.NEUTRAL or not places:
        return "on plain and varied backgrounds that no class is usually seen on"
    each = math.ceil(number / len(places))
    some = f"about {each} each" if len(places) > 1 else f"about {each}"
    return f"on backgrounds such as those of {listed(places)} ({some})"


def _look_closer(evidence: ClassEvidence) -> str:
    if evidence.audit_tested == 0:
        return "Run the audit with interventions: a map alone convicts nobody."
    unused = evidence.masked - evidence.tested
    if unused > 0:
        return (
            f"Test more of its images ({count(unused, 'image')} with masks were not in the sample):"
            " raise --per-class; and look at its worst cases."
        )
    return (
        f"Add images of '{evidence.name}' with masks, on varied backgrounds, and audit again; until"
        " then look at its worst cases."
    )


_GATE_ACTIONS = {
    UndeterminedReason.NO_IMAGES: "Add images of '{name}' to the audited data.",
    UndeterminedReason.NO_MASKS: (
        "Give object masks (or boxes) for '{name}'; until then look at its ranked hypotheses."
    ),
    UndeterminedReason.NOT_RUN: "Run the audit with interventions.",
    UndeterminedReason.TOO_FEW: (
        "Add at least {missing} more images of '{name}' with masks, or raise --per-class."
    ),
    UndeterminedReason.TOO_FEW_GROUPS: (
        "Add images of '{name}' that are not copies of each other."
    ),
    UndeterminedReason.PASTING: (
        "Check the masks of '{name}': a mask that cuts into its object breaks it when it is pasted."
    ),
    UndeterminedReason.TOO_FEW_SWAPS: (
        "Add images of '{name}' whose object fills less of the view, with masks"
        " (at least {missing})."
    ),
    UndeterminedReason.ATTRIBUTION: (
        "Audit more classes together, at least three, so that there are innocent"
        " backgrounds to compare with."
    ),
    UndeterminedReason.TOO_FEW_DONORS: (
        "Add images of '{name}' and of other classes with masks, or raise"
        " --per-class and interventions.swaps."
    ),
    UndeterminedReason.NOTHING_TO_LOSE: (
        "Check labels and training of '{name}': the model does not know it."
    ),
    UndeterminedReason.ZERO_MAPS: (
        "Try another layer (--layer) or method (--method), and see whether the"
        " network is saturated."
    ),
}
