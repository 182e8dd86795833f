"""How a mask may be wrong: the changed masks under which a class's verdict is recomputed."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from auditor.domain.auto_masks import TRUSTED_IOU

SLIGHT_IOU: Final = (1 + TRUSTED_IOU) / 2


class MaskError(StrEnum):
    """One way in which all masks of a class are wrong at once."""

    ERODED_SLIGHTLY = "eroded slightly"
    ERODED = "eroded"
    DILATED_SLIGHTLY = "dilated slightly"
    DILATED = "dilated"
    SHIFTED = "shifted"
    SHIFTED_BACK = "shifted back"
    SMALLEST_DROPPED = "smallest dropped"
    LARGEST_DROPPED = "largest dropped"


OVERLAP: Final[dict[MaskError, float]] = {
    MaskError.ERODED_SLIGHTLY: SLIGHT_IOU,
    MaskError.ERODED: TRUSTED_IOU,
    MaskError.DILATED_SLIGHTLY: SLIGHT_IOU,
    MaskError.DILATED: TRUSTED_IOU,
    MaskError.SHIFTED: TRUSTED_IOU,
    MaskError.SHIFTED_BACK: TRUSTED_IOU,
}
"""The errors that need new pictures, and how much of a changed mask still overlaps the given one
(intersection over union): as much as automatic masks have to overlap drawn ones to count at all,
and half as far off."""
DROPPED: Final = (MaskError.SMALLEST_DROPPED, MaskError.LARGEST_DROPPED)
"""The errors that leave pictures out: those of the smallest or largest objects, where segmentation
fails first. They need no new picture."""
DROPPED_SHARE: Final = 1 / 3
AS_GIVEN: Final = "as given"
"""The same pictures with the masks as they are: what the errors are held against."""
LEAST_STABLE: Final = 0.8
"""Share of the errors under which a verdict has to stand."""
