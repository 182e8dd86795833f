"""What stands after decisions were taken back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from auditor.reviews.events import Review, ReviewDecision
from auditor.reviews.ledger import Ledger

UNDO = ReviewDecision.WITHDRAWN


def event(reviewer: str, decision: ReviewDecision, case: str = "a") -> Review:
    return Review("r", case, reviewer, decision, token=f"{reviewer}{decision}{case}")


def test_undo_brings_back_what_stood_before() -> None:
    said = [event("ann", ReviewDecision.CONFIRMED), event("ann", ReviewDecision.DISMISSED)]
    assert Ledger().after([*said, event("ann", UNDO)]).standing("a") == said[0]
    assert Ledger().after([*said, event("ann", UNDO), event("ann", UNDO)]).said == {}


def test_nobody_takes_back_what_another_reviewer_said() -> None:
    said = [event("ann", ReviewDecision.CONFIRMED), event("ben", ReviewDecision.DISMISSED)]
    ledger = Ledger().after([*said, event("ben", UNDO)])
    assert ledger.standing("a") == said[0]
    assert ledger.after([event("ben", UNDO)]).standing("a") == said[0]
    assert ledger.before("a", "ben") == said[0]
    assert ledger.before("a", "ann") is None


events = st.lists(
    st.builds(event, st.sampled_from(["ann", "ben"]), st.sampled_from(ReviewDecision), st.just("a"))
)


@given(before=events, own=st.sampled_from(list(ReviewDecision)[:3]), between=events)
def test_undo_is_as_if_the_decision_had_never_been(
    before: list[Review], own: ReviewDecision, between: list[Review]
) -> None:
    others = [e for e in between if e.reviewer == "ben"]
    undone = Ledger().after([*before, event("ann", own), *others, event("ann", UNDO)])
    assert undone.said == Ledger().after([*before, *others]).said


@given(events, st.integers(0, 20))
def test_what_comes_later_may_be_read_later(listed: list[Review], cut: int) -> None:
    assert Ledger().after(listed[:cut]).after(listed[cut:]).said == Ledger().after(listed).said


def settling(reviewer: str, decision: ReviewDecision) -> Review:
    return Review("r", "a", reviewer, decision, arbitration=True)


def test_what_settles_stands_over_votes_before_and_after() -> None:
    ann, ben = event("ann", ReviewDecision.CONFIRMED), event("ben", ReviewDecision.DISMISSED)
    ledger = Ledger().after([ann, ben])
    assert ledger.differs("a")
    arbiter = settling("eve", ReviewDecision.CONFIRMED)
    settled = ledger.after([arbiter, event("cy", ReviewDecision.UNSURE)])
    assert settled.standing("a") == arbiter
    assert not settled.differs("a")
    assert set(settled.votes("a")) == {"ann", "ben", "cy"}
    assert settled.latest() == {"a": arbiter}


def test_what_settles_is_taken_back_as_any_other_word() -> None:
    ann, ben = event("ann", ReviewDecision.CONFIRMED), event("ben", ReviewDecision.DISMISSED)
    settled = Ledger().after([ann, ben, settling("eve", ReviewDecision.CONFIRMED)])
    assert settled.before("a", "eve") == ben
    assert settled.after([event("eve", UNDO)]).differs("a")
    # Whose vote it was before may settle, too, and still counts once.
    own = Ledger().after([ann, ben, settling("ann", ReviewDecision.DISMISSED)])
    assert own.votes("a")["ann"] == ann
    assert own.own("a", "Ann ") == own.standing("a")
