"""What the browser sends is checked, saved once, and kept after a failure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from auditor.domain.errors import AuditorError
from auditor.reviews.store import ReviewStore, open_store
from auditor.storage.run import Run
from dashboard import inbox, state
from tests.fakes.runs import make_run


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    memory: dict[str, Any] = {}
    monkeypatch.setattr(state, "recall", memory.get)
    monkeypatch.setattr(state, "remember", memory.__setitem__)
    monkeypatch.setattr(state, "set_page", lambda number: memory.__setitem__("page", number))
    monkeypatch.setattr(state, "component", lambda key: memory.get(key, {}))
    return memory


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return make_run(tmp_path / "runs" / "demo", classes=2, per_class=3, images=False)


@pytest.fixture
def store(run: Run) -> ReviewStore:
    return open_store(run.path.parent)


def sent(*events: dict[str, Any]) -> dict[str, Any]:
    return {"events": {"instance": "abc", "events": list(events)}}


def decide(seq: int, case: str, decision: str = "confirmed") -> dict[str, Any]:
    return {"seq": seq, "kind": "decide", "case": case, "decision": decision}


def test_a_queue_that_comes_again_is_saved_once(
    session: dict[str, Any], run: Run, store: ReviewStore
) -> None:
    first, second, *_ = run.cases()["case_id"]
    session["gallery"] = sent(decide(1, first))
    inbox.receive("gallery", run, store)
    session["gallery"] = sent(decide(1, first), decide(2, second, "dismissed"))
    inbox.receive("gallery", run, store)
    inbox.receive("gallery", run, store)
    session.pop(inbox.HANDLED)  # as after a lost session: the token still knows
    inbox.receive("gallery", run, store)
    saved = [(e.case_id, e.decision.value, e.token) for e in store.events("demo")]
    assert saved == [(first, "confirmed", "abc-1"), (second, "dismissed", "abc-2")]
    assert session[inbox.HANDLED] == {"abc": 2}


def test_cases_of_no_run_are_not_saved(
    session: dict[str, Any], run: Run, store: ReviewStore
) -> None:
    session["gallery"] = sent(decide(1, "0123456789abcdef"))
    inbox.receive("gallery", run, store)
    assert store.events("demo") == []


def test_wishes_are_remembered(session: dict[str, Any], run: Run, store: ReviewStore) -> None:
    session["gallery"] = sent(
        {"seq": 1, "kind": "page", "page": 3},
        {"seq": 2, "kind": "open", "case": "x"},
        {"seq": 3, "kind": "back"},
    )
    inbox.receive("gallery", run, store)
    assert session["page"] == 3
    assert session[inbox.OPEN] == "x"
    assert session[inbox.BACK] is True


def test_after_a_failure_decisions_come_again(
    session: dict[str, Any], run: Run, store: ReviewStore
) -> None:
    case = run.cases()["case_id"].iloc[0]
    broken = AuditorError("No disk.", expected="room", got="none", remedy="make room")
    session["gallery"] = sent(decide(1, case))
    inbox.receive("gallery", run, broken)
    assert "No disk." in session[inbox.FAILURE]
    assert inbox.HANDLED not in session
    inbox.receive("gallery", run, store)
    assert [event.case_id for event in store.events("demo")] == [case]


@pytest.mark.parametrize(
    "junk",
    [
        {},
        {"instance": 7, "events": []},
        {"instance": "a'; --", "events": [decide(1, "x")]},
        {"instance": "abc", "events": "no list"},
        {"instance": "abc", "events": [None, 3, {"seq": "1"}, {"seq": 1, "kind": "delete"}]},
        {"instance": "abc", "events": [decide(1, "x", "burned")]},
        {"instance": "abc", "events": [{"seq": 1, "kind": "open", "case": ["x"]}]},
        {"instance": "abc", "events": [{"seq": 1, "kind": "page", "page": "2"}]},
    ],
)
def test_junk_is_no_event(junk: dict[str, Any]) -> None:
    assert inbox.events_of(junk)[1] == []


def test_events_come_in_their_order_and_notes_have_an_end() -> None:
    name, events = inbox.events_of(
        {
            "instance": "abc",
            "events": [decide(2, "b"), decide(1, "a") | {"note": "n" * 5000}],
        }
    )
    assert name == "abc"
    assert [event.seq for event in events] == [1, 2]
    assert len(events[0].note) == inbox.MOST_CHARACTERS
