"""What can be odd about a mask."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

MANY: Final = 5
"""Images that share one mask before it is worth a word."""


class MaskDoubt(StrEnum):
    """What is odd about a mask (column `mask_doubt`)."""

    EMPTY = "empty"
    FULL = "full"
    TINY = "tiny"
    INVERTED = "inverted"
    REPEATED = "repeated"


DOUBT_MEANING: Final[Mapping[MaskDoubt, str]] = {
    MaskDoubt.EMPTY: "no pixel is object: no score can be given",
    MaskDoubt.FULL: "every pixel is object: there is no background to cheat with",
    MaskDoubt.TINY: "the object is smaller than one cell of the saliency map",
    MaskDoubt.INVERTED: "the object touches the frame all round: is the mask inverted?",
    MaskDoubt.REPEATED: f"{MANY} images or more have exactly this mask: is it theirs?",
}
