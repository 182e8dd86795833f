"""A hypothesis of a class without masks in words: what is shown, what is not, what to look at."""

from __future__ import annotations

from auditor.domain.messages import N_
from auditor.domain.reasons import Reason
from auditor.wording.catalogue import Translator
from auditor.wording.numbers import ENGLISH
from auditor.wording.reason_values import notes_of, sentences, told

TEMPLATES = {
    "hypothesis.patch": N_(
        "In {share} of the images of '{name}' the saliency map is highest on such a patch."
    ),
    "hypothesis.patch_at": N_(
        "In {share} of the images of '{name}' the saliency map is highest on such a patch"
        " ({where})."
    ),
    "hypothesis.property": N_(
        "Images of other classes that are given {what} of '{name}' gain {win} of probability for"
        " it."
    ),
    "hypothesis.property_cost": N_(
        "With {what} of other classes' images '{name}' loses {cost} of its probability; images of"
        " other classes that are given {what} of '{name}' gain {win} for it."
    ),
    "hypothesis.region": N_(
        "With one part of other classes' images ({where}) '{name}' loses {cost} of its probability;"
        " images of other classes that are given that part of '{name}' gain {win} for it."
    ),
    "hypothesis.odds": N_(
        "In log odds against the other classes of the data it costs {odds_cost} and wins"
        " {odds_win}."
    ),
    "hypothesis.odds_win": N_(
        "In log odds against the other classes of the data it wins {odds_win}."
    ),
    "hypothesis.odds_shown": N_(
        "That is surely more than control patches of the same size move ({odds_bar})."
    ),
    "hypothesis.cost": N_(
        "With the patch filled '{name}' loses {cost} more of its probability than with an equal"
        " patch elsewhere filled."
    ),
    "hypothesis.cost_unknown": N_(
        "How much the patch costs is unknown: no equal patch apart from it could be filled for"
        " comparison."
    ),
    "hypothesis.win": N_(
        "Pasted on images of other classes, the patch adds {win} to their probability for '{name}'."
    ),
    "hypothesis.win_unknown": N_("It was not pasted on images of other classes."),
    "hypothesis.place_shared": N_(
        "It lies where the maps of other classes lie too (consistency {consistency}, 0% by chance,"
        " p = {p})."
    ),
    "hypothesis.place": N_(
        "It keeps to a place where the maps of other classes do not lie (consistency"
        " {consistency}, 0% by chance, p = {p})."
    ),
    "hypothesis.place_weak": N_(
        "Its place differs a little from that of the maps of other classes (consistency"
        " {consistency}, 0% by chance, p = {p})."
    ),
    "hypothesis.explains": N_(
        "It explains the property of the whole picture that confirms the class."
    ),
    "hypothesis.as_frame": N_(
        "Its cost and its gain are those of the outer frame, which is shown only in part."
    ),
    "hypothesis.mark": N_(
        "It decides the answer from a place of its own, as a mark does. Without masks it may still"
        " be an object that always lies there."
    ),
    "hypothesis.as_object": N_(
        "An object has the same cost and gain: check whether the patch shows one."
    ),
    "hypothesis.little": N_("Cost and gain do not both reach {floor}: little depends on it."),
    "hypothesis.shown": N_("This is shown, and needs no mask."),
    "hypothesis.partly": N_("Only a part of this is shown."),
    "hypothesis.whose_region": N_(
        "Both are shown; whether that part shows the object, a person has to say."
    ),
    "hypothesis.whose_property": N_(
        "Both are shown; whether it belongs to the object, a person has to say."
    ),
    "hypothesis.chance": N_("Neither exceeds chance and what other classes show."),
}
"""English by code; each a whole sentence or two."""

ACTIONS = {
    "hypothesis.look_at_region": N_(
        "Look at that part of its examples ({where}). If it does not show the object, crop or"
        " cover it in all images before training; masks for '{name}' would settle it."
    ),
    "hypothesis.compare": N_(
        "Compare {what} of '{name}' with other classes; give masks, or test more images, to"
        " settle it."
    ),
    "hypothesis.look": N_(
        "Look at its example patches. If they show the object, this hypothesis is settled; if they"
        " show anything else, treat it as a cue."
    ),
    "hypothesis.cover": N_(
        "Look at its example patches. If they do not show the object, cover or crop them in at"
        " least {change} images of '{name}', or put the same thing on images of every class; masks"
        " for '{name}' would settle it."
    ),
}


def hypothesis_reason(reason: Reason, _: Translator = ENGLISH) -> str:
    """Why it stands where it stands; "" for an unknown code."""
    return sentences((reason.code, *notes_of(reason)), TEMPLATES, reason, _)


def hypothesis_action(reason: Reason, _: Translator = ENGLISH) -> str | None:
    """What to look at, or do, next (number `action`); None where nothing is."""
    code = reason.numbers.get("action")
    if not isinstance(code, str) or code not in ACTIONS:
        return None
    return _(ACTIONS[code], **told(reason, _))
