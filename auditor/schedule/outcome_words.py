"""How a scheduled audit ended, in the reader's language."""

from __future__ import annotations

from auditor.schedule.values import Outcome
from auditor.wording.catalogue import Translator
from auditor.wording.languages import LANGUAGES


def outcome_words(outcome: Outcome, _: Translator) -> str:
    """How it ended. The stored English says more; other languages are made from the facts."""
    if _.language == LANGUAGES[0]:
        return (outcome.message.splitlines() or [""])[0].partition("; ")[0]
    if outcome.exit_code is None:
        return _("given up")
    if outcome.exit_code > 1:
        return _("failed (exit code {code})", code=outcome.exit_code)
    return _("the gate fails") if outcome.gate is False else _("done")
