"""What a report calls things, for readers who have never seen a heat map.

English texts, keys of the message catalogues. Verdicts, measures, cues and interventions come from
`auditor.domain`.
"""

from __future__ import annotations

from auditor.domain import cues, interventions
from auditor.domain.messages import N_
from auditor.domain.verdicts import CASE_VERDICTS, CLASS_VERDICTS

__all__ = ["CUES", "INTERVENTIONS", "TERMS", "VERDICTS", "shortened"]

VERDICTS = {**CASE_VERDICTS, **CLASS_VERDICTS}

INTERVENTIONS: dict[str, str] = {spec.id: spec.title for spec in interventions.INTERVENTIONS}
CUES: dict[str, str] = {
    text: spec.meaning for spec in cues.CUES for text in (spec.id.value, *spec.aliases)
}

TERMS: tuple[tuple[str, str], ...] = (
    (
        N_("Background effect"),
        N_(
            "Objects are cut out and pasted on backgrounds of their own class and of other classes."
            " The effect is the probability of the right answer that is lost on the other ones. At"
            " 0% the background does not matter. Pasting itself cancels out, because both pictures"
            " are pasted."
        ),
    ),
    (
        N_("Capture"),
        N_(
            "Objects of other classes are pasted on this class's backgrounds. Capture is the"
            " probability that they add to this class. 0%: none."
        ),
    ),
    (
        N_("Interval"),
        N_(
            "The line around a dot, and the numbers in brackets, are the 95% confidence interval:"
            " where the number could be if other images of the same kind had been tested."
            " Near-duplicates count as one image."
        ),
    ),
    (
        N_("Effect floor"),
        N_(
            "The dashed line. An effect below it is too small to act on. Confirmed: the effect"
            " reaches it and is not a chance finding. Clean: the whole interval lies below it. A"
            " low estimate alone does not clear a class."
        ),
    ),
    (
        N_("Heat map"),
        N_(
            "Grad-CAM (Selvaraju et al. 2017): which places of the picture raise the model's"
            " answer. It selects images to test; the verdict rests on the changed pictures."
        ),
    ),
    (
        N_("Leak"),
        N_(
            "How well the class can be told from what is not the object: 0.5 is chance, 1 always."
            " It is about the data; whether the model uses it is another question."
        ),
    ),
    (
        N_("Shortcut rate"),
        N_(
            "Of the randomly sampled images that could be tested: the share that is answered right"
            " and whose own trials show that the answer depends on the background."
        ),
    ),
    (
        N_("Undetermined"),
        N_(
            "Too few images, no outline of the object, objects too small, or pasting that breaks"
            " the picture. It is an answer: neither cleared nor flagged."
        ),
    ),
)


def shortened(text: str, most: int = 60) -> str:
    """A fingerprint or a long value by its beginning."""
    return text if len(text) <= most else f"{text[:12]}…"
