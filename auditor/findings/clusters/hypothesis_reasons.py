"""A hypothesis in plain words: what is shown, what is not, and what a person should look at."""

from __future__ import annotations

import math

from auditor.config import FindingsSection
from auditor.domain.cues import Cue
from auditor.domain.hypotheses import PATCH, HypothesisStatus
from auditor.findings.clusters.hypotheses import Hypothesis
from auditor.statistics.effects import Effect
from auditor.wording.numbers import count, interval, share

LOOK_WORDS = {
    Cue.COLOUR_CAST.value: "the tint of the whole picture",
    Cue.BLUR.value: "the softness of the whole picture",
    Cue.BORDER_FRAME.value: "the outer frame of the picture",
}


def reason(each: Hypothesis, floor: float) -> str:
    """Why it stands where it stands."""
    if each.kind != PATCH:
        return f"{_look(each)} {_LOOK_ENDS[each.standing]}"
    told = [
        f"In {round(100 * each.share)}% of the class's images the map is highest on such a patch"
        + (f" ({each.where})." if each.where else "."),
        _cost(each),
        _win(each),
        _place(each),
        _patch_end(each, floor),
    ]
    return " ".join(told)


def action(name: str, each: Hypothesis, images: int, settings: FindingsSection) -> str | None:
    """What a person should look at, or do, next."""
    if each.standing is HypothesisStatus.CONFIRMED:
        return None  # the class's own action says it
    if each.kind != PATCH:
        return (
            f"Compare {LOOK_WORDS[each.kind]} of '{name}' with other classes; give masks, or test"
            " more images, to settle it."
        )
    if each.standing is HypothesisStatus.OPEN:
        return (
            "Look at its example patches. If they show the object, this hypothesis is settled; if"
            " they show anything else, treat it as a cue."
        )
    number = max(settings.min_images, math.ceil((each.strength or 0.0) * images / each.share))
    return (
        f"Look at its example patches. If they do not show the object, cover or crop them in at"
        f" least {count(number, 'image')} of '{name}', or put the same thing on images of every"
        f" class; masks for '{name}' would settle it."
    )


def _cost(each: Hypothesis) -> str:
    if each.cost is None:
        return "What it costs to fill the patch is unknown: no equal patch lies apart from it."
    return f"Filling the patch costs {_effect(each.cost)} more than filling an equal one elsewhere."


def _win(each: Hypothesis) -> str:
    if each.win is None:
        return "It was not laid on images of other classes."
    return (
        f"Laid on images of other classes it wins {_effect(each.win)} of their probability for the"
        " class."
    )


def _place(each: Hypothesis) -> str:
    place = each.own_place
    if place is None:
        return ""
    shown = f"(consistency {share(place.value)}, 0 is chance, p = {place.p_value:.3f})"
    if each.standing is HypothesisStatus.OPEN and (place.value <= 0 or place.p_value > 0.05):
        return f"It lies where other classes' maps lie too {shown}."
    much = "" if each.at_own_place else " a little"
    return f"Its place differs{much} from that of other classes' maps {shown}."


def _patch_end(each: Hypothesis, floor: float) -> str:
    if each.standing is HypothesisStatus.CONFIRMED:
        return "It explains the property of the whole picture that confirms the class."
    if each.standing is HypothesisStatus.SUSPECTED and not each.at_own_place:
        return "It costs and wins what the outer frame does, which is proved in part."
    if each.standing is HypothesisStatus.SUSPECTED:
        return (
            "It carries the class from a place of its own, as a mark does. Without masks it may"
            " still be an object that always lies there."
        )
    carries = min((e.mean for e in (each.cost, each.win) if e is not None), default=0.0)
    if carries >= floor:
        return "An object does the same: look whether the patch shows one."
    return f"Cost and win do not both reach {share(floor)}: little hangs on it."


def _look(each: Hypothesis) -> str:
    lost = (
        f" the class loses {_effect(each.cost)} in that of other classes, and"
        if each.cost is not None
        else ""
    )
    return (
        f"{LOOK_WORDS[each.kind].capitalize()}:{lost} it wins {_effect(each.win)} from images of"
        " other classes."
    )


_LOOK_ENDS = {
    HypothesisStatus.CONFIRMED: "This is proved, and needs no mask.",
    HypothesisStatus.SUSPECTED: "Only part of this is proved.",
    HypothesisStatus.OPEN: "Neither is proved beyond chance and what other classes show.",
}


def _effect(effect: Effect | None) -> str:
    return "?" if effect is None else interval(effect.mean, effect.low, effect.high)
