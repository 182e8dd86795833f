"""What can be wrong with a mask."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from auditor.domain.messages import Message, coded

MANY: Final = 5
"""Images that share one mask before it is reported."""


class MaskDoubt(StrEnum):
    """What may be wrong with a mask (column `mask_doubt`)."""

    EMPTY = "empty"
    FULL = "full"
    TINY = "tiny"
    INVERTED = "inverted"
    REPEATED = "repeated"


SCORELESS: Final = frozenset((MaskDoubt.EMPTY, MaskDoubt.FULL, MaskDoubt.TINY, MaskDoubt.INVERTED))
"""Doubts under which no map can be scored against the mask."""

DOUBT_MEANING: Final[Mapping[MaskDoubt, Message]] = {
    MaskDoubt.EMPTY: coded("mask.empty", "the mask is empty, no pixel is object"),
    MaskDoubt.FULL: coded("mask.full", "the mask is full, no pixel is background"),
    MaskDoubt.TINY: coded("mask.tiny", "the object is smaller than one cell of the saliency map"),
    MaskDoubt.INVERTED: coded(
        "mask.inverted", "the mask touches the frame all round, as an inverted one does"
    ),
    MaskDoubt.REPEATED: coded("mask.repeated", "five images or more have exactly this mask"),
}
"""A clause without full stop."""
