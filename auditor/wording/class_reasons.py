"""The verdict on a class in words: what was changed, what happened, how sure, and what to do.

Templates by code. The numbers come with the reason (columns `reason_code` and `reason_numbers`).
"""

from __future__ import annotations

from auditor.domain.messages import N_
from auditor.domain.reasons import Reason
from auditor.wording.catalogue import Translator
from auditor.wording.hypothesis_reasons import hypothesis_reason
from auditor.wording.label_reasons import OF_LABELS
from auditor.wording.numbers import ENGLISH
from auditor.wording.reason_values import notes_of, sentences

HYPOTHESIS = "suspected.hypothesis"
"""Code of a class that only a hypothesis points to: told by that of the hypothesis."""

CONFIRMED = {
    "confirmed.background": N_(
        "On other backgrounds the model's probability for '{name}' drops from {usual} to {left}:"
        " it loses {loss}. Behind objects of other classes its backgrounds add {won} to the"
        " probability for '{name}'."
    ),
    "confirmed.rival": N_(
        "On other backgrounds the model's probability for '{name}' drops from {usual} to {left}:"
        " it loses {loss}, to '{rival}' most of all. Its backgrounds decide between these two:"
        " behind objects of '{rival}' they make the model see '{name}'."
    ),
    "confirmed.pair": N_(
        "The background decides between '{name}' and '{other}': on backgrounds of '{other}' the"
        " model's probability for '{name}' drops from {usual} to {left} (it loses {loss}) and"
        " {flipped} of the answers turn to '{other}'; '{other}' loses {won} on backgrounds of"
        " '{name}'. With two classes it cannot be told whose background is the cue, so the verdict"
        " applies to both."
    ),
    "confirmed.owner": N_(
        "On backgrounds of '{other}' the model's probability for '{name}' drops from {usual} to"
        " {left} (it loses {loss}), and on backgrounds of '{name}' the model takes '{other}' for"
        " '{name}' (it loses {won})."
    ),
    "confirmed.attribute": N_(
        "With {what} exchanged for that of other classes' pictures '{name}' loses {loss} of its"
        " probability; pictures of other classes that are given {what} of '{name}' gain {won}."
    ),
    "confirmed.attribute_given": N_(
        "Pictures of other classes that are given {what} of '{name}' gain {won} of probability"
        " for it."
    ),
    "confirmed.edge": N_(
        "Something lies across the edge of its objects: filled, it costs {loss}; the part beside"
        " the object alone costs {beside} and, laid beside objects of other classes, wins {won}."
    ),
    "confirmed.review": N_(
        "Without one part of its pictures ({where}) '{name}' loses {cost} of its probability, and"
        " {who} said on {day} that this part is not the object."
    ),
}

SUSPECTED = {
    "suspected.not_run": N_(
        "Interventions were not run; {nominated} of its saliency maps prefer the background"
        " ({chance} by chance). A map alone is not evidence of reliance."
    ),
    "suspected.needed": N_(
        "On other backgrounds '{name}' loses {loss} of its probability, more than by chance. But"
        " on objects of other classes its backgrounds do not add to the probability for '{name}'"
        " beyond chance ({won}), as a cue of its own would."
    ),
    "suspected.won": N_(
        "Its backgrounds make the model see '{name}' in objects of other classes ({won} of"
        " probability), but its own pictures are not proved to need them: on other backgrounds"
        " they lose {loss}. A shortcut needs an effect of {floor} with a lower bound of at least"
        " {bar}."
    ),
    "suspected.of_three": N_(
        "On backgrounds of '{other}' '{name}' loses {beside} of its probability, on those of"
        " '{third}' {beside_third}. With three classes the numbers would be the same if '{other}'"
        " had a cue of its own and if '{name}' and '{third}' shared one: neither is proved nor"
        " ruled out."
    ),
    "suspected.only_cued": N_(
        "All other classes have backgrounds with a cue of their own, and a picture without any of"
        " those cues is taken for '{name}'. It loses {loss} on their backgrounds; whether it has a"
        " cue of its own cannot be told as long as they have theirs."
    ),
    "suspected.attribute": N_(
        "Exchanging {what} with other classes costs '{name}' {loss} of its probability and gives"
        " other classes' pictures {won} for it. A cue worth {floor} is neither proved nor ruled"
        " out."
    ),
    "suspected.fills": N_(
        "On other backgrounds '{name}' loses {loss} of its probability, but not under both ways"
        " of filling the hole that the donor's object leaves ({fills})."
    ),
    "suspected.pair": N_(
        "On each other's backgrounds '{name}' loses {loss} and '{other}' {won} of probability. A"
        " background that is worth {floor} is neither proved nor ruled out."
    ),
    "suspected.open": N_(
        "On other backgrounds '{name}' loses {loss} of its probability. A proof needs {floor}, a"
        " lower bound of {bar}, and to hold among the tests of all classes; clearing it needs an"
        " upper bound below {floor}. Neither is reached."
    ),
}

