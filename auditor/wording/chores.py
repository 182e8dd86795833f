"""Steps about single images of a class, in words: check labels, give masks, widen crops."""

from __future__ import annotations

from auditor.wording.catalogue import Translator
from auditor.wording.numbers import ENGLISH, share

SURE = 0.9
"""A wrong answer that the model gives with at least this confidence, looking at the object."""


def chore(kind: str, name: str, images: int, _: Translator = ENGLISH) -> str | None:
    """The step of a kind for a number of images of class `name`; None for other kinds."""
    match kind:
        case "relabel":
            return _.ngettext(
                "Check the label of {n:,} image of '{name}': the model looks at the object and is"
                " at least {sure} sure of another class, or a duplicate has another label.",
                "Check the label of {n:,} images of '{name}': the model looks at the object and is"
                " at least {sure} sure of another class, or a duplicate has another label.",
                images,
                name=name,
                sure=share(SURE),
            )
        case "mask":
            return _.ngettext(
                "Give an object mask, or a box, to {n:,} image of '{name}': without one an image"
                " cannot be tested.",
                "Give an object mask, or a box, to {n:,} images of '{name}': without one an image"
                " cannot be tested.",
                images,
                name=name,
            )
        case "reframe":
            return _.ngettext(
                "Resize instead of cropping: at least half of the object is cut off in {n:,} image"
                " of '{name}'.",
                "Resize instead of cropping: at least half of the object is cut off in {n:,}"
                " images of '{name}'.",
                images,
                name=name,
            )
    return None
