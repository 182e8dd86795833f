"""Why a verdict was reached and what to do, from a stored row, in the reader's language.

Rows store a code and its numbers beside the English text. A run of an earlier version, or a code
that this version does not know, is told by the stored text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from auditor.domain.reasons import Reason
from auditor.wording.case_reasons import case_reason
from auditor.wording.catalogue import Translator
from auditor.wording.chores import chore
from auditor.wording.class_actions import class_action
from auditor.wording.class_reasons import class_reason
from auditor.wording.hypothesis_reasons import hypothesis_action, hypothesis_reason
from auditor.wording.languages import LANGUAGES

Row = Mapping[str, Any]
"""A row of `cases`, `classes` or the actions; None for null."""


def reason_of_class(row: Row, _: Translator) -> str:
    """Why a class got its verdict."""
    return _reason(row, class_reason, _)


def reason_of_case(row: Row, _: Translator) -> str:
    """Why an image got its verdict."""
    return _reason(row, case_reason, _)


def reason_of_hypothesis(row: Row, _: Translator) -> str:
    """Why a hypothesis stands where it stands."""
    return _reason(row, hypothesis_reason, _)


def action_of_hypothesis(row: Row, _: Translator) -> str | None:
    """What to look at, or do, next; None where nothing is."""
    return _action(row, hypothesis_action, _)


def action_of_class(row: Row, _: Translator) -> str | None:
    """What to do about a class; None where nothing is to be done."""
    cue, where = row.get("cue"), row.get("cue_where_code") or row.get("cue_where")
    return _action(row, lambda reason, _: class_action(reason, cue, where, _), _)


def action_of_step(step: Row, of_class: Row | None, _: Translator) -> str:
    """A step of `auditor.actions.actions_of`.

    Args:
        step: the row.
        of_class: the row of its class in `classes`, None where it is not at hand.
        _: of the reader's language.
    """
    count = step["count"]
    told = None if count is None else chore(step["kind"], step["class"], int(count), _)
    if told is None and of_class is not None and of_class.get("action") == step["action"]:
        told = action_of_class(of_class, _)
    return told or str(step["action"])


Words = Callable[[Reason, Translator], str | None]


def _reason(row: Row, words: Words, _: Translator) -> str:
    stored = str(row.get("reason") or "")
    return _told(row, stored, words, _)


def _action(row: Row, words: Words, _: Translator) -> str | None:
    stored = row.get("action")
    return None if stored is None else _told(row, str(stored), words, _)


def _told(row: Row, stored: str, words: Words, _: Translator) -> str:
    """By code and numbers; the stored English where they do not say it."""
    reason = _stored(row)
    if reason is None or _.language == LANGUAGES[0]:
        return stored
    try:
        return words(reason, _) or stored
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
        # A number that the template names is missing, or of another type than it has in a row that
        # an audit writes: the row is of another version, or damaged.
        return stored


def _stored(row: Row) -> Reason | None:
    code, numbers = row.get("reason_code"), row.get("reason_numbers")
    if not isinstance(code, str):
        return None
    try:
        return Reason.from_json(code, numbers if isinstance(numbers, str) else None)
    except ValueError:
        return None