CLEARED = {
    "clean.loss": N_(
        "On other backgrounds '{name}' loses {loss} of its probability (below 0 it gains): a"
        " background cue of its own worth {floor} or more is ruled out."
    ),
    "clean.pull": N_(
        "Behind objects of other classes its backgrounds add {won} to the probability for"
        " '{name}': too little for a background cue of its own worth {floor} or more."
    ),
    "clean.pair": N_(
        "On each other's backgrounds '{name}' loses {loss} and '{other}' {won} of probability: a"
        " background that decides between them by {floor} or more is ruled out."
    ),
    "clean.beside_owner": N_(
        "'{other}' has a cue in its backgrounds. On those that lack it '{name}' loses {loss} of"
        " its probability: a cue of its own worth {floor} or more is ruled out."
    ),
    "context.nominated": N_(
        "{nominated} of its saliency maps prefer the background ({chance} by chance), yet its"
        " answers do not depend on it."
    ),
    "context.empty": N_(
        "Its backgrounds are recognised without an object (they give {suffices}), yet its answers"
        " do not depend on them."
    ),
}

UNDETERMINED = {
    "undetermined.no_images": N_("No image of this class was audited."),
    "undetermined.no_masks": N_(
        "None of its {images} images has an object mask, so no background could be swapped."
    ),
    "undetermined.doubtful_masks": N_(
        "Its masks are automatic, and where drawn ones exist they overlap them by less than 70% in"
        " the median: with objects cut out by them, nothing can be proved or ruled out."
    ),
    "undetermined.masks": N_(
        "Its verdict may be the doing of its masks: where they are made a little smaller or larger,"
        " shifted, or partly left out, it stands in {stable} of the trials only."
    ),
    "undetermined.not_run": N_("Interventions were not run."),
    "undetermined.too_few": N_("Only {tested} of its images could be tested; {needed} are needed."),
    "undetermined.too_few_groups": N_(
        "The {tested} tested images are near-duplicates: only {groups} are independent."
    ),
    "undetermined.inverted_masks": N_(
        "{inverted} of its {images} masks touch the frame all round, as inverted ones do, so only"
        " {tested} of its images could be tested; {needed} are needed."
    ),
    "undetermined.unusable_masks": N_(
        "None of its objects could be cut out: its masks are empty, cover the whole picture or"
        " cannot be trusted, so no background could be swapped."
    ),
    "undetermined.pasting": N_(
        "Pasting disturbs its images: putting the object back on its own filled background"
        " already costs {damage} of its probability."
    ),
    "undetermined.too_few_swaps": N_(
        "Only {swapped} of its objects could be put on other backgrounds; {needed} are needed."
    ),
    "undetermined.no_others": N_(
        "No other class with usable masks was tested, so there are no other backgrounds to put its"
        " objects on."
    ),
    "undetermined.beside_owner": N_(
        "'{other}' has a cue in its backgrounds, and too few of them lack it to tell whether"
        " '{name}' has a cue of its own."
    ),
    "undetermined.too_few_donors": N_(
        "Too few backgrounds to clear it: {donors} were tried; at least {least} a class are needed."
    ),
    "undetermined.nothing_to_lose": N_(
        "Even on its own backgrounds its probability is only {usual}: too low to measure a loss,"
        " so nothing can be ruled out."
    ),
    "undetermined.zero_maps": N_("Every saliency map of the class is zero."),
}

NOTES = {
    "note.patch": N_("A small patch carries it ({where}): without that patch it loses {patch}."),
    "note.part": N_("It is carried by {what_part}: exchanged alone, that costs {part}."),
    "note.donors": N_(
        "Some pictures of '{name}' lack the cue, and their backgrounds act as those of '{other}'"
        " do: so it is the backgrounds of '{name}' that carry it."
    ),
    "note.filled": N_(
        "Filling the patch of the background that the map points at costs '{name}' {patch} and"
        " '{other}' almost nothing: so it is the backgrounds of '{name}' that carry it."
    ),
    "note.silent": N_(
        "The saliency maps do not show it: {nominated} of them prefer the background ({chance} by"
        " chance)."
    ),
    "note.unscored": N_("Its saliency maps could not be scored against the masks."),
    "note.shares": N_("The backgrounds of {shares} carry the same cue."),
    "note.of_three": N_(
        "With three classes the numbers would be the same if {rest} shared a cue that '{name}'"
        " lacks: look at what their backgrounds have in common, too."
    ),
    "note.of_both": N_(
        "With two classes what one wins the other loses: the verdict stands for '{other}', too."
    ),
    "note.most_cued": N_(
        "No other class is known to be without a cue of its own, so the loss is that of the fitted"
        " table."
    ),
}

TEMPLATES = CONFIRMED | SUSPECTED | CLEARED | UNDETERMINED | NOTES | OF_LABELS
"""English by code; each a whole sentence or two."""


def class_reason(reason: Reason, _: Translator = ENGLISH) -> str:
    """The reason of a class's verdict in the reader's language; an unknown code is told as it is
    stored, without words: an empty text."""
    if reason.code == HYPOTHESIS:
        return hypothesis_reason(reason, _)
    return sentences((reason.code, *notes_of(reason)), TEMPLATES, reason, _)
