"""One case as a task for an annotation tool."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from auditor.domain.review_tasks import TaskQuestion

_NOT_IN_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, eq=False)
class ReviewTask:
    """A case for a person to look at.

    Attributes:
        case_id, image, label, predicted, confidence, verdict, reason, severity: as in `cases`.
        size: height and width of the upright file.
        question: what is asked.
        mask: (H, W) bool of the upright file, or None.
        mask_from: "data" (as drawn), "view" (the audit's copy, without what its crop cut off), or
            None.
        mask_doubt: why the mask is doubtful, or None.
        heat: (h, w) uint8, the heat map stretched over the whole file, or None.
    """

    case_id: str
    image: str
    label: str
    predicted: str
    confidence: float
    verdict: str
    reason: str
    severity: float
    size: tuple[int, int]
    question: TaskQuestion
    mask: NDArray[np.bool_] | None = None
    mask_from: str | None = None
    mask_doubt: str | None = None
    heat: NDArray[np.uint8] | None = None

    def facts(self) -> dict[str, str | float | None]:
        """What every tool is told beside picture and mask, by name."""
        return {
            "case_id": self.case_id,
            "label": self.label,
            "predicted": self.predicted,
            "confidence": self.confidence,
            "verdict": self.verdict,
            "reason": self.reason,
            "severity": self.severity,
            "question": self.question.id,
            "mask_doubt": self.mask_doubt,
            "mask_from": self.mask_from,
        }


def xml_text(text: str) -> str:
    """The text with a replacement character for what XML cannot hold."""
    return _NOT_IN_XML.sub("\ufffd", text)


def bounds(mask: NDArray[np.bool_]) -> tuple[int, int, int, int] | None:
    """Left, top, width and height of a mask's object; None for an empty one."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        return None
    left, top = int(columns[0]), int(rows[0])
    return left, top, int(columns[-1]) + 1 - left, int(rows[-1]) + 1 - top
