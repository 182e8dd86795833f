"""What is worth saying of a picture or its mask as it was read."""

from __future__ import annotations

from enum import StrEnum
from typing import assert_never

from auditor.domain.messages import Message, coded_n


class Remark(StrEnum):
    """What was noticed while one image was decoded."""

    CONSTANT = "constant"
    DARK = "dark"
    SOFT_MASK = "soft_mask"


def remark_told(remark: Remark, *, images: int, names: str) -> Message:
    """A remark about a number of images, some of them by name."""
    match remark:
        case Remark.CONSTANT:
            return coded_n(
                "data.constant",
                "{n:,} image has one colour throughout, as after a failed export or with a wrong"
                " window ({names})",
                "{n:,} images have one colour throughout, as after a failed export or with a wrong"
                " window ({names})",
                images,
                names=names,
            )
        case Remark.DARK:
            return coded_n(
                "data.dark",
                "{n:,} image is nearly black, its values fill a fraction of the range (12-bit"
                " values in 16 bits do) ({names})",
                "{n:,} images are nearly black, their values fill a fraction of the range (12-bit"
                " values in 16 bits do) ({names})",
                images,
                names=names,
            )
        case Remark.SOFT_MASK:
            return coded_n(
                "data.soft_mask",
                "{n:,} mask has soft edges: the object is what lies above half of its highest"
                " value ({names})",
                "{n:,} masks have soft edges: the object is what lies above half of their highest"
                " value ({names})",
                images,
                names=names,
            )
    assert_never(remark)
