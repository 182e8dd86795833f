"""What a gallery or a case view sends: numbered batches, saved once, however often they come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from auditor.domain.errors import AuditorError
from auditor.reviews.events import VOTES, Review, ReviewDecision, ReviewReason
from auditor.reviews.ledger import Ledger
from auditor.reviews.store import ReviewStore
from dashboard.components import withdrawals
from dashboard.runs import access as run_access
from dashboard.session import access, state
from dashboard.session.context import Context
from dashboard.texts.language import _, told
from dashboard.texts.words import review_word

MOST_CHARACTERS = 2000
MOST_DECISIONS = 200
MOST_CHUNKS, MOST_DETAILS = 3, 3
HANDLED, ANSWER, NOTICES, FAILURE = "handled", "answer", "notices", "failure"
AT, WANT = "at", "want"
OPEN, BACK = "open", "back"
DECIDED_BLIND = "decided blind"
CURSOR = "cursor"
"""Where the gallery begins when one comes back to it."""


@dataclass(frozen=True, slots=True)
class Said:
    """One decision or note as the browser sent it.

    Attributes:
        token: unique; the same token is saved once.
        run, case: what it is about.
        decision: also withdrawn, or noted.
        note: free text.
        reasons: that were ticked.
        seen: the decision that stood on the card when it was made, "" for none.
        reviewer: whom the page showed as the one who decides.
        arbitration: it is meant to settle what reviewers differ on.
    """

    token: str
    run: str
    case: str
    decision: ReviewDecision
    note: str = ""
    reasons: tuple[ReviewReason, ...] = ()
    seen: str = ""
    reviewer: str = ""
    arbitration: bool = False


@dataclass(frozen=True, slots=True)
class InboxBatch:
    """What came at once.

    Attributes:
        instance: who sends it: one browser tab.
        number: counted from 1 by the sender.
        said: decisions and notes, in their order.
        want: pages of cards that are asked for, from 0.
        details: cases whose details are asked for.
        full: a case whose picture is asked for in the file's own pixels, or "".
        at: the case that the reviewer looks at, or "".
        go: where the reviewer wants to go, from or to which case, and the wish's own name: it may
            come more than once.
    """

    instance: str
    number: int
    said: tuple[Said, ...] = ()
    want: tuple[int, ...] = ()
    details: tuple[str, ...] = ()
    at: str = ""
    full: str = ""
    go: tuple[str, str, str] | None = None


def batch_of(sent: Any) -> InboxBatch | None:
    """A batch as the browser sent it; None for what is none. What is no decision is left out."""
    if not isinstance(sent, Mapping):
        return None
    instance, number = sent.get("instance"), sent.get("batch")
    if not isinstance(instance, str) or not instance.isalnum() or not isinstance(number, int):
        return None
    said = [each for entry in _list(sent, "decisions") if (each := _said(entry)) is not None]
    return InboxBatch(
        instance[:64],
        number,
        tuple(said[:MOST_DECISIONS]),
        tuple(n for n in _list(sent, "want") if isinstance(n, int) and n >= 0)[:MOST_CHUNKS],
        tuple(c for c in _list(sent, "details") if isinstance(c, str))[:MOST_DETAILS],
        _text(sent, "at"),
        _text(sent, "full"),
        _go(sent.get("go")),
    )


def receive(key: str, now: Context) -> None:
    """Do what the component under `key` asks for; called before the script runs again.

    Decisions are saved first and only then count as handled: after a failure they come again.
    """
    batch = batch_of(state.component(key).get("events"))
    if batch is None:
        return
    handled: dict[str, int] = state.restore(HANDLED, {})
    if batch.number <= handled.get(batch.instance, 0):
        return
    answer = {"instance": batch.instance, "batch": batch.number, "failure": ""}
    try:
        state.remember(NOTICES, [*state.restore(NOTICES, []), *_save(now, batch.said)])
        state.remember(HANDLED, {batch.instance: batch.number})
        state.take(FAILURE)
    except AuditorError as error:
        state.remember(FAILURE, str(error))
        answer["failure"] = told(error.problem)
    state.remember(ANSWER, answer)
    if batch.want or batch.details or batch.full:
        state.remember(WANT, batch)
    if batch.at:
        state.remember(AT, batch.at)
    if batch.go is not None:
        state.request_move(batch.go)


def _save(now: Context, said: Sequence[Said]) -> list[str]:
    """Save what was said; returns what the reviewer has to be told."""
    if not said:
        return []
    if isinstance(now.store, AuditorError):
        raise now.store
    reviewer = access.decider()
    told: list[str] = []
    for run in dict.fromkeys(each.run for each in said):
        # In team mode what another person left in this browser waits for that person.
        of_run = [e for e in said if e.run == run and (not access.team() or e.reviewer == reviewer)]
        told += _save_of_run(now, now.store, run, of_run, reviewer)
    return told


def _save_of_run(
    now: Context, store: ReviewStore, run: str, said: Sequence[Said], reviewer: str
) -> list[str]:
    if run not in now.catalog.names():
        return []
    found = run_access.run_named(now.catalog, run)
    known = run_access.ranking(found).places(each.case for each in said)
    kept = [each for each in said if each.case in known]
    ledger = run_access.decided(store, now.catalog.folder, found).ledger
    blind = now.hidden_among(e.case for e in kept) if run == now.run.name else frozenset()
    state.remember(DECIDED_BLIND, {*(state.restore(DECIDED_BLIND) or ()), *blind})
    settling = {e.case for e in kept if now.settles and _may_be_settled(e, ledger)}
    made = [_review(e, reviewer, settles=e.case in settling) for e in kept]
    untold = {case for case, rank in known.items() if run == now.run.name and now.is_blind(rank)}
    back = withdrawals.check(made, ledger, store, untold)
    store.append(*back.kept)
    open_cases = blind | settling
    meanwhile = _meanwhile([e for e in kept if e.case not in open_cases], ledger, reviewer)
    return [*back.told, *meanwhile]


def _may_be_settled(said: Said, ledger: Ledger) -> bool:
    """Whether a decision that is meant to settle a case finds reviewers who differ, or one that
    somebody settled before."""
    wanted = said.arbitration and said.decision in VOTES
    return wanted and (ledger.differs(said.case) or ledger.settled(said.case))


def _review(said: Said, reviewer: str, *, settles: bool) -> Review:
    return Review(
        said.run,
        said.case,
        reviewer,
        said.decision,
        said.note,
        token=said.token,
        reasons=said.reasons,
        arbitration=settles,
    )


def _meanwhile(said: Sequence[Said], ledger: Ledger, reviewer: str) -> list[str]:
    """What others decided since the reviewer saw the card."""
    told = []
    for each in said:
        standing = ledger.standing(each.case)
        if each.decision not in VOTES or standing is None or standing.reviewer == reviewer:
            continue
        if standing.decision.value != each.seen:
            told.append(
                _(
                    "{name} had decided “{decision}” on this case meanwhile. Both are kept; "
                    "yours stands.",
                    name=standing.reviewer,
                    decision=review_word(standing.decision.value),
                )
            )
    return told


def _said(entry: Any) -> Said | None:
    if not isinstance(entry, Mapping):
        return None
    token, run, case = (_text(entry, name) for name in ("token", "run", "case"))
    decision = entry.get("decision")
    if not (token and run and case) or decision not in set(ReviewDecision):
        return None
    asked = _list(entry, "reasons")
    return Said(
        token[:128],
        run,
        case,
        ReviewDecision(decision),
        _text(entry, "note")[:MOST_CHARACTERS],
        tuple(reason for reason in ReviewReason if reason.value in asked),
        _text(entry, "seen"),
        _text(entry, "reviewer"),
        entry.get("arbitration") is True,
    )


def _go(sent: Any) -> tuple[str, str, str] | None:
    if not isinstance(sent, Mapping) or sent.get("kind") not in {OPEN, BACK}:
        return None
    return str(sent["kind"]), _text(sent, "case"), _text(sent, "id")


def _list(sent: Mapping[Any, Any], name: str) -> list[Any]:
    found = sent.get(name)
    return found if isinstance(found, list) else []


def _text(sent: Mapping[Any, Any], name: str) -> str:
    found = sent.get(name)
    return found if isinstance(found, str) else ""
