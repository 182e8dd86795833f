"""One decision on many pictures at once, and taking it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from auditor.domain.errors import AuditorError
from auditor.reviews.events import VOTES, Review, ReviewDecision, ReviewReason
from dashboard.runs.filters import Filters
from dashboard.runs.regions import read_region
from dashboard.session import access, state
from dashboard.session.context import Context
from dashboard.texts.language import _, ngettext

MOST_AT_ONCE = 10_000
DONE, LAST = "bulk done", "bulk last"


def decide(now: Context, wanted: Filters, sent: Mapping[str, Any]) -> None:
    """Decide every case of a region that the filters leave and that nobody has decided.

    The same token twice is once. What became of it is remembered under `DONE`.
    """
    token, region = str(sent.get("token"))[:64], str(sent.get("region"))
    try:
        decision = ReviewDecision(str(sent.get("decision")))
        if decision not in VOTES or read_region(region) is None or not token.isalnum():
            return
    except ValueError:
        return
    asked = sent.get("reasons") or ()
    reasons = tuple(reason for reason in ReviewReason if reason.value in asked)
    try:
        if isinstance(now.store, AuditorError):
            raise now.store
        reviewer = access.decider()
        cases = _undecided(now, replace(wanted, region=region))
        made = [
            Review(now.run.name, case, reviewer, decision, token=f"{token}-{case}", reasons=reasons)
            for case in cases
        ]
        now.store.append(*made)
    except AuditorError as error:
        failed = _("Nothing was decided: {why}", why=error.problem)
        state.remember(DONE, {"token": token, "text": failed, "failed": True, "undoable": ""})
        return
    state.remember(LAST, (token, now.run.name, cases))
    told = ngettext("{n:,} picture is decided.", "{n:,} pictures are decided.", len(cases))
    state.remember(DONE, {"token": token, "text": told, "failed": False, "undoable": token})


def undo(now: Context, token: str) -> None:
    """Take back the decision on many with that token, where one's own word is still that one."""
    last, run, cases = state.restore(LAST) or ("", "", [])
    if not token or last != token or run != now.run.name or isinstance(now.store, AuditorError):
        return
    reviewer = access.decider()
    standing = ((case, now.decided.ledger.own(case, reviewer)) for case in cases)
    mine = [case for case, own in standing if own and own.token == f"{token}-{case}"]
    back = [
        Review(run, case, reviewer, ReviewDecision.WITHDRAWN, token=f"{token}-back-{case}")
        for case in mine
    ]
    now.store.append(*back)
    state.remember(LAST, None)
    told = ngettext("{n:,} decision is taken back.", "{n:,} decisions are taken back.", len(back))
    state.remember(DONE, {"token": f"{token}-back", "text": told, "failed": False, "undoable": ""})


def _undecided(now: Context, wanted: Filters) -> list[str]:
    """Names of the cases; of those that the reader has yet to decide blind, too.

    Raises:
        AuditorError: they are too many.
    """
    ranks = now.cases().ranks(wanted)
    left = ranks[(now.decided.codes[ranks] == 0) | now.hidden_flags()[ranks]]
    if len(left) > MOST_AT_ONCE:
        raise AuditorError(
            "These are too many pictures to decide at once.",
            code="dashboard.too_many",
            expected=f"at most {MOST_AT_ONCE:,}",
            got=f"{len(left):,}",
            remedy="draw a smaller region, or set a filter",
        )
    found: list[str] = now.cases().names(left)
    return found
