"""Which cue a class relies on: the smallest change that explains what swapping backgrounds does."""

from __future__ import annotations

from dataclasses import replace

from auditor.domain.cues import CUES, SPEC_OF, Cue, Extent
from auditor.domain.locations import Location
from auditor.domain.verdicts import ClassVerdict
from auditor.findings.evidence.class_evidence import ClassEvidence
from auditor.findings.evidence.positions import PatchPosition
from auditor.findings.evidence.swap_test import WON, SwapTest, TableTest
from auditor.findings.evidence.trial_table import TrialTable
from auditor.findings.verdicts.class_verdicts import Decision
from auditor.findings.verdicts.cue_location import locate
from auditor.findings.verdicts.named_cue import (
    NamedCue,
    examples_of,
    patch_place,
    tinted,
    where_of,
)
from auditor.statistics.effects import Effect

__all__ = ["EXPLAINS", "NamedCue", "examples_of", "name_cue", "where_of"]

EXPLAINS = 0.6
"""A part of the picture names the cue if it carries this share of what the whole does."""
PATCH_LOSES, PATCH_WINS = 0.4, 0.3
"""A patch need carry only this much: it covers what it can of a thing, and comes to lie under
objects. Frames, casts and scenes leave at most .1 to it (docs/benchmark.md)."""


def name_cue(
    evidence: ClassEvidence, decision: Decision, table: TrialTable, floor: float
) -> NamedCue | None:
    """The cue of a confirmed class, or of a suspected one whose backgrounds (or attributes) are
    proved to give something to others' objects; None where nothing points to one.

    Of what is part of the swap of the whole background the first is named that explains most of
    it, of what the class loses and of what it wins: the salient patch and the mark at the object's
    edge (the costlier one first), tint, softness, frame, which has the tint of its picture.

    Args:
        evidence: of the class.
        decision: its verdict.
        table: all trials.
        floor: effect floor.
    """
    whole = _whole(evidence, decision, floor)
    if whole is None:
        return None
    located = locate(evidence, decision, table, floor)
    if located is not None:
        return replace(located, where=_of_pair(located.where, evidence.name, decision))
    cue, exchange = whole
    place = patch_place(table, evidence.name)
    small = {place.cue: evidence.patch, Cue.EDGE_MARK: evidence.appearance.get(Cue.EDGE_MARK)}
    by_loss = sorted(small, key=lambda part: -_mean(found.lost if (found := small[part]) else None))
    appearance = {part: evidence.appearance.get(part) for part in _ORDER}
    explaining = (
        (part, found)
        for part, found in [*((part, small[part]) for part in by_loss), *appearance.items()]
        if found is not None and (part == cue or _explains(part, found, exchange, floor))
    )
    cue, exchange = next(explaining, (cue, exchange))
    where = _where(cue, place)
    if cue is Cue.COLOUR_CAST:
        cue, where = tinted(table, evidence.name)
    where = _of_pair(where, evidence.name, decision)
    return NamedCue(
        cue=cue,
        where=where,
        strength=_never_negative(exchange.lost if exchange.two_sided else exchange.won),
        examples=examples_of(table, evidence.name, cue),
    )


_ORDER = tuple(
    spec.id for spec in CUES if spec.given and spec.extent in (Extent.PICTURE, Extent.BORDER)
)


def _whole(
    evidence: ClassEvidence, decision: Decision, floor: float
) -> tuple[Cue, SwapTest] | None:
    """The widest test that confirms or, for a suspected class, of which the gain is proved: a loss
    alone may be another class's doing."""
    tests = evidence.tests
    if decision.verdict is ClassVerdict.CONFIRMED:
        shown = decision.confirmed_by
    elif decision.verdict is ClassVerdict.SUSPECTED:
        shown = tuple(cue for cue, test in tests.items() if _pulls(test, floor))
    else:
        return None
    if Cue.BACKGROUND in shown:
        return Cue.BACKGROUND, tests[Cue.BACKGROUND]
    # Without a swap the strongest look stands for the whole.
    strongest = max(shown, key=lambda cue: _mean(tests[cue].won), default=None)
    return None if strongest is None else (strongest, tests[strongest])


def _pulls(test: SwapTest, floor: float) -> bool:
    lost = test.lost if test.two_sided else test.won
    surely = lost is not None and lost.mean >= floor and (lost.low or 0.0) > 0.0
    told_apart = not isinstance(test, TableTest) or test.apart
    return test.proves_won(floor) and surely and told_apart


def _explains(cue: Cue, part: SwapTest, whole: SwapTest, floor: float) -> bool:
    """The part has the effects of the whole, and they matter by themselves."""
    small = SPEC_OF[cue].extent is Extent.SPOT
    loses, wins = (PATCH_LOSES, PATCH_WINS) if small else (EXPLAINS, EXPLAINS)
    won = _mean(part.won) >= max(wins * _mean(whole.won), floor * (WON if part.two_sided else 1))
    return won and (not part.two_sided or _mean(part.lost) >= max(loses * _mean(whole.lost), floor))


def _never_negative(strength: Effect | None) -> Effect | None:
    return None if strength is None or strength.mean < 0.0 else strength


def _mean(effect: Effect | None) -> float:
    return 0.0 if effect is None else effect.mean


def _where(cue: Cue, place: PatchPosition) -> Location:
    if cue in (Cue.CORNER_MARK, Cue.CO_OCCURRING_OBJECT):
        return Location(place.where)
    return where_of(cue)


def _of_pair(where: Location, name: str, decision: Decision) -> Location:
    """With both classes, where the verdict stands for the two together."""
    if decision.pair_with is None:
        return where
    first, second = sorted((name, decision.pair_with))
    return replace(where, pair=(first, second))
