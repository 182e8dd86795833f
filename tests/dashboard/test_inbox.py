"""What the browser sends is checked, saved once, and kept after a failure."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from auditor.domain.errors import AuditorError
from auditor.reviews.events import Review, ReviewDecision, ReviewReason
from auditor.reviews.store import ReviewStore, open_store
from auditor.storage.run import Run
from dashboard.components import inbox
from dashboard.runs import access as run_access
from dashboard.runs.access import RunCatalog
from dashboard.session import access, state
from dashboard.session.access import Person
from dashboard.session.context import Context
from dashboard.session.roles import Role
from tests.fakes.runs import make_run

ANN = Person("ann", Role.ADMIN, signed_in=False)


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    memory: dict[str, Any] = {}
    monkeypatch.setattr(state, "restore", memory.get)
    monkeypatch.setattr(state, "remember", memory.__setitem__)
    monkeypatch.setattr(state, "take", lambda name: memory.pop(name, None))
    monkeypatch.setattr(state, "component", lambda key: memory.get(key, {}))
    monkeypatch.setattr(access, "current", lambda: ANN)
    return memory


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return make_run(tmp_path / "runs" / "demo", classes=2, per_class=3, images=False)


@pytest.fixture
def store(run: Run) -> ReviewStore:
    return open_store(run.path.parent)


@pytest.fixture
def now(run: Run, store: ReviewStore) -> Context:
    catalog = RunCatalog(run.path.parent, (run,), ())
    return Context(catalog, run, store, run_access.undecided(run), ANN)


def sent(batch: int, *decisions: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"events": {"instance": "abc", "batch": batch, "decisions": list(decisions), **more}}


def decide(number: int, case: str, decision: str = "confirmed", **more: Any) -> dict[str, Any]:
    return {"token": f"abc-{number}", "run": "demo", "case": case, "decision": decision, **more}


def test_a_batch_that_comes_again_is_saved_once(
    session: dict[str, Any], run: Run, store: ReviewStore, now: Context
) -> None:
    first, second, *_ = run.cases()["case_id"]
    session["gallery"] = sent(1, decide(1, first))
    inbox.receive("gallery", now)
    session["gallery"] = sent(2, decide(1, first), decide(2, second, "dismissed"))
    inbox.receive("gallery", now)
    inbox.receive("gallery", now)
    session.pop(inbox.HANDLED)  # as after a lost session: the token still knows
    inbox.receive("gallery", now)
    saved = [(e.case_id, e.decision.value, e.token) for e in store.events("demo")]
    assert saved == [(first, "confirmed", "abc-1"), (second, "dismissed", "abc-2")]
    assert session[inbox.HANDLED] == {"abc": 2}
    assert session[inbox.ANSWER] == {"instance": "abc", "batch": 2, "failure": ""}


def test_reasons_and_notes_are_saved_and_a_note_is_no_vote(
    session: dict[str, Any], run: Run, store: ReviewStore, now: Context
) -> None:
    case = run.cases()["case_id"].iloc[0]
    session["viewer"] = sent(
        1,
        decide(1, case, "dismissed", reasons=["legitimate", "scene", "made up"]),
        decide(2, case, "noted", note="the tag"),
    )
    inbox.receive("viewer", now)
    ledger = store.ledger("demo")
    standing = ledger.standing(case)
    assert standing is not None
    assert standing.decision is ReviewDecision.DISMISSED
    assert standing.reasons == (ReviewReason.SCENE, ReviewReason.LEGITIMATE)
    assert ledger.note(case) == "the tag"


def test_cases_and_runs_that_are_not_there_are_not_saved(
    session: dict[str, Any], run: Run, store: ReviewStore, now: Context
) -> None:
    case = run.cases()["case_id"].iloc[0]
    session["gallery"] = sent(
        1, decide(1, "0123456789abcdef"), decide(2, case) | {"run": "../other"}
    )
    inbox.receive("gallery", now)
    assert store.events("demo") == []
    assert session[inbox.HANDLED] == {"abc": 1}


def test_what_somebody_decided_meanwhile_is_told(
    session: dict[str, Any], run: Run, store: ReviewStore, now: Context
) -> None:
    first, second, *_ = run.cases()["case_id"]
    store.append(Review("demo", first, "ben", ReviewDecision.DISMISSED))
    store.append(Review("demo", second, "ben", ReviewDecision.DISMISSED))
    session["gallery"] = sent(
        1, decide(1, first, seen=""), decide(2, second, "confirmed", seen="dismissed")
    )
    inbox.receive("gallery", now)
    (told,) = session[inbox.NOTICES]
    assert "ben" in told
    assert len(store.events("demo")) == 4


def test_wishes_are_remembered(session: dict[str, Any], now: Context) -> None:
    session["gallery"] = sent(
        1,
        want=[2, 3, -1, "4"],
        details=["x", 5],
        at="x",
        go={"kind": "open", "case": "x", "id": "n1"},
    )
    inbox.receive("gallery", now)
    assert session[inbox.WANT].want == (2, 3)
    assert session[inbox.WANT].details == ("x",)
    assert session[inbox.AT] == "x"
    assert session[state.GO] == ("open", "x", "n1")


def test_a_wish_that_came_true_is_not_heard_again(session: dict[str, Any], now: Context) -> None:
    go = {"kind": "back", "case": "x", "id": "n1"}
    session["viewer"] = sent(1, go=go)
    inbox.receive("viewer", now)
    assert state.requested_move() == ("back", "x")
    state.enter("gallery")
    assert state.requested_move() == ("", "")
    session["viewer"] = sent(2, go=go)
    inbox.receive("viewer", now)
    assert state.requested_move() == ("", "")
    session["viewer"] = sent(3, go=go | {"id": "n2"})
    inbox.receive("viewer", now)
    assert state.requested_move() == ("back", "x")


def test_after_a_failure_decisions_come_again(
    session: dict[str, Any], run: Run, store: ReviewStore, now: Context
) -> None:
    case = run.cases()["case_id"].iloc[0]
    broken = AuditorError("No disk.", expected="room", got="none", remedy="make room")
    session["gallery"] = sent(1, decide(1, case))
    inbox.receive("gallery", replace(now, store=broken))
    assert "No disk." in session[inbox.FAILURE]
    assert session[inbox.ANSWER]["failure"] == "No disk."
    assert inbox.HANDLED not in session
    inbox.receive("gallery", now)
    assert [event.case_id for event in store.events("demo")] == [case]


def test_in_a_team_what_another_person_left_behind_is_not_saved_under_this_name(
    session: dict[str, Any],
    run: Run,
    store: ReviewStore,
    now: Context,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(access, "team", lambda: True)
    first, second, *_ = run.cases()["case_id"]
    session["gallery"] = sent(
        1, decide(1, first, reviewer="ben"), decide(2, second, reviewer="ann")
    )
    inbox.receive("gallery", now)
    assert [(e.case_id, e.reviewer) for e in store.events("demo")] == [(second, "ann")]


@pytest.mark.parametrize(
    "junk",
    [
        None,
        {},
        {"instance": 7, "batch": 1},
        {"instance": "a'; --", "batch": 1, "decisions": [decide(1, "x")]},
        {"instance": "abc", "batch": "1"},
    ],
)
def test_junk_is_no_batch(junk: Any) -> None:
    assert inbox.batch_of(junk) is None


@pytest.mark.parametrize(
    "junk",
    [
        "no list",
        [None, 3, {"token": "1"}, {"token": 1, "run": "demo", "case": "x"}],
        [decide(1, "x", "burned")],
        [decide(1, "x") | {"case": ["x"]}],
        [decide(1, "") | {"token": ""}],
    ],
)
def test_junk_is_no_decision(junk: Any) -> None:
    batch = inbox.batch_of({"instance": "abc", "batch": 1, "decisions": junk, "go": "away"})
    assert batch is not None
    assert batch.said == ()
    assert batch.go is None


def test_notes_have_an_end() -> None:
    batch = inbox.batch_of(sent(1, decide(1, "a", "noted", note="n" * 5000))["events"])
    assert batch is not None
    assert len(batch.said[0].note) == inbox.MOST_CHARACTERS


def test_an_undo_takes_back_ones_own_decision_alone_and_says_what_stands(
    session: dict[str, Any], run: Run, store: ReviewStore, now: Context
) -> None:
    first, second, third, *_ = run.cases()["case_id"]
    store.append(
        Review("demo", first, "ben", ReviewDecision.CONFIRMED),
        Review("demo", second, "Ann", ReviewDecision.DISMISSED),
        Review("demo", second, "ben", ReviewDecision.CONFIRMED),
    )
    session["gallery"] = sent(
        1,
        decide(1, first, "withdrawn"),
        decide(2, second, "withdrawn"),
        decide(3, third),
        decide(4, third, "withdrawn"),
    )
    inbox.receive("gallery", now)
    assert [(e.case_id, e.decision.value) for e in store.events("demo") if e.reviewer == "ann"] == [
        (second, "withdrawn"),
        (third, "confirmed"),
        (third, "withdrawn"),
    ]
    ledger = store.ledger("demo")
    assert {case: event.reviewer for case, event in ledger.latest().items()} == {
        first: "ben",
        second: "ben",
    }
    vain, mine = session[inbox.NOTICES]
    assert vain != mine
    assert "ben" in vain
    assert "ben" in mine
    session.pop(inbox.HANDLED)  # the batch comes again after a reload
    inbox.receive("gallery", now)
    assert len(store.events("demo")) == 6
    assert session[inbox.NOTICES] == [vain, mine, vain]


def test_an_undo_tells_a_blind_reader_nothing_of_others(
    session: dict[str, Any], run: Run, store: ReviewStore, now: Context
) -> None:
    first = run.cases()["case_id"].iloc[0]
    store.append(
        Review("demo", first, "ben", ReviewDecision.CONFIRMED),
        Review("demo", first, "ann", ReviewDecision.CONFIRMED),
    )
    session["gallery"] = sent(1, decide(1, first, "withdrawn"))
    inbox.receive("gallery", replace(now, blind=True))
    assert store.ledger("demo").own(first, "ann") is None
    assert session[inbox.NOTICES] == []
