"""Why a class got its verdict: a code and its numbers. Words are made in `auditor.wording`."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.config import FindingsSection
from auditor.domain.cues import SPEC_OF, Cue, Extent
from auditor.domain.locations import write_location
from auditor.domain.reasons import Reason, Value
from auditor.domain.verdicts import ClassVerdict
from auditor.findings.evidence.class_evidence import ClassEvidence
from auditor.findings.evidence.edge_test import EdgeSwapTest
from auditor.findings.evidence.plain_donors import MIN_DONORS
from auditor.findings.evidence.swap_test import (
    SURE,
    PairTest,
    SwapTest,
    TableTest,
)
from auditor.findings.verdicts.class_verdicts import Decision
from auditor.findings.verdicts.cue_naming import NamedCue
from auditor.findings.verdicts.label_codes import of_label, of_labels
from auditor.statistics.effects import Effect

Numbers = dict[str, Value]


def reason(
    evidence: ClassEvidence,
    decision: Decision,
    named: NamedCue | None,
    settings: FindingsSection,
    *,
    shares: Sequence[str] = (),
    rest: Sequence[str] = (),
) -> Reason:
    """Code and numbers.

    Args:
        evidence: of the class.
        decision: on it.
        named: what it relies on.
        settings: effect floor and minimum of images.
        shares: confirmed classes with the same cue.
        rest: of three classes the other two, where they may share a cue as well.
    """
    numbers = _numbers(evidence, settings)
    if decision.mask_stability is not None:
        numbers["stable"] = decision.mask_stability
    if decision.gate is not None:
        code = f"undetermined.{decision.gate.name.lower()}"
    elif decision.verdict is ClassVerdict.CONFIRMED:
        code = _confirmed(
            evidence, decision, numbers, named, beside=(shares, rest), floor=settings.effect_floor
        )
    elif decision.of_three is not None:
        code = _of_three(evidence, decision.of_three, numbers)
    else:
        code = {
            ClassVerdict.SUSPECTED: _suspected,
            ClassVerdict.CONTEXT: _context,
            ClassVerdict.CLEAN: _clean,
        }[decision.verdict](evidence, numbers, settings.effect_floor)
    return _of_label(code, numbers) if evidence.label_accuracy else Reason(code, numbers)


def _of_label(code: str, numbers: Numbers) -> Reason:
    notes = numbers.get("notes")
    if isinstance(notes, tuple):
        numbers["notes"] = of_labels(list(map(str, notes)))
    return Reason(of_label(code), numbers)


def _numbers(evidence: ClassEvidence, settings: FindingsSection) -> Numbers:
    """What most templates name."""
    floor = settings.effect_floor
    numbers: Numbers = {
        "name": evidence.name,
        "images": evidence.images,
        "tested": evidence.tested,
        "inverted": evidence.inverted,
        "groups": evidence.groups,
        "swapped": evidence.swapped,
        "needed": settings.min_images,
        "floor": floor,
        "bar": SURE * floor,
        "nominated": evidence.nomination.rate,
        "chance": evidence.nomination.null,
        "damage": evidence.pasting_damage,
    }
    if evidence.pair is not None:
        numbers["other"] = evidence.pair.other(evidence.name) if _in_pair(evidence) else None
        numbers["flipped"] = evidence.pair.flipped.get(evidence.name)
    if evidence.background is not None:
        numbers |= _sides(evidence.background)
    numbers["usual"] = evidence.usual
    loss = numbers.get("loss")
    known = isinstance(loss, float) and evidence.usual is not None
    numbers["left"] = max(0.0, evidence.usual - loss) if known else None  # type: ignore[operator]
    numbers["donors"] = _fewest_donors(evidence.background)
    numbers["least"] = MIN_DONORS
    numbers |= _effect("suffices", evidence.suffices)
    return numbers


def _fewest_donors(test: SwapTest | None) -> int:
    """Of the side that had fewer of them: its own backgrounds or those of others."""
    sides = () if test is None else (test.needed, test.won)
    return min((0 if side is None else side.donors for side in sides), default=0)


def _in_pair(evidence: ClassEvidence) -> bool:
    return evidence.pair is not None and evidence.name in evidence.pair.names


def _sides(test: SwapTest) -> Numbers:
    return _effect("loss", test.lost) | _effect("won", test.won)


def _effect(name: str, effect: Effect | None) -> Numbers:
    if effect is None:
        return {name: None}
    return {name: effect.mean, f"{name}_low": effect.low, f"{name}_high": effect.high}


def _confirmed(
    evidence: ClassEvidence,
    decision: Decision,
    numbers: Numbers,
    named: NamedCue | None,
    *,
    beside: tuple[Sequence[str], Sequence[str]],
    floor: float,
) -> str:
    """The code of the widest test that confirms; notes on what narrows the cue down."""
    cue = Cue.BACKGROUND if Cue.BACKGROUND in decision.confirmed_by else decision.confirmed_by[0]
    if cue is not Cue.BACKGROUND and named is not None and named.cue in decision.confirmed_by:
        cue = named.cue
    test = evidence.tests[cue]
    if cue is not Cue.BACKGROUND:
        numbers |= _sides(test) | {"what": SPEC_OF[cue].meaning, "cue": cue.value}
    numbers["notes"] = tuple(_notes(evidence, test, numbers, named, beside))
    if isinstance(test, EdgeSwapTest):
        numbers |= _effect("beside", test.needed)
        return "confirmed.edge"
    if isinstance(test, PairTest) and cue is Cue.BACKGROUND:
        return "confirmed.pair" if decision.pair_with else "confirmed.owner"
    if cue is Cue.BACKGROUND:
        rival = isinstance(test, TableTest) and test.by_rival(floor)
        numbers["rival"] = test.rival if isinstance(test, TableTest) else None
        return "confirmed.rival" if rival else "confirmed.background"
    return "confirmed.attribute" if test.two_sided else "confirmed.attribute_given"


def _notes(
    evidence: ClassEvidence,
    test: SwapTest,
    numbers: Numbers,
    named: NamedCue | None,
    beside: tuple[Sequence[str], Sequence[str]],
) -> list[str]:
    notes = []
    shares, rest = beside
    pair = evidence.pair
    patch = evidence.patch.needed if evidence.patch is not None else None
    if pair is not None and pair.owner == evidence.name:
        numbers |= _effect("patch", patch)
        notes.append("note.donors" if pair.attributed_by == "donors" else "note.filled")
    if named is not None and numbers.get("cue") != named.cue.value:
        extent = SPEC_OF[named.cue].extent
        if extent is Extent.SPOT and named.cue is not Cue.EDGE_MARK:
            numbers |= _effect("patch", named.strength)
            numbers["where"] = write_location(named.where)
            notes.append("note.patch")
        elif named.cue is not Cue.BACKGROUND:
            numbers |= _effect("part", named.strength)
            numbers["what_part"] = SPEC_OF[named.cue].meaning
            notes.append("note.part")
    if shares:
        numbers["shares"] = tuple(shares)
        notes.append("note.shares")
    if isinstance(test, TableTest) and not test.apart and test.two_sided:
        notes.append("note.most_cued")
    if rest and test is evidence.background:
        numbers["rest"] = tuple(rest)
        notes.append("note.of_three")
    if evidence.masked and evidence.nomination.rate is None:
        notes.append("note.unscored")
    elif evidence.masked and not evidence.nomination.above:
        notes.append("note.silent")
    return notes


def _suspected(evidence: ClassEvidence, numbers: Numbers, floor: float) -> str:
    if evidence.audit_tested == 0:
        return "suspected.not_run"
    test = evidence.background
    if test is None or test.rules_out(floor):
        cue = next(cue for cue, test in evidence.appearance.items() if test.hints(floor))
        numbers |= _sides(evidence.appearance[cue])
        numbers |= {"what": SPEC_OF[cue].meaning, "cue": cue.value}
        return "suspected.attribute"
    return "suspected.pair" if isinstance(test, PairTest) else _open(test, numbers, floor)


def _of_three(evidence: ClassEvidence, others: tuple[str, str], numbers: Numbers) -> str:
    costly, alike = others
    numbers |= {"other": costly, "third": alike, "beside_third": evidence.on_either[alike].mean}
    numbers |= _effect("beside", evidence.on_either[costly])
    return "suspected.of_three"


def _open(test: SwapTest, numbers: Numbers, floor: float) -> str:
    """What of the background's test is proved and what is not."""
    if test.needed is None:
        return "suspected.open"
    if isinstance(test, TableTest) and _only_cued(test):
        return "suspected.only_cued"
    if test.needed.mean >= floor and min(test.needed.fills.values(), default=0.0) < floor:
        numbers["fills"] = tuple(test.needed.fills.values())
        return "suspected.fills"
    sides = (test.proves_needed(floor), test.proves_won(floor))
    return {(True, False): "suspected.needed", (False, True): "suspected.won"}.get(
        sides, "suspected.open"
    )


def _only_cued(test: TableTest) -> bool:
    """No other class is without a cue, and its backgrounds give it something."""
    pull = test.sufficiency
    return not test.apart and pull is not None and pull.low is not None and pull.low > 0.0


def _context(evidence: ClassEvidence, numbers: Numbers, floor: float) -> str:
    cleared = _clean(evidence, numbers, floor)
    numbers["notes"] = (cleared,)
    return "context.nominated" if evidence.nomination.above else "context.empty"


def _clean(evidence: ClassEvidence, numbers: Numbers, floor: float) -> str:
    if evidence.nomination.rate is None:
        numbers["notes"] = ("note.unscored",)
    if evidence.beside_owner:
        return "clean.beside_owner"
    test = evidence.background
    if isinstance(test, PairTest):
        return "clean.pair"
    lost = test is not None and test.needed is not None and test.needed.rules_out(floor)
    return "clean.loss" if lost else "clean.pull"
