"""Verdicts on a label among several, in words: it is held against its own absence alone."""

from __future__ import annotations

from auditor.domain.cues import Step
from auditor.domain.messages import N_

OF_LABELS = {
    "confirmed.label": N_(
        "On backgrounds of images without '{name}' the model's probability for '{name}' drops from"
        " {usual} to {left} (it loses {loss}), and images without '{name}' gain {won} for it on"
        " its backgrounds. Each label is answered by its own sigmoid: the verdict is this label's"
        " alone."
    ),
    "confirmed.label_attribute": N_(
        "With {what} exchanged for that of images without it '{name}' loses {loss} of its"
        " probability; images without '{name}' that are given {what} of its images gain {won}."
    ),
    "confirmed.label_edge": N_(
        "Something lies across the edge of its objects: filled, it costs {loss}; the part beside"
        " the object alone costs {beside} and, laid beside objects in images without '{name}', wins"
        " {won}."
    ),
    "suspected.label": N_(
        "On backgrounds of images without it '{name}' loses {loss} of its probability, and images"
        " without '{name}' gain {won} for it on its backgrounds. A background that is worth {floor}"
        " is neither proved nor ruled out."
    ),
    "suspected.label_attribute": N_(
        "Exchanging {what} with images without it costs '{name}' {loss} of its probability and"
        " gives those images {won} for it. A cue worth {floor} is neither proved nor ruled out."
    ),
    "clean.label": N_(
        "On backgrounds of images without it '{name}' loses {loss} of its probability, and images"
        " without '{name}' gain {won} for it on its backgrounds: a background cue worth {floor} or"
        " more is ruled out."
    ),
    "undetermined.label_no_images": N_("No image with this label was audited."),
    "undetermined.label_no_others": N_(
        "No image without this label was tested, so there are no other backgrounds to put its"
        " objects on."
    ),
    "undetermined.label_too_few_donors": N_(
        "Too few backgrounds to clear it: {donors} were tried; at least {least} with the label and"
        " without it are needed."
    ),
    "undetermined.label_zero_maps": N_("Every saliency map of the label is zero."),
}

OF_CASES = {
    "shortcut.label": N_(
        "Right, but the answer depends on the background: on backgrounds of images that are"
        " '{other}' the model's probability for '{label}' drops from {before} to {after}."
    ),
    "suspected.label": N_(
        "On backgrounds of images that are '{other}' the model's probability for '{label}' drops"
        " from {before} to {after}, but the label is not proved to rely on its background."
    ),
    "suspected.label_fills": N_(
        "Of a label that relies on its background. Under one way of filling this picture loses"
        " {most}, under the other {loss}: its own trials do not settle it."
    ),
    "context.label": N_(
        "The saliency map prefers the background, yet the answer does not depend on it: on"
        " backgrounds of images that are '{other}' the probability for '{label}' goes from {before}"
        " to {after}."
    ),
    "object.label_costs": N_(
        "On backgrounds of images that are '{other}' the model's probability for '{label}' drops"
        " from {before} to {after}. The label is not proved to rely on its background, and the"
        " loss of a single picture is no proof."
    ),
    "object.label_tested": N_(
        "The answer does not depend on the background: on backgrounds of images that are '{other}'"
        " the probability for '{label}' goes from {before} to {after}."
    ),
}

OF_ACTIONS = {
    "action.label_cue": N_("{advice}; retrain and audit again."),
    "action.label_no_others": N_("Add images without '{name}', with masks of what they show."),
    "action.label_too_few_donors": N_(
        "Add images with '{name}' and images without it, with masks, or raise --per-class and"
        " interventions.swaps."
    ),
}

ADVICE = {
    Step.COLLECT: N_(
        "Collect about {change} images of '{name}' on backgrounds such as those of images without"
        " it, and images without '{name}' on backgrounds such as its own"
    ),
    Step.REMOVE: N_(
        "Cover or crop away what carries it in at least {change} images of '{name}' ({where}), or"
        " put the same at random on images without '{name}'"
    ),
    Step.CROP: N_(
        "Crop away what carries it in all images before training ({where}), or put the same at"
        " random on images without '{name}'"
    ),
    Step.BALANCE: N_(
        "Balance it between images with '{name}' and without it, or vary it at random in training"
        " ({where}); at least {change} images of '{name}' should come without it"
    ),
}
"""What to do about a label's cue, by the cue's step."""
