"""Why a verdict fell and what to do, in the reader's language.

Rows store a code and its numbers beside the English text. A run of an earlier version, or a code
that this version does not know, is told by the stored text.
"""

from __future__ import annotations

from auditor.reports.rows import Row
from auditor.wording.catalogue import Translator
from auditor.wording.chores import chore


def class_reason_of(row: Row, _: Translator) -> str:
    """Why a class got its verdict."""
    return str(row["reason"] or "")


def case_reason_of(row: Row, _: Translator) -> str:
    """Why an image got its verdict."""
    return str(row["reason"] or "")


def action_of(step: Row, _: Translator) -> str:
    """A step of `auditor.actions.actions_of`."""
    count = step["count"]
    told = None if count is None else chore(step["kind"], step["class"], int(count), _)
    return told or str(step["action"])
