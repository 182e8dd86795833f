"""The verdict on a class in plain words, with its numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from auditor.config import FindingsSection
from auditor.domain.cues import Cue
from auditor.domain.verdicts import ClassVerdict
from auditor.findings.evidence.class_evidence import ClassEvidence
from auditor.findings.evidence.necessity import Route
from auditor.findings.evidence.swap_test import COMMON_WON, HALF
from auditor.findings.verdicts.class_verdicts import Decision, UndeterminedReason
from auditor.findings.verdicts.cue_naming import NamedCue
from auditor.statistics.effects import Effect
from auditor.wording.numbers import count, interval, listed, share

PAIR_WARNING = (
    "Fewer than two classes have backgrounds without a cue of their own, so flat colours"
    " stand in: read this together with the other classes."
)


PAIR = 0.5
"""Chance of a class where there are two."""


def reason(
    evidence: ClassEvidence,
    decision: Decision,
    named: NamedCue | None,
    settings: FindingsSection,
) -> str:
    """Why the class got its verdict."""
    if decision.gate is not None:
        return _gate(evidence, decision.gate, settings)
    floor = settings.effect_floor
    if decision.verdict is ClassVerdict.CONFIRMED:
        sentences = _confirmed(evidence, decision, named)
    else:
        sentences = {
            ClassVerdict.SUSPECTED: _suspected,
            ClassVerdict.CONTEXT: _context,
            ClassVerdict.CLEAN: _clean,
        }[decision.verdict](evidence, floor)
    if evidence.audit_tested > 0:
        sentences += [
            _vulnerable(evidence, decision),
            _shared(evidence, decision, floor),
            _warning(evidence),
        ]
    return " ".join(sentence for sentence in sentences if sentence)


def _confirmed(evidence: ClassEvidence, decision: Decision, named: NamedCue | None) -> list[str]:
    name = evidence.name
    silent = not evidence.nomination.above and evidence.masked > 0
    told = []
    if Cue.BACKGROUND in decision.confirmed_by:
        told.append(
            f"Loses {_effect(evidence.necessity.effect)} of its probability {_where(evidence)},"
            f" and other objects become '{name}' on its backgrounds ({_effect(evidence.capture)})."
        )
    swapped = Cue.BACKGROUND in decision.confirmed_by
    told += [
        _look(evidence, cue)
        for cue in decision.confirmed_by
        if cue in evidence.looks and (not swapped or (named is not None and cue is named.cue))
    ]
    if named is not None and named.cue in (Cue.CORNER_MARK, Cue.CO_OCCURRING_OBJECT):
        told.append(
            f"A small patch carries it ({named.where}): without that patch it loses"
            f" {_effect(named.strength)}."
        )
    told.append(_silent(evidence) if silent else "")
    return told


def _edge(evidence: ClassEvidence) -> str:
    mark = evidence.looks[Cue.EDGE_MARK]
    return (
        f"Something lies across the edge of its objects: filled, it costs {_effect(mark.lost)};"
        f" the part of it beside the object alone costs {_effect(mark.needed)} and, laid beside"
        f" other classes' objects, wins {_effect(mark.won)}. Its part on the object travels along"
        " when the object is cut out, so other backgrounds show less of it."
    )


def _silent(evidence: ClassEvidence) -> str:
    """A reader sees heat on the background of single maps all the same: say why that is nothing."""
    if evidence.nomination.rate is None:
        return "Saliency does not show it: its maps could not be scored."
    return (
        f"Saliency does not show it: {_nominated(evidence)}. Heat on the background of single"
        " pictures is usual and would not have told; the changed pictures do."
    )


_LOOKS = {
    Cue.COLOUR_CAST: "in the colour cast",
    Cue.BLUR: "made as soft as the images",
    Cue.BORDER_FRAME: "in the outer frame",
}


def _look(evidence: ClassEvidence, cue: Cue) -> str:
    if cue is Cue.EDGE_MARK:
        return _edge(evidence)
    look, words = evidence.looks[cue], _LOOKS[cue]
    lost = f" it loses {_effect(look.needed)} {words} of other classes." if look.needed else ""
    return (
        f"Images of other classes {words} of '{evidence.name}' become '{evidence.name}'"
        f" ({_effect(look.won)});{lost}".removesuffix(";")
        + ("" if lost else ".")
    )


def _suspected(evidence: ClassEvidence, floor: float) -> list[str]:
    if evidence.audit_tested == 0:
        return [f"Interventions were not run; {_nominated(evidence)}."]
    asked = [each for each in _asked(evidence, floor) if each.effect is not None]
    proven = [each.words for each in asked if each.proven]
    open_ = [each.words for each in asked if not each.proven and not each.ruled_out]
    figures = "; ".join(f"{each.words} is {_effect(each.effect)}" for each in asked)
    verdict = (
        f"proves {listed(proven)} but not both"
        if proven
        else f"can neither prove nor rule out {listed(open_)}"
    )
    return [f"{_capital(figures)}. Against the floor of {share(floor)} this {verdict}."]


@dataclass(frozen=True, slots=True)
class _Asked:
    """One side of a test that did not convict."""

    words: str
    effect: Effect | None
    proven: bool
    ruled_out: bool


def _asked(evidence: ClassEvidence, floor: float) -> Iterator[_Asked]:
    """Both sides of the swap of the background, one of each look that is not ruled out."""
    swap, needed, won = evidence.background, evidence.necessity.effect, evidence.capture
    sides = (
        (f"the loss {_where(evidence)}", needed, swap.proves_needed(floor)),
        ("the pull of its backgrounds on other objects", won, swap.proves_won(floor)),
    )
    for words, effect, proven in sides:
        yield _Asked(words, effect, proven, effect is not None and effect.rules_out(floor))
    for cue, look in evidence.looks.items():
        if look.rules_out(floor):
            continue
        if cue is Cue.EDGE_MARK:
            words = (
                "the loss where the background beside its object's edge is filled"
                f" (half a mark: held against {share(HALF * floor)})"
            )
            yield _Asked(words, look.needed, look.proves_needed(floor), False)
        else:
            yield _Asked(f"what its {cue.value} wins", look.won, look.proves_won(floor), False)


def _context(evidence: ClassEvidence, floor: float) -> list[str]:
    suffices = evidence.suffices
    empty = (
        f"Its backgrounds without an object are recognised ({_effect(suffices)})."
        if suffices is not None and suffices.proves(floor)
        else ""
    )
    looks = f"{_capital(_nominated(evidence))}." if evidence.nomination.above else ""
    return [looks, empty, _cleared(evidence, floor)]


def _clean(evidence: ClassEvidence, floor: float) -> list[str]:
    unscored = evidence.nomination.rate is None
    silent = "Its maps could not be scored against the masks." if unscored else ""
    return [_cleared(evidence, floor), silent]


def _cleared(evidence: ClassEvidence, floor: float) -> str:
    return (
        f"A shortcut of {share(floor)} or more is ruled out: it loses"
        f" {_effect(evidence.necessity.effect)} of its probability {_where(evidence)} (0 is"
        f" nothing, below 0 it gains), and its backgrounds win {_effect(evidence.capture)} of other"
        " objects' probability."
    )


def _gate(evidence: ClassEvidence, gate: UndeterminedReason, settings: FindingsSection) -> str:
    need, damage = settings.min_images, share(evidence.pasting_damage)
    won = evidence.capture.donors if evidence.capture else 0
    return {
        UndeterminedReason.NO_IMAGES: "No image of this class was audited.",
        UndeterminedReason.NO_MASKS: (
            f"None of its {count(evidence.images, 'image')} has an object mask, so"
            f" nothing can be removed or swapped{_looks_tried(evidence)}."
        ),
        UndeterminedReason.NOT_RUN: f"Interventions were not run; {_nominated(evidence)}.",
        UndeterminedReason.TOO_FEW: (
            f"Only {count(evidence.tested, 'image')} could be tested; {need} are needed."
        ),
        UndeterminedReason.TOO_FEW_GROUPS: (
            f"The {count(evidence.tested, 'tested image')} are near-duplicates:"
            f" only {evidence.groups} are independent."
        ),
        UndeterminedReason.PASTING: (
            f"Pasting breaks the image: putting the object back onto its own filled"
            f" background already costs {damage} of its probability."
        ),
        UndeterminedReason.TOO_FEW_SWAPS: (
            f"Only {count(evidence.swapped, 'object')} could be put on other"
            f" backgrounds; {need} are needed."
        ),
        UndeterminedReason.ATTRIBUTION: (
            "Attribution: fewer than two other classes have backgrounds without a"
            " cue of their own, and no neutral background was tried, so a loss cannot be assigned."
        ),
        UndeterminedReason.TOO_FEW_DONORS: (
            f"Too few backgrounds to clear it: {won} of its own were tried on"
            " other objects; at least 5 a class are needed."
        ),
        UndeterminedReason.NOTHING_TO_LOSE: (
            f"Even on its own backgrounds its probability is only"
            f" {share(evidence.necessity.usual)}: there is nothing to lose, so nothing can be ruled"
            " out."
        ),
        UndeterminedReason.ZERO_MAPS: (
            "Every saliency map of the class is zero, and interventions do not convict it."
        ),
    }[gate]


def _looks_tried(evidence: ClassEvidence) -> str:
    return "; tint, softness and frame were tried and do not convict it" if evidence.looks else ""


def _vulnerable(evidence: ClassEvidence, decision: Decision) -> str:
    if decision.verdict is ClassVerdict.CONFIRMED or not evidence.vulnerable_to:
        return ""
    worst = sorted(evidence.vulnerable_to, key=lambda d: (-evidence.necessity.losses[d], d))
    losses = [f"'{d}' (loses {share(evidence.necessity.losses[d])})" for d in worst]
    return f"Vulnerable to the cue of {listed(losses)}: what it loses there is not its own doing."


def _shared(evidence: ClassEvidence, decision: Decision, floor: float) -> str:
    """Told where it is large enough to keep a class from being convicted. Of a pair, the other
    class may simply have a cue."""
    common = evidence.common
    small = max(common.lost, COMMON_WON * common.won) < floor
    if small or decision.verdict is not ClassVerdict.SUSPECTED or evidence.chance >= PAIR:
        return ""
    return (
        f"Other classes lose {share(common.lost)} and win {share(common.won)} in the same way, as"
        " they do when a network has seen the audited pictures in training; only what goes beyond"
        " that counts."
    )


def _warning(evidence: ClassEvidence) -> str:
    return PAIR_WARNING if evidence.necessity.route is Route.NEUTRAL else ""


def _where(evidence: ClassEvidence) -> str:
    if evidence.necessity.route is Route.NEUTRAL:
        return "on flat backgrounds of seven colours"
    return f"on the backgrounds of {listed(evidence.necessity.donors)}"


def _nominated(evidence: ClassEvidence) -> str:
    found = evidence.nomination
    if found.rate is None:
        return "its maps could not be scored"
    chance = "" if found.null is None else f" ({share(found.null)} by chance)"
    return f"{share(found.rate)} of its maps prefer the background{chance}"


def _effect(effect: Effect | None) -> str:
    return "?" if effect is None else interval(effect.mean, effect.low, effect.high)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
