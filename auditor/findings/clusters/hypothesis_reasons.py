"""Why a hypothesis stands where it stands: codes and numbers. Words are in `auditor.wording`."""

from __future__ import annotations

import math

from auditor.config import FindingsSection
from auditor.domain.cues import SPEC_OF, Cue
from auditor.domain.hypotheses import LOG_ODDS_FLOOR, PATCH, REGION, HypothesisStatus
from auditor.domain.locations import write_location
from auditor.domain.reasons import Reason, Value
from auditor.findings.clusters.hypothesis import Hypothesis
from auditor.statistics.effects import Effect

_PROPERTY_ENDS = {
    HypothesisStatus.CONFIRMED: "hypothesis.shown",
    HypothesisStatus.SUSPECTED: "hypothesis.partly",
    HypothesisStatus.OPEN: "hypothesis.chance",
}


def reason(name: str, each: Hypothesis, images: int, settings: FindingsSection) -> Reason:
    """The first sentence's code, those of the others (number `notes`), and their numbers.

    Args:
        name: of the class.
        each: the hypothesis.
        images: of the class that show it.
        settings: effect floor and minimum of images.
    """
    numbers: dict[str, Value] = {
        "name": name,
        "share": each.share,
        "floor": settings.effect_floor,
        "change": _change(each, images, settings),
        "action": _action(each),
        **_effect("cost", each.cost),
        **_effect("win", each.win),
        **_odds_numbers(each),
    }
    if each.where is not None:
        numbers["where"] = write_location(each.where)
    if each.own_place is not None:
        numbers["consistency"] = each.own_place.value
        numbers["p"] = each.own_place.p_value
    if each.kind == REGION:
        code = "hypothesis.region"
        notes: tuple[str, ...] = (*_odds(each), _exchange_end(each))
    elif each.kind != PATCH:
        numbers["what"] = SPEC_OF[Cue(each.kind)].meaning
        code = "hypothesis.property" if each.cost is None else "hypothesis.property_cost"
        notes = (*_odds(each), _exchange_end(each))
    else:
        code = "hypothesis.patch" if each.where is None else "hypothesis.patch_at"
        notes = (
            _cost(each),
            _win(each),
            *_odds(each),
            *_place(each),
            _end(each, settings.effect_floor),
        )
    return Reason(code, {**numbers, "notes": notes})


def _action(each: Hypothesis) -> str | None:
    """What a person should look at, or do, next."""
    if each.standing is HypothesisStatus.CONFIRMED:
        return None  # the class's own action says it
    if each.kind == REGION:
        return "hypothesis.look_at_region"
    if each.kind != PATCH:
        return "hypothesis.compare"
    return "hypothesis.look" if each.standing is HypothesisStatus.OPEN else "hypothesis.cover"


def _change(each: Hypothesis, images: int, settings: FindingsSection) -> int:
    """Images to change: those that depend on it, at least as many as a verdict needs."""
    affected = math.ceil((each.strength or 0.0) * images / each.share)
    return max(settings.min_images, affected)


def _cost(each: Hypothesis) -> str:
    return "hypothesis.cost_unknown" if each.cost is None else "hypothesis.cost"


def _win(each: Hypothesis) -> str:
    return "hypothesis.win_unknown" if each.win is None else "hypothesis.win"


def _place(each: Hypothesis) -> tuple[str, ...]:
    place = each.own_place
    if place is None:
        return ()
    if each.standing is HypothesisStatus.OPEN and (place.value <= 0 or place.p_value > 0.05):
        return ("hypothesis.place_shared",)
    return ("hypothesis.place" if each.at_own_place else "hypothesis.place_weak",)


def _end(each: Hypothesis, floor: float) -> str:
    if each.standing is HypothesisStatus.CONFIRMED:
        return "hypothesis.explains"
    if each.standing is HypothesisStatus.SUSPECTED:
        return "hypothesis.mark" if each.at_own_place else "hypothesis.as_frame"
    reached = min((e.mean for e in (each.cost, each.win) if e is not None), default=0.0)
    # What carries the class may win less than the floor: a loss of the floor and half of it do.
    return "hypothesis.as_object" if each.carries or reached >= floor else "hypothesis.little"


def _effect(name: str, effect: Effect | None) -> dict[str, Value]:
    if effect is None:
        return {name: None}
    return {name: effect.mean, f"{name}_low": effect.low, f"{name}_high": effect.high}


def _exchange_end(each: Hypothesis) -> str:
    """Of a region or property: those that were exchanged place by place are left to a person."""
    if each.of_appearance or not each.carries:
        return _PROPERTY_ENDS[each.standing]
    return "hypothesis.whose_region" if each.kind == REGION else "hypothesis.whose_property"


def _odds(each: Hypothesis) -> tuple[str, ...]:
    """What it moves in log odds; nothing where that was not asked."""
    if each.odds_win is None:
        return ()
    told = "hypothesis.odds_win" if each.odds_cost is None else "hypothesis.odds"
    return (told, "hypothesis.odds_shown") if each.odds_shown else (told,)


def _odds_numbers(each: Hypothesis) -> dict[str, Value]:
    """What it moves in log odds, and the bar; nothing where that was not asked."""
    found: dict[str, Value] = {}
    if each.odds_win is not None:
        found |= _effect("odds_win", each.odds_win)
        found["odds_bar"] = max(LOG_ODDS_FLOOR, each.odds_null or 0.0)
    if each.odds_cost is not None:
        found |= _effect("odds_cost", each.odds_cost)
    return found
