"""The verdict on a class, in the order of docs/science.md section 4."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from auditor.config import FindingsSection
from auditor.domain.cues import Cue
from auditor.domain.verdicts import ClassVerdict
from auditor.findings.evidence.capture import MIN_DONORS
from auditor.findings.evidence.class_evidence import ClassEvidence
from auditor.findings.evidence.necessity import Route
from auditor.statistics.significance import benjamini_hochberg

MIN_GROUPS = 5
"""Independent groups below which a cluster-robust interval cannot be trusted at all."""
MAX_PASTING_DAMAGE = 0.2


class UndeterminedReason(StrEnum):
    """Why a class cannot be judged."""

    NO_IMAGES = "no images"
    NO_MASKS = "no masks"
    NOT_RUN = "interventions not run"
    TOO_FEW = "too few tested images"
    TOO_FEW_GROUPS = "too few independent images"
    PASTING = "pasting breaks the image"
    TOO_FEW_SWAPS = "too few objects could be pasted"
    ATTRIBUTION = "attribution"
    TOO_FEW_DONORS = "too few backgrounds"
    NOTHING_TO_LOSE = "nothing to lose"
    ZERO_MAPS = "zero maps"


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict, the gate that failed where it is `undetermined`, and the tests that convict."""

    verdict: ClassVerdict
    gate: UndeterminedReason | None = None
    confirmed_by: tuple[Cue, ...] = ()


def with_q_values(classes: Sequence[ClassEvidence]) -> tuple[ClassEvidence, ...]:
    """The same evidence with Benjamini-Hochberg q-values over the classes that were tested."""
    tested = [e for e in classes if e.p_value is not None]
    q_values = benjamini_hochberg([e.p_value for e in tested if e.p_value is not None])
    by_name = {e.name: q for e, q in zip(tested, q_values, strict=True)}
    return tuple(replace(e, q_value=by_name.get(e.name)) for e in classes)


def decide(evidence: ClassEvidence, settings: FindingsSection) -> Decision:
    """The first of: undetermined (a gate), confirmed, undetermined (what only clears a class),
    clean, context, suspected."""
    gate = _gate(evidence, settings)
    enough = evidence.images >= settings.min_images
    if gate is UndeterminedReason.NOT_RUN and evidence.nomination.above and enough:
        return Decision(ClassVerdict.SUSPECTED)
    confirmed_by = proved(evidence, settings, swapped=gate is None)
    if confirmed_by:
        return Decision(ClassVerdict.CONFIRMED, confirmed_by=confirmed_by)
    gate = gate or _clearing_gate(evidence, settings)
    if gate is not None:
        return Decision(ClassVerdict.UNDETERMINED, gate)
    if not _ruled_out(evidence, settings.effect_floor):
        return Decision(ClassVerdict.SUSPECTED)
    seen = evidence.nomination.above or _suffices(evidence, settings.effect_floor)
    return Decision(ClassVerdict.CONTEXT if seen else ClassVerdict.CLEAN)


def proved(evidence: ClassEvidence, settings: FindingsSection, *, swapped: bool) -> tuple[Cue, ...]:
    """The tests that convict a class: all that the test asks is proved (`Exchange.proves`), with
    every fill and on enough donors; its p-value, adjusted within the class, and the class's
    q-value are at most the settings' level.

    Args:
        evidence: of the class.
        settings: floor, level, minimum of images.
        swapped: whether its objects could be put on other backgrounds, so that this counts. The
            looks need no mask, only enough images.
    """
    if _sample_gate(evidence, settings) is not None or evidence.q_value is None:
        return ()
    # What pasting alone does must be known: an unknown damage is no gate.
    swapped = swapped and evidence.pasting_damage is not None
    tests = {Cue.BACKGROUND: evidence.background} if swapped else {}
    p_values = evidence.p_values
    return tuple(
        cue
        for cue, test in {**tests, **evidence.looks}.items()
        if test.proves(settings.effect_floor)
        and test.won is not None
        and test.won.donors >= MIN_DONORS
        and max(p_values.get(cue, 1.0), evidence.q_value) <= settings.q
    )


def _sample_gate(evidence: ClassEvidence, settings: FindingsSection) -> UndeterminedReason | None:
    """What keeps every test from counting."""
    faults = {
        UndeterminedReason.NO_IMAGES: evidence.images == 0,
        UndeterminedReason.NOT_RUN: evidence.audit_tested == 0,
        UndeterminedReason.TOO_FEW: evidence.tested < settings.min_images,
        UndeterminedReason.TOO_FEW_GROUPS: evidence.groups < MIN_GROUPS,
    }
    return next((gate for gate, failed in faults.items() if failed), None)


def _gate(evidence: ClassEvidence, settings: FindingsSection) -> UndeterminedReason | None:
    needed = evidence.necessity
    damage = evidence.pasting_damage
    first = _sample_gate(evidence, settings)
    faults = {
        UndeterminedReason.NO_IMAGES: evidence.images == 0,
        UndeterminedReason.NO_MASKS: evidence.masked == 0,
        first: first is not None,
        UndeterminedReason.PASTING: damage is not None and damage > MAX_PASTING_DAMAGE,
        UndeterminedReason.TOO_FEW_SWAPS: evidence.swapped < settings.min_images,
        UndeterminedReason.ATTRIBUTION: needed.effect is None,
    }
    return next((gate for gate, failed in faults.items() if failed), None)


def _clearing_gate(evidence: ClassEvidence, settings: FindingsSection) -> UndeterminedReason | None:
    """What keeps a class from being cleared, though it would not keep it from being convicted."""
    needed, won = evidence.necessity, evidence.capture
    panel = needed.route is Route.PANEL and needed.effect is not None
    faults = {
        UndeterminedReason.TOO_FEW_DONORS: won is None
        or won.donors < MIN_DONORS
        or (panel and needed.effect is not None and needed.effect.donors < MIN_DONORS),
        UndeterminedReason.NOTHING_TO_LOSE: needed.usual is None
        or needed.usual < max(2 * settings.effect_floor, evidence.chance + settings.effect_floor),
        UndeterminedReason.ZERO_MAPS: evidence.zero_maps,
    }
    return next((gate for gate, failed in faults.items() if failed), None)


def _ruled_out(evidence: ClassEvidence, floor: float) -> bool:
    needed, won = evidence.necessity.effect, evidence.capture
    return (
        needed is not None
        and won is not None
        and needed.rules_out(floor)
        and won.rules_out(floor)
        and all(look.rules_out(floor) for look in evidence.looks.values())
    )


def _suffices(evidence: ClassEvidence, floor: float) -> bool:
    return evidence.suffices is not None and evidence.suffices.proves(floor)
