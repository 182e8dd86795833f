"""What a report calls things, for readers who have never seen a heat map.

Verdicts and numbers come from `auditor.domain` and `auditor.wording`.
"""

from __future__ import annotations

from auditor.domain import cues, interventions
from auditor.domain.verdicts import CASE_VERDICTS, CLASS_VERDICTS
from auditor.wording.numbers import count, decimal, listed, share

__all__ = ["CUES", "INTERVENTIONS", "TERMS", "VERDICTS", "count", "decimal", "listed", "share"]

VERDICTS = {**CASE_VERDICTS, **CLASS_VERDICTS}

INTERVENTIONS: dict[str, str] = {
    spec.id: spec.title[0].lower() + spec.title[1:] for spec in interventions.INTERVENTIONS
}
CUES: dict[str, str] = {
    text: spec.meaning for spec in cues.CUES for text in (spec.id.value, *spec.aliases)
}

TERMS: tuple[tuple[str, str], ...] = (
    (
        "Lost",
        "Objects are cut out and pasted on backgrounds of their own class and of other classes. "
        "Lost is the probability of the right answer that goes missing on the other ones. "
        "0 means that the background does not matter; pasting itself cancels out, because both "
        "pictures are pasted.",
    ),
    (
        "Won",
        "Objects of other classes are pasted on this class's backgrounds. Won is the probability "
        "that they hand over to this class. 0 means none.",
    ),
    (
        "Interval",
        "The line around a dot is its 95% interval: where the number could be if other images of "
        "the same kind had been tested. Near-duplicates count as one image.",
    ),
    (
        "Floor",
        "The dashed line. An effect below it is too small to act on. Confirmed: the effect "
        "reaches it and is no chance finding. Clean: the whole interval lies below it. A low "
        "number alone clears nobody.",
    ),
    (
        "Heat map",
        "Grad-CAM (Selvaraju et al. 2017): which places of the picture raise the model's answer. "
        "It names suspects and nothing more; a verdict rests on the changed pictures.",
    ),
    (
        "Leak",
        "How well the class can be told from what is not the object: 0.5 is chance, 1 always. It "
        "is about the data; whether the model uses it is another question.",
    ),
    (
        "Shortcut rate",
        "Of the randomly sampled images that could be tested: the share that is answered right, "
        "whose heat map prefers the background, and for which a changed picture shows that the "
        "object is not needed.",
    ),
    (
        "Undetermined",
        "Too few images, no outline of the object, objects too small, or pasting that breaks the "
        "picture. It is an answer: neither clean nor accused.",
    ),
)


def shortened(text: str, most: int = 60) -> str:
    """A fingerprint or a long value by its beginning."""
    return text if len(text) <= most else f"{text[:12]}…"
