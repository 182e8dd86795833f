"""What stands of the events: every decision that was not taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from auditor.reviews.events import Review, ReviewDecision, person_id


@dataclass(frozen=True, slots=True)
class Ledger:
    """Decisions that nobody took back, from events in their order.

    `WITHDRAWN` takes back the last decision of the same reviewer on the same case that is still
    there: what stood before it stands again, and nobody can undo what another reviewer said.

    Attributes:
        last: number of the last event that went in, 0 without any.
        said: case_id -> its decisions, oldest first; no case without any.
        notes: case_id -> its notes without a decision, oldest first.
    """

    last: int = 0
    said: Mapping[str, tuple[Review, ...]] = field(default_factory=dict)
    notes: Mapping[str, tuple[Review, ...]] = field(default_factory=dict)

    def after(self, events: Iterable[Review], last: int = 0) -> Ledger:
        """With further events; `last` is the number of the last of them."""
        said, notes = dict(self.said), dict(self.notes)
        for event in events:
            if event.decision is ReviewDecision.NOTED:
                notes[event.case_id] = (*notes.get(event.case_id, ()), event)
                continue
            before = said.get(event.case_id, ())
            left = (
                _without_last(before, event.reviewer)
                if event.decision is ReviewDecision.WITHDRAWN
                else (*before, event)
            )
            if left:
                said[event.case_id] = left
            else:
                said.pop(event.case_id, None)
        return Ledger(max(self.last, last), said, notes)

    def standing(self, case_id: str) -> Review | None:
        """The latest decision on a case; where somebody settled it, the latest that did."""
        return _standing(self.said.get(case_id, ()))

    def votes(self, case_id: str) -> dict[str, Review]:
        """Every reviewer's last word on a case, without what settled it."""
        last: dict[str, Review] = {}
        for event in self.said.get(case_id, ()):
            if not event.arbitration:
                who = person_id(event.reviewer)
                last.pop(who, None)
                last[who] = event
        return {event.reviewer: event for event in last.values()}

    def own(self, case_id: str, reviewer: str) -> Review | None:
        """A reviewer's last word on a case, settling or not."""
        who = person_id(reviewer)
        said = [e for e in self.said.get(case_id, ()) if person_id(e.reviewer) == who]
        return said[-1] if said else None

    def settled(self, case_id: str) -> bool:
        """Whether an arbiter's decision stands on a case."""
        return any(event.arbitration for event in self.said.get(case_id, ()))

    def differs(self, case_id: str) -> bool:
        """Whether reviewers say different things of a case, and nobody has settled it."""
        votes = {event.decision for event in self.votes(case_id).values()}
        return len(votes) > 1 and not self.settled(case_id)

    def note(self, case_id: str) -> str:
        """The latest note on a case, with or without a decision; "" without any."""
        written = (*self.said.get(case_id, ()), *self.notes.get(case_id, ()))
        noted = [event for event in written if event.note]
        return max(noted, key=lambda event: event.time).note if noted else ""

    def noted(self, text: str) -> list[str]:
        """The cases on which some note holds a text, whatever its letters' case."""
        wanted = text.casefold()
        found = dict.fromkeys(
            case
            for events in (self.said, self.notes)
            for case, written in events.items()
            if any(wanted in event.note.casefold() for event in written)
        )
        return list(found)

    def before(self, case_id: str, reviewer: str) -> Review | None:
        """What would stand if `reviewer` took the last decision of their own back."""
        return _standing(_without_last(self.said.get(case_id, ()), reviewer))

    def latest(self) -> dict[str, Review]:
        """What stands on every case that somebody decided."""
        standing = {case: _standing(said) for case, said in self.said.items()}
        return {case: event for case, event in standing.items() if event is not None}


def _standing(said: tuple[Review, ...]) -> Review | None:
    settling = [event for event in said if event.arbitration]
    return (settling or said or (None,))[-1]


def _without_last(said: tuple[Review, ...], reviewer: str) -> tuple[Review, ...]:
    who = person_id(reviewer)
    for place in reversed(range(len(said))):
        if person_id(said[place].reviewer) == who:
            return said[:place] + said[place + 1 :]
    return said
