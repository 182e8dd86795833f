"""What is worth saying of a picture or its mask as it was read."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Remark(StrEnum):
    """What was noticed while one image was decoded."""

    CONSTANT = "constant"
    DARK = "dark"
    SOFT_MASK = "soft_mask"


REMARK_MEANING: Final[Mapping[Remark, str]] = {
    Remark.CONSTANT: "images have one colour throughout, as after a failed export or with a wrong "
    "window",
    Remark.DARK: "images are nearly black, their values fill a fraction of the range "
    "(12-bit values in 16 bits do)",
    Remark.SOFT_MASK: "masks have soft edges: the object is what lies above half of their highest "
    "value",
}
