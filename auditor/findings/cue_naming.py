"""Which cue a class relies on: the smallest change that explains what swapping backgrounds does."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.domain.cues import Cue
from auditor.domain.interventions import Intervention
from auditor.domain.verdicts import ClassVerdict
from auditor.findings.class_evidence import ClassEvidence
from auditor.findings.class_verdicts import Decision
from auditor.findings.effects import Effect
from auditor.findings.exchange import Exchange
from auditor.findings.positions import Place, place_of
from auditor.findings.trial_table import TrialTable

EXPLAINS = 0.6
"""A part of the picture names the cue if it carries this share of what the whole does."""
PATCH_WINS = 0.3
"""Of what the whole wins a patch need carry only this much: it comes to lie under objects."""
EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class NamedCue:
    """What a class relies on.

    Attributes:
        cue: its kind.
        where: in the picture, in words.
        strength: probability lost without it (blur: won by it).
        examples: case_ids that show it best.
    """

    cue: Cue
    where: str
    strength: Effect | None
    examples: tuple[str, ...]


def name_cue(
    evidence: ClassEvidence, decision: Decision, table: TrialTable, floor: float
) -> NamedCue | None:
    """The cue of a confirmed class, or of a suspected one of which one of the questions is proved;
    None where nothing points to one.

    Of the swap of the whole background and what is part of it (salient patch, tint, softness,
    frame) the part is named that explains most, if it explains at least `EXPLAINS` of it: of what
    the class loses and of what it wins. On a tie the smaller change comes first.

    Args:
        evidence: of the class.
        decision: its verdict.
        table: all trials.
        floor: effect floor.
    """
    whole = _whole(evidence, decision, floor)
    if whole is None:
        return None
    cue, exchange = whole
    # The patch has no name before its place is known.
    parts: dict[Cue | None, Exchange | None] = {None: evidence.patch}
    parts |= dict(evidence.looks.items())
    shares = {
        part: _explained(found, exchange, EXPLAINS if part else PATCH_WINS)
        for part, found in parts.items()
        if found is not None and part != cue and _reaches(found, floor)
    }
    place = _patch_place(table, evidence.name)
    best = max(shares, key=lambda part: shares[part], default=cue)
    if best is not cue and shares.get(best, 0.0) >= EXPLAINS:
        exchange = parts[best] or exchange
        cue = best or place.cue
    return NamedCue(
        cue=cue,
        where=_where(cue, place),
        strength=exchange.needed if exchange.two_sided else exchange.won,
        examples=examples_of(table, evidence.name, cue),
    )


def _whole(
    evidence: ClassEvidence, decision: Decision, floor: float
) -> tuple[Cue, Exchange] | None:
    """The widest test that convicts or, for a suspected class, that proves one side."""
    tests = {Cue.BACKGROUND: evidence.background, **evidence.looks}
    if decision.verdict is ClassVerdict.CONFIRMED:
        shown = decision.convicted_by
    elif decision.verdict is ClassVerdict.SUSPECTED:
        shown = tuple(cue for cue, test in tests.items() if _half_proved(test, floor))
    else:
        return None
    if Cue.BACKGROUND in shown:
        return Cue.BACKGROUND, tests[Cue.BACKGROUND]
    # Without a swap the strongest look stands for the whole.
    strongest = max(shown, key=lambda cue: _mean(tests[cue].won), default=None)
    return None if strongest is None else (strongest, tests[strongest])


def _half_proved(test: Exchange, floor: float) -> bool:
    return test.proves_needed(floor) or test.proves_won(floor)


def _reaches(part: Exchange, floor: float) -> bool:
    asked = (part.needed, part.won) if part.two_sided else (part.won,)
    return all(_mean(effect) >= floor for effect in asked)


def _explained(part: Exchange, whole: Exchange, wins: float) -> float:
    """The share of the whole's effects that the part has too, at most 1; what it wins counts as
    enough from the share `wins` on."""
    shares = [1.0]
    if _mean(whole.won) > 0:
        shares.append(_mean(part.won) / _mean(whole.won) * EXPLAINS / wins)
    if part.two_sided and _mean(whole.needed) > 0:
        shares.append(_mean(part.needed) / _mean(whole.needed))
    return min(shares)


def _mean(effect: Effect | None) -> float:
    return 0.0 if effect is None else effect.mean


def _patch_place(table: TrialTable, name: str) -> Place:
    rows = table.sample(Intervention.SALIENT_REMOVED)
    rows = rows[(rows["label"] == name) & rows["place"].notna()].drop_duplicates("case_id")
    return place_of(rows["place"]) or Place(Cue.CO_OCCURRING_OBJECT, "beside the object")


def _where(cue: Cue, place: Place) -> str:
    if cue in (Cue.CORNER_MARK, Cue.CO_OCCURRING_OBJECT):
        return place.words
    return where_of(cue)


def where_of(cue: Cue) -> str:
    """Where a cue lies that has no place of its own, in words."""
    return {
        Cue.BACKGROUND: "all around the object",
        Cue.BORDER_FRAME: "the outer edge of the picture",
    }.get(cue, "the whole picture")


_SHOWN_BY = {
    Cue.BACKGROUND: Intervention.BACKGROUND_OTHER,
    Cue.CORNER_MARK: Intervention.SALIENT_REMOVED,
    Cue.CO_OCCURRING_OBJECT: Intervention.SALIENT_REMOVED,
    Cue.BORDER_FRAME: Intervention.FRAME_OTHER,
    Cue.COLOUR_CAST: Intervention.CAST_OTHER,
}


def examples_of(table: TrialTable, name: str, cue: Cue) -> tuple[str, ...]:
    """Cases that lose most without the cue; of a blur the donors that win most."""
    if cue is Cue.BLUR:
        rows = table.sample(Intervention.BLUR_OTHER)
        shown = rows[rows["donor_label"] == name].groupby("donor")["gain"].mean()
    else:
        rows = table.sample(_SHOWN_BY[cue])
        shown = rows[rows["label"] == name].groupby("case_id")["loss"].mean()
    ranked = sorted((-value, str(case)) for case, value in shown.dropna().items())
    return tuple(case for _, case in ranked[:EXAMPLES])
