"""One decision of one reviewer on one case. Events are only ever appended."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from uuid import uuid4


class ReviewDecision(StrEnum):
    """What a reviewer says about a case."""

    CONFIRMED = "confirmed"
    """the finding is right: the model does use what is not the object"""
    DISMISSED = "dismissed"
    """the finding is wrong or does not matter"""
    UNSURE = "unsure"
    """looked at, needs another pair of eyes"""
    WITHDRAWN = "withdrawn"
    """undo: the reviewer takes the last decision of their own on the case back"""
    NOTED = "noted"
    """a note alone: it decides nothing and leaves what stands as it is"""


VOTES = (ReviewDecision.CONFIRMED, ReviewDecision.DISMISSED, ReviewDecision.UNSURE)
"""What decides a case."""


class ReviewReason(StrEnum):
    """Why a reviewer decided so; several can hold. Ids are stored and exported."""

    SCENE = "scene"
    """the model uses the scene or background"""
    MARK = "mark"
    """the model uses a mark, a tag or text"""
    OTHER_OBJECT = "other_object"
    """the model uses another object in the picture"""
    BORDER = "border"
    """the model uses the frame or the border of the picture"""
    APPEARANCE = "appearance"
    """the model uses colour, lighting or sharpness of the whole picture"""
    LEGITIMATE = "legitimate"
    """what the model uses beside the object belongs to the class and may be used"""
    MASK_WRONG = "mask_wrong"
    """the outline of the object is wrong, so the finding cannot be judged"""
    LABEL_WRONG = "label_wrong"
    """the label of the picture is wrong, so the finding cannot be judged"""


DATA_FAULTS = frozenset((ReviewReason.MASK_WRONG, ReviewReason.LABEL_WRONG))
"""Reasons that ask for a repair of the data, not for a judgement of the model."""


def person_id(name: str) -> str:
    """A name as it is compared: nobody's capitals matter."""
    return name.strip().casefold()


@dataclass(frozen=True, slots=True)
class Review:
    """One event.

    Attributes:
        run: name of the run folder.
        case_id: the case.
        reviewer: who decided.
        decision: what was decided.
        note: free text, "" for none.
        time: aware, UTC.
        token: made by the client, unique; saving the same token twice is saving once.
        reasons: why, in the order of `ReviewReason`.
        arbitration: the decision settles a case on which reviewers differ: it stands over theirs,
            and counts neither as a vote nor for agreement.
    """

    run: str
    case_id: str
    reviewer: str
    decision: ReviewDecision
    note: str = ""
    time: datetime = field(default_factory=lambda: datetime.now(UTC))
    token: str = field(default_factory=lambda: uuid4().hex)
    reasons: tuple[ReviewReason, ...] = ()
    arbitration: bool = False
