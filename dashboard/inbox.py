"""What a gallery or a case view sends: numbered events, saved once, however often they come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auditor.domain.errors import AuditorError
from auditor.reviews.events import Decision, Review
from auditor.reviews.store import ReviewStore
from auditor.storage.run import Run
from dashboard import access, state
from dashboard.runs import access as run_access

MOST_CHARACTERS = 2000
HANDLED, FAILURE, OPEN, BACK = "handled", "failure", "open", "back"


@dataclass(frozen=True, slots=True)
class Event:
    """One wish of a reader.

    Attributes:
        seq: counted from 1 by the component that sends it.
        kind: decide, page, open or back.
        case: for decide and open.
        decision: for decide.
        page: for page.
        note: for decide.
    """

    seq: int
    kind: str
    case: str = ""
    decision: Decision = Decision.UNSURE
    page: int = 1
    note: str = ""


def events_of(sent: Mapping[str, Any]) -> tuple[str, list[Event]]:
    """The sender's name and its events in order. What is no event is left out."""
    instance, listed = sent.get("instance"), sent.get("events")
    if not isinstance(instance, str) or not instance.isalnum() or not isinstance(listed, list):
        return "", []
    found = [event for entry in listed if (event := _event(entry)) is not None]
    return instance[:64], sorted(found, key=lambda event: event.seq)


def receive(key: str, run: Run, store: ReviewStore | AuditorError) -> None:
    """Do what the component under `key` asks for; called before the script runs again.

    Decisions are saved first and only then count as handled: after a failure they come again.
    """
    instance, events = events_of(state.component(key).get("events") or {})
    handled: dict[str, int] = state.restore(HANDLED, {})
    fresh = [event for event in events if event.seq > handled.get(instance, 0)]
    if not fresh:
        return
    try:
        _save(run, store, instance, fresh)
    except AuditorError as error:
        state.remember(FAILURE, str(error))
        return
    for event in fresh:
        if event.kind == "page":
            state.set_page(event.page)
        elif event.kind == "open":
            state.remember(OPEN, event.case)
        elif event.kind == "back":
            state.remember(BACK, True)
    state.remember(HANDLED, {instance: fresh[-1].seq})


def _save(run: Run, store: ReviewStore | AuditorError, instance: str, events: list[Event]) -> None:
    decided = [event for event in events if event.kind == "decide"]
    if not decided:
        return
    if isinstance(store, AuditorError):
        raise store
    reviewer = access.decider()
    known = run_access.ranking(run).places(event.case for event in decided)
    store.append(
        *(
            Review(
                run=run.name,
                case_id=event.case,
                reviewer=reviewer,
                decision=event.decision,
                note=event.note,
                token=f"{instance}-{event.seq}",
            )
            for event in decided
            if event.case in known
        )
    )


def _event(entry: Any) -> Event | None:
    if not isinstance(entry, Mapping):
        return None
    seq, kind, page = entry.get("seq"), entry.get("kind"), entry.get("page", 1)
    case, decision = entry.get("case", ""), entry.get("decision", Decision.UNSURE)
    if not isinstance(seq, int):
        return None
    right = (
        kind in {"decide", "page", "open", "back"}
        and isinstance(page, int)
        and isinstance(case, str)
        and decision in set(Decision)
    )
    if not right:
        return None
    note = str(entry.get("note", ""))[:MOST_CHARACTERS]
    return Event(seq, str(kind), case, Decision(decision), max(1, page), note)
