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


SCORELESS: Final = frozenset((MaskDoubt.EMPTY, MaskDoubt.FULL, MaskDoubt.TINY, MaskDoubt.INVERTED))
"""Doubts with which no map can be held against the mask."""

DOUBT_MEANING: Final[Mapping[MaskDoubt, str]] = {
    MaskDoubt.EMPTY: "the mask is empty, no pixel is object",
    MaskDoubt.FULL: "the mask is full, no pixel is background",
    MaskDoubt.TINY: "the object is smaller than one cell of the saliency map",
    MaskDoubt.INVERTED: "the mask touches the frame all round, as an inverted one does",
    MaskDoubt.REPEATED: f"{MANY} images or more have exactly this mask",
}
