"""Taking back: only one's own decision, and whoever takes back hears what stands then."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

from auditor.reviews.events import Review, ReviewDecision
from auditor.reviews.ledger import Ledger
from auditor.reviews.store import ReviewStore
from dashboard.texts.language import _
from dashboard.texts.words import review_word


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A batch without what would take nothing back.

    Attributes:
        kept: what is to be saved, in its order.
        told: what the reviewer has to be told.
    """

    kept: list[Review]
    told: list[str]


def check(
    batch: Sequence[Review], ledger: Ledger, store: ReviewStore, blind: Set[str] = frozenset()
) -> TakenBack:
    """Leave out a withdrawal that finds no decision of the same reviewer: it would be recorded
    under a name that had nothing to take back, while another's decision stands.

    Args:
        batch: of one reviewer and run, in the order in which they were made.
        ledger: what stands before it.
        store: is asked which withdrawals were saved already; these come again after a reload.
        blind: cases on which others' decisions are not to be told.
    """
    back = {event.case_id for event in batch if event.decision is ReviewDecision.WITHDRAWN}
    if not back:
        return TakenBack(list(batch), [])
    saved = {e.token for case in back for e in store.events(batch[0].run, case)}
    now = Ledger(said={case: ledger.said[case] for case in back if case in ledger.said})
    kept, told = [], []
    for event in batch:
        if event.case_id in back and event.token not in saved:
            if event.decision is ReviewDecision.WITHDRAWN:
                own = now.own(event.case_id, event.reviewer)
                now = now.after([event])
                told += _told(now, event, vain=own is None, blind=event.case_id in blind)
                if own is None:
                    continue
            else:
                now = now.after([event])
        kept.append(event)
    return TakenBack(kept, told)


def _told(after: Ledger, event: Review, *, vain: bool, blind: bool) -> list[str]:
    standing = after.standing(event.case_id)
    if standing is None or blind:
        return [_("You have no decision on this case to take back.")] if vain else []
    if not vain and after.own(event.case_id, event.reviewer) is standing:
        return []
    name, decision = standing.reviewer, review_word(standing.decision.value)
    if vain:
        words = _(
            "You have no decision on this case to take back; {name}'s “{decision}” stands.",
            name=name,
            decision=decision,
        )
    else:
        words = _(
            "Yours is taken back; {name}'s “{decision}” stands on this case.",
            name=name,
            decision=decision,
        )
    return [words]
