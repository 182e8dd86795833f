"""One decision of one reviewer on one case. Events are only ever appended."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from uuid import uuid4


class Decision(StrEnum):
    """What a reviewer says about a case."""

    CONFIRMED = "confirmed"
    """the finding is right: the model does use what is not the object"""
    DISMISSED = "dismissed"
    """the finding is wrong or does not matter"""
    UNSURE = "unsure"
    """looked at, needs another pair of eyes"""
    WITHDRAWN = "withdrawn"
    """undo: the reviewer takes the last decision of their own on the case back"""


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
    """

    run: str
    case_id: str
    reviewer: str
    decision: Decision
    note: str = ""
    time: datetime = field(default_factory=lambda: datetime.now(UTC))
    token: str = field(default_factory=lambda: uuid4().hex)
