"""The verdict on a class, in the order of docs/science.md, 8.5."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from auditor.config import FindingsSection
from auditor.domain.cues import Cue
from auditor.domain.verdicts import ClassVerdict
from auditor.findings.evidence.class_evidence import ClassEvidence
from auditor.findings.evidence.plain_donors import MIN_DONORS
from auditor.findings.evidence.swap_test import PairTest
from auditor.statistics.significance import benjamini_hochberg

MIN_GROUPS = 5
"""Independent groups below which a cluster-robust interval cannot be trusted at all."""
MAX_PASTING_DAMAGE = 0.2


class UndeterminedReason(StrEnum):
    """Why a class cannot be judged."""

    NO_IMAGES = "no images"
    NO_MASKS = "no masks"
    DOUBTFUL_MASKS = "doubtful masks"
    MASKS = "masks"
    NOT_RUN = "interventions not run"
    TOO_FEW = "too few tested images"
    TOO_FEW_GROUPS = "too few independent images"
    INVERTED_MASKS = "too few tested images, since masks look inverted"
    UNUSABLE_MASKS = "no object could be cut out"
    PASTING = "pasting breaks the image"
    TOO_FEW_SWAPS = "too few objects could be pasted"
    NO_OTHERS = "no other class"
    BESIDE_OWNER = "beside the cue of the other class"
    TOO_FEW_DONORS = "too few backgrounds"
    NOTHING_TO_LOSE = "nothing to lose"
    ZERO_MAPS = "zero maps"


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict on a class.

    Attributes:
        verdict: on it.
        gate: what failed where it is `undetermined`.
        confirmed_by: the tests that confirm it.
        pair_with: the other class, where the verdict stands for both together.
        of_three: the two others of three classes: one on whose backgrounds it surely loses, and
            one that may share a cue with it (`shared_cues.of_three`).
        mask_stability: share of wrong masks under which the verdict stands; None where none were
            tried or the verdict claims nothing that could fall.
    """

    verdict: ClassVerdict
    gate: UndeterminedReason | None = None
    confirmed_by: tuple[Cue, ...] = ()
    pair_with: str | None = None
    of_three: tuple[str, str] | None = None
    mask_stability: float | None = None


def with_q_values(classes: Sequence[ClassEvidence]) -> tuple[ClassEvidence, ...]:
    """The same evidence with Benjamini-Hochberg q-values over the classes that were tested."""
    tested = [e for e in classes if e.p_value is not None]
    q_values = benjamini_hochberg([e.p_value for e in tested if e.p_value is not None])
    by_name = {e.name: q for e, q in zip(tested, q_values, strict=True)}
    return tuple(replace(e, q_value=by_name.get(e.name)) for e in classes)


def decide(
    evidence: ClassEvidence, settings: FindingsSection, *, doubtful_masks: bool = False
) -> Decision:
    """The first of: undetermined (a gate), confirmed, undetermined (what only clears a class),
    clean, context, suspected.

    Args:
        evidence: of the class.
        settings: floor, level, minimum of images.
        doubtful_masks: its masks are automatic and miss drawn ones by too much: no swap counts.
    """
    gate = _gate(evidence, settings)
    if gate is None and doubtful_masks:
        gate = UndeterminedReason.DOUBTFUL_MASKS
    enough = evidence.images >= settings.min_images
    if gate is UndeterminedReason.NOT_RUN and evidence.nomination.above and enough:
        return Decision(ClassVerdict.SUSPECTED)
    confirmed_by = proved(evidence, settings, swapped=gate is None)
    if confirmed_by:
        paired = pair_with(evidence, confirmed_by)
        return Decision(ClassVerdict.CONFIRMED, confirmed_by=confirmed_by, pair_with=paired)
    gate = gate or _clearing_gate(evidence, settings)
    if gate is not None:
        return Decision(ClassVerdict.UNDETERMINED, gate)
    if not _ruled_out(evidence, settings.effect_floor):
        return Decision(ClassVerdict.SUSPECTED)
    seen = evidence.nomination.above or _suffices(evidence, settings.effect_floor)
    return Decision(ClassVerdict.CONTEXT if seen else ClassVerdict.CLEAN)


def pair_with(evidence: ClassEvidence, confirmed_by: Sequence[Cue]) -> str | None:
    """The other class where every test that confirms is of the two together, and nothing tells
    whose cue it is."""
    pair = evidence.pair
    if pair is None or pair.owner is not None:
        return None
    together = all(isinstance(evidence.tests[cue], PairTest) for cue in confirmed_by)
    return pair.other(evidence.name) if together else None


def of_two(
    decided: Mapping[str, Decision], evidence: Sequence[ClassEvidence]
) -> dict[str, Decision]:
    """The decisions, of two classes without swaps of their own with the other one where what
    confirms them was exchanged between the two: nothing tells whose it is."""
    names = [e.name for e in evidence if e.tested]
    if len(names) != 2:
        return dict(decided)
    other = {names[0]: names[1], names[1]: names[0]}
    return {
        e.name: replace(decided[e.name], pair_with=other[e.name])
        if e.name in other and e.pair is None and _together(e, decided[e.name])
        else decided[e.name]
        for e in evidence
    }


