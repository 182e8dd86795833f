"""The verdict on one image in words. Templates by code, as for classes."""

from __future__ import annotations

from auditor.domain.mask_doubts import DOUBT_MEANING, MaskDoubt
from auditor.domain.messages import N_
from auditor.domain.reasons import Reason
from auditor.wording.catalogue import Translator
from auditor.wording.label_reasons import OF_CASES
from auditor.wording.languages import LANGUAGES
from auditor.wording.numbers import ENGLISH
from auditor.wording.reason_values import notes_of, sentences

WRONG_AND_COSTLY = N_(
    "The answer is wrong, and on other backgrounds the model's probability for '{label}' drops from"
    " {before} to {after} all the same. A picture that is answered wrongly is no shortcut."
)

STILL_WRONG = N_(
    "The answer is wrong, and other backgrounds do not right it: on them the model's probability"
    " for '{label}' goes from {before} to {after}."
)

TEMPLATES = {
    **OF_CASES,
    "shortcut": N_(
        "Right, but the answer depends on the background: on backgrounds of other classes the"
        " model's probability for '{label}' drops from {before} to {after}."
    ),
    "shortcut.alone": N_(
        "Right, but the answer depends on the background: on every other background the model's"
        " probability for '{label}' drops, from {before} to {after} at best. This image shows it"
        " by itself; its class as a whole does not."
    ),
    "misled": N_(
        "Wrong as '{predicted}' because of the background: without it the answer is '{label}',"
        " {gain} more probable than before."
    ),
    "misled.own": N_(
        "Wrong as '{predicted}' because of the background: on backgrounds of other images of"
        " '{label}' the answer is '{label}', {gain} more probable than before."
    ),
    "suspected.untested": N_(
        "The saliency map prefers the background; interventions were not run on this image."
    ),
    "suspected.not_swapped": N_(
        "The saliency map prefers the background; the object could not be put on other backgrounds."
    ),
    "suspected.class": N_(
        "On backgrounds of other classes the model's probability for '{label}' drops from {before}"
        " to {after}, but the class is not proved to rely on its background."
    ),
    "suspected.fills": N_(
        "In a class that relies on its background. Under one way of filling this picture loses"
        " {most}, under the other {loss}: its own trials do not settle it."
    ),
    "context": N_(
        "The saliency map prefers the background, yet the answer does not depend on it: on"
        " backgrounds of other classes the probability for '{label}' goes from {before} to {after}."
    ),
    "object": N_("The saliency map stays on the object; interventions were not run on this image."),
    "object.tested": N_(
        "The answer does not depend on the background: on backgrounds of other classes the"
        " probability for '{label}' goes from {before} to {after}."
    ),
    "object.costs": N_(
        "On backgrounds of other classes the model's probability for '{label}' drops from {before}"
        " to {after}. Its class is not proved to rely on its background, and the loss of a single"
        " picture is no proof."
    ),
    "context.wrong": WRONG_AND_COSTLY,
    "object.wrong": WRONG_AND_COSTLY,
    "context.still_wrong": STILL_WRONG,
    "object.still_wrong": STILL_WRONG,
    "object.map": N_("The saliency map stays on the object; its trials show no reliance."),
    "undetermined.mask": N_("Its mask carries no score: {doubt}."),
    "undetermined.no_mask": N_(
        "No object mask: the map cannot be compared with it and nothing can be swapped."
    ),
    "undetermined.zero_map": N_("The saliency map is zero everywhere."),
    "undetermined.nothing_left": N_("Nothing of the object is left in the model's view."),
    "undetermined.grid": N_(
        "The object ({area} of the view) is too small or too large for the map's grid to tell it"
        " from the background."
    ),
    "note.shown": N_("Its saliency map shows it."),
    "note.not_shown": N_("Its saliency map does not show it."),
}
"""English by code; each a whole sentence or two."""


def case_reason(reason: Reason, _: Translator = ENGLISH) -> str:
    """The reason of a case's verdict in the reader's language."""
    doubt = reason.numbers.get("doubt")
    if isinstance(doubt, str):
        meaning = _.told(DOUBT_MEANING[MaskDoubt(doubt)])
        reason = Reason(reason.code, {**reason.numbers, "doubt": meaning})
    return sentences((reason.code, *notes_of(reason)), TEMPLATES, reason, _)


def codes_saying(text: str, _: Translator) -> tuple[str, ...]:
    """Codes of the reasons whose sentence in another language than English holds a text.

    None in English, in which reasons are stored: there the stored sentence, with its numbers and
    names, is what is read.
    """
    if not text or _.language == LANGUAGES[0]:
        return ()
    wanted = text.casefold()
    return tuple(code for code, words in TEMPLATES.items() if wanted in _(words).casefold())
