"""What the data team should do about a class, in words; the code is in the reason's numbers."""

from __future__ import annotations

from auditor.domain.cues import SPEC_OF, Cue, spec_of
from auditor.domain.messages import N_
from auditor.domain.reasons import Reason
from auditor.wording.catalogue import Translator
from auditor.wording.hypothesis_reasons import hypothesis_action
from auditor.wording.label_reasons import ADVICE, OF_ACTIONS
from auditor.wording.numbers import ENGLISH
from auditor.wording.place_words import place_words
from auditor.wording.reason_values import told

TEMPLATES = {
    **OF_ACTIONS,
    "action.cue": N_("{advice}; retrain and audit again."),
    "action.pair": N_(
        "Collect about {change} images of '{name}' on backgrounds such as those of '{other}', and"
        " the other way round; retrain and audit again."
    ),
    "action.not_run": N_("Run the audit with interventions."),
    "action.only_cued": N_(
        "Fix the confirmed classes first, then audit again: as long as their backgrounds carry"
        " cues, this class cannot be evaluated."
    ),
    "action.of_three": N_(
        "Look at what backgrounds of '{name}' and '{third}' have in common that those of '{other}'"
        " lack. Add images of '{name}' on backgrounds such as those of '{other}', or a fourth"
        " class, and audit again."
    ),
    "action.at_the_bar": N_(
        "More images would hardly settle it. Look at its worst cases and decide by them."
    ),
    "action.test_more": N_(
        "Test more of its images (about {more} would settle it): raise --per-class."
    ),
    "action.add_images": N_(
        "Add about {missing} images of '{name}' with masks, on varied backgrounds, and audit again"
        " with --per-class {more} or more (about {more} tested images would settle it); until then"
        " look at its worst cases."
    ),
    "action.context": N_(
        "Nothing to fix now. Look at a few of its cases: the model responds to the background, and"
        " the next training run may come to use it."
    ),
    "action.no_images": N_("Add images of '{name}' to the audited data."),
    "action.no_masks": N_(
        "Give object masks (or boxes) for '{name}'; until then look at its ranked hypotheses."
    ),
    "action.doubtful_masks": N_(
        "Draw the objects of '{name}', or name a better segmentation network (data.auto_mask)."
    ),
    "action.masks": N_(
        "Draw the objects of '{name}', or check its masks: its verdict changes with their outlines."
    ),
    "action.too_few": N_(
        "Add at least {missing} more images of '{name}' with masks; if not all that it has were"
        " tested, raise --per-class."
    ),
    "action.too_few_groups": N_("Add images of '{name}' that are not copies of each other."),
    "action.inverted_masks": N_(
        "Check whether the masks of '{name}' are inverted (non-zero pixels are the object), and"
        " audit again."
    ),
    "action.unusable_masks": N_(
        "Check the masks of '{name}': the column mask_doubt tells what is wrong with each."
    ),
    "action.pasting": N_(
        "Check the masks of '{name}': a mask that cuts into its object breaks it when it is pasted."
    ),
    "action.too_few_swaps": N_(
        "Add images of '{name}' whose object fills less of the view, with masks (at least"
        " {missing})."
    ),
    "action.no_others": N_("Audit at least two classes with masks together."),
    "action.beside_owner": N_(
        "Fix '{other}' first (add images of it without its cue), then audit both again."
    ),
    "action.too_few_donors": N_(
        "Add images of '{name}' and of other classes with masks, or raise --per-class and"
        " interventions.swaps."
    ),
    "action.nothing_to_lose": N_(
        "Check labels and training of '{name}': the model does not know it."
    ),
    "action.zero_maps": N_(
        "Try another layer (--layer) or method (--method), and see whether the network is"
        " saturated."
    ),
}
"""English by code."""

ELSEWHERE = N_("on plain and varied backgrounds that no class is usually seen on")
SOME_EACH = N_("on backgrounds such as those of {places} (about {each} each)")
SOME = N_("on backgrounds such as those of {places}")
IMAGES = N_("{change} images")


def class_action(
    reason: Reason, cue: str | None, where: str | None, _: Translator = ENGLISH
) -> str | None:
    """The next step in the data team's words; None where nothing is to be done.

    Args:
        reason: of the verdict; number `action` is the code.
        cue, where: columns `cue` and `cue_where_code` (older runs: `cue_where`) of the class.
    """
    code = reason.numbers.get("action")
    if not isinstance(code, str) or code not in TEMPLATES:
        return hypothesis_action(reason, _)
    values = told(reason, _)
    if code == "action.cue":
        values["advice"] = _advice(reason, values, cue, where, _)
    if code == "action.label_cue":
        spec = spec_of(cue) or SPEC_OF[Cue.BACKGROUND]
        place = place_words(where, _) if where else _(spec.where)
        values["advice"] = _(ADVICE[spec.step], **{**values, "where": place})
    return _(TEMPLATES[code], **values)


def _advice(
    reason: Reason, values: dict[str, str], cue: str | None, where: str | None, _: Translator
) -> str:
    spec = spec_of(cue) or SPEC_OF[Cue.BACKGROUND]
    places = reason.numbers.get("places")
    many = isinstance(places, tuple) and len(places) > 1
    elsewhere = _(SOME_EACH if many else SOME, **values) if places else _(ELSEWHERE)
    return _(
        spec.advice,
        name=values["name"],
        images=_(IMAGES, **values),
        where=place_words(where, _) if where else _(spec.where),
        backgrounds=elsewhere,
    )