def _together(evidence: ClassEvidence, decision: Decision) -> bool:
    by = decision.confirmed_by
    return bool(by) and all(isinstance(evidence.tests[cue], PairTest) for cue in by)


def proved(evidence: ClassEvidence, settings: FindingsSection, *, swapped: bool) -> tuple[Cue, ...]:
    """The tests that confirm a class: all that the test asks is proved (`SwapTest.proves`), with
    every fill and on enough donors; its p-value, adjusted within the class, and the class's
    q-value are at most the settings' level.

    Args:
        evidence: of the class.
        settings: floor, level, minimum of images.
        swapped: whether its objects could be put on other backgrounds, so that this counts. The
            appearance needs no mask, only enough images.
    """
    if _sample_gate(evidence, settings) is not None or evidence.q_value is None:
        return ()
    # What pasting alone does must be known: an unknown damage is no gate.
    swapped = swapped and evidence.pasting_damage is not None
    p_values = evidence.p_values
    return tuple(
        cue
        for cue, test in evidence.tests.items()
        if (swapped or cue is not Cue.BACKGROUND)
        and test.proves(settings.effect_floor)
        and test.won is not None
        and test.won.donors >= MIN_DONORS
        and max(p_values.get(cue, 1.0), evidence.q_value) <= settings.q
    )


def _sample_gate(evidence: ClassEvidence, settings: FindingsSection) -> UndeterminedReason | None:
    """What keeps every test from counting."""
    faults = {
        UndeterminedReason.NO_IMAGES: evidence.images == 0,
        UndeterminedReason.NOT_RUN: evidence.audit_tested == 0,
        UndeterminedReason.INVERTED_MASKS: evidence.tested
        < settings.min_images
        <= evidence.tested + evidence.inverted,
        UndeterminedReason.TOO_FEW: evidence.tested < settings.min_images,
        UndeterminedReason.TOO_FEW_GROUPS: evidence.groups < MIN_GROUPS,
    }
    return next((gate for gate, failed in faults.items() if failed), None)


def _gate(evidence: ClassEvidence, settings: FindingsSection) -> UndeterminedReason | None:
    damage = evidence.pasting_damage
    first = _sample_gate(evidence, settings)
    faults = {
        UndeterminedReason.NO_IMAGES: evidence.images == 0,
        UndeterminedReason.NO_MASKS: evidence.masked == 0,
        first: first is not None,
        # Where an object can be cut out it is pasted back, whatever other classes there are.
        UndeterminedReason.UNUSABLE_MASKS: damage is None and not evidence.swapped,
        UndeterminedReason.PASTING: damage is not None and damage > MAX_PASTING_DAMAGE,
        UndeterminedReason.NO_OTHERS: evidence.background is None,
        UndeterminedReason.TOO_FEW_SWAPS: evidence.swapped < settings.min_images,
    }
    return next((gate for gate, failed in faults.items() if failed), None)


def _clearing_gate(evidence: ClassEvidence, settings: FindingsSection) -> UndeterminedReason | None:
    """What keeps a class from being cleared, though it would not keep it from being confirmed."""
    usual, floor = evidence.usual, settings.effect_floor
    faults = {
        UndeterminedReason.BESIDE_OWNER: evidence.beside_owner and _unsettled(evidence, floor),
        UndeterminedReason.TOO_FEW_DONORS: not evidence.beside_owner and _few_donors(evidence),
        UndeterminedReason.NOTHING_TO_LOSE: usual is None or usual < least_to_lose(evidence, floor),
        UndeterminedReason.ZERO_MAPS: evidence.zero_maps,
    }
    return next((gate for gate, failed in faults.items() if failed), None)


def least_to_lose(evidence: ClassEvidence, floor: float) -> float:
    """Probability of the class on its own backgrounds below which there is nothing to lose."""
    return max(2 * floor, evidence.chance + floor)


def _unsettled(evidence: ClassEvidence, floor: float) -> bool:
    """Too little of the other class's backgrounds is without its cue."""
    needed = None if evidence.background is None else evidence.background.needed
    return needed is None or not needed.rules_out(floor)


def _few_donors(evidence: ClassEvidence) -> bool:
    test = evidence.background
    asked = () if test is None else (test.needed, test.won)
    return any(e is None or e.donors < MIN_DONORS for e in asked) or not asked


def _ruled_out(evidence: ClassEvidence, floor: float) -> bool:
    """The background is ruled out, and no attribute of the picture so much as hints at a cue."""
    whole = evidence.background
    hinted = any(test.hints(floor) for test in evidence.appearance.values())
    return whole is not None and whole.rules_out(floor) and not hinted


def _suffices(evidence: ClassEvidence, floor: float) -> bool:
    return evidence.suffices is not None and evidence.suffices.proves(floor)
