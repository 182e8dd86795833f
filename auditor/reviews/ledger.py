"""What stands of the events: every decision that was not taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from auditor.reviews.events import Decision, Review


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
            if event.decision is Decision.NOTED:
                notes[event.case_id] = (*notes.get(event.case_id, ()), event)
                continue
            before = said.get(event.case_id, ())
            left = (
                _without_last(before, event.reviewer)
                if event.decision is Decision.WITHDRAWN
                else (*before, event)
            )
            if left:
                said[event.case_id] = left
            else:
                said.pop(event.case_id, None)
        return Ledger(max(self.last, last), said, notes)

    def standing(self, case_id: str) -> Review | None:
        """The latest decision on a case."""
        said = self.said.get(case_id)
        return said[-1] if said else None

    def note(self, case_id: str) -> str:
        """The latest note on a case, with or without a decision; "" without any."""
        written = (*self.said.get(case_id, ()), *self.notes.get(case_id, ()))
        noted = [event for event in written if event.note]
        return max(noted, key=lambda event: event.time).note if noted else ""

    def before(self, case_id: str, reviewer: str) -> Review | None:
        """What would stand if `reviewer` took the last decision of their own back."""
        left = _without_last(self.said.get(case_id, ()), reviewer)
        return left[-1] if left else None

    def latest(self) -> dict[str, Review]:
        """What stands on every case that somebody decided."""
        return {case: said[-1] for case, said in self.said.items()}


def _without_last(said: tuple[Review, ...], reviewer: str) -> tuple[Review, ...]:
    for place in reversed(range(len(said))):
        if said[place].reviewer == reviewer:
            return said[:place] + said[place + 1 :]
    return said
