"""Whose cases these are, what is left of a queue, and what a blind reader is not told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np

from auditor.domain.verdicts import FLAGGED_CASES
from auditor.export import select
from auditor.reviews.assignment_store import open_assignments
from auditor.reviews.assignments import Assignment, Task, Unit
from auditor.reviews.events import Review, ReviewDecision
from auditor.reviews.store import open_store
from auditor.storage.run import Run
from auditor.wording.headline import headline
from dashboard.components import blind
from dashboard.components.team_progress import agreements
from dashboard.runs.assigned import assign
from dashboard.runs.filters import DIFFER, MINE, Filters
from dashboard.runs.queries import Cases
from dashboard.runs.ranks import Decided, Ranking
from tests.dashboard.apps import Open, cards, component, scope, text

RULES = (
    Assignment("only", ("Ann", "ben"), flagged=False),
    Assignment("only", ("cy",), unit=Unit.CLASS, blind=True),
    Assignment("only", ("eve",), task=Task.ARBITRATE),
)


def asked_by(run: Run, reviewer: str, *events: Review) -> Cases:
    connection = duckdb.connect()
    ranking = Ranking(connection, run.table_path("cases"))
    decided = Decided.nothing(ranking).after(events, len(events), ranking)
    plain = Cases(connection.cursor(), run.table_path("cases"), ranking, decided)
    mine = assign(RULES, plain).to(reviewer)
    return Cases(connection.cursor(), plain.table, ranking, decided, reviewer, mine)


def names(cases: Cases, wanted: Filters) -> list[str]:
    found: list[str] = cases.page(cases.ranks(wanted))["case_id"].tolist()
    return found


def test_everybody_has_a_queue_of_their_own(fresh: Run) -> None:
    everything = fresh.cases()
    ann, ben = (names(asked_by(fresh, name), Filters(queue=MINE)) for name in ("ANN", "ben"))
    assert sorted([*ann, *ben]) == sorted(everything["case_id"])
    assert ann
    assert ben
    flagged = everything.loc[everything["verdict"].isin(FLAGGED_CASES), "case_id"].tolist()
    assert names(asked_by(fresh, "cy"), Filters(queue=MINE)) == flagged
    assert names(asked_by(fresh, "eve"), Filters(queue=MINE)) == []


def test_exports_say_the_same_as_the_queues(fresh: Run) -> None:
    store = open_assignments(fresh.path.parent)
    for rule in RULES:
        store.add(rule)
    store.close()
    told = select(fresh, "cases").set_index("case_id")["assigned"].fillna("")
    for who in ("Ann", "ben", "cy"):
        of = [case for case, people in told.items() if who in people.split("; ")]
        assert of == names(asked_by(fresh, who), Filters(queue=MINE))


def test_a_queue_waits_for_ones_own_word_and_disagreements_for_whoever_settles(fresh: Run) -> None:
    case = names(asked_by(fresh, "ann"), Filters(queue=MINE))[0]
    before = asked_by(fresh, "ann").tally(Filters(queue=MINE))
    other = Review("only", case, "ben", ReviewDecision.DISMISSED)
    assert asked_by(fresh, "ann", other).tally(Filters(queue=MINE)) == before
    own = Review("only", case, "ann", ReviewDecision.CONFIRMED)
    both = asked_by(fresh, "ann", other, own)
    assert both.tally(Filters(queue=MINE)).left == before.left - 1
    assert names(both, Filters(queue=DIFFER)) == [case]
    assert both.tally(Filters(queue=DIFFER)).left == 1
    settled = Review("only", case, "eve", ReviewDecision.DISMISSED, arbitration=True)
    after = asked_by(fresh, "ann", other, own, settled)
    assert names(after, Filters(queue=DIFFER)) == []
    assert after.page(after.ranks(Filters(reviews=("dismissed",))))["case_id"].tolist() == [case]
    assert agreements(after.decided.ledger) == {"ann": (0, 1), "ben": (0, 1)}


def test_what_came_later_is_counted_as_if_all_came_at_once(fresh: Run) -> None:
    ids = fresh.cases()["case_id"].tolist()
    words = [ReviewDecision.CONFIRMED, ReviewDecision.DISMISSED, ReviewDecision.WITHDRAWN]
    events = [
        Review("only", ids[i % 3], ("ann", "ben")[i % 2], words[(i * i) % 3]) for i in range(12)
    ]
    ranking = Ranking(duckdb.connect(), fresh.table_path("cases"))
    whole = Decided.nothing(ranking).after(events, 12, ranking)
    steps = Decided.nothing(ranking)
    for number, event in enumerate(events, 1):
        steps = steps.after([event], number, ranking)
    assert np.array_equal(whole.codes, steps.codes)
    assert np.array_equal(whole.differs, steps.differs)
    assert all(np.array_equal(whole.of(name), steps.of(name)) for name in ("ann", "ben"))


def test_a_blind_reader_is_told_neither_verdict_nor_decisions(
    fresh: Run, show: Open, monkeypatch: object
) -> None:
    runs: Path = fresh.path.parent
    ids = fresh.cases()["case_id"].tolist()
    store = open_store(runs)
    store.append(Review("only", ids[0], "ben", ReviewDecision.CONFIRMED, "the sticker"))
    app = show(runs, show="all", blind="true")
    assert not app.exception
    told = {card["id"]: card for card in cards(app)}
    assert {card["verdict"]["name"] for card in told.values()} == {"Hidden"}  # type: ignore[index]
    assert all(card["severity"] is None and card["reason"] == "" for card in told.values())
    assert told[ids[0]]["said"] == {"review": "", "note": "", "reasons": [], "by": ""}
    assert "sticker" not in str(component(app, "delivery"))
    name = scope(app)["reviewer"]
    store.append(Review("only", ids[0], str(name), ReviewDecision.DISMISSED))
    store.close()
    again = {card["id"]: card for card in cards(show(runs, show="all", blind="true"))}
    assert again[ids[0]]["verdict"]["name"] != "Hidden"  # type: ignore[index]
    assert again[ids[1]]["verdict"]["name"] == "Hidden"  # type: ignore[index]
    assert "Reviews of this case: 0" in [
        box.label for box in show(runs, "case", case=ids[1], blind="true").expander
    ]


def test_pages_that_tell_are_closed_until_the_last_blind_case_is_decided(
    fresh: Run, show: Open
) -> None:
    runs = fresh.path.parent
    ids = fresh.cases()["case_id"].tolist()
    store, assignments = open_store(runs), open_assignments(runs)
    me = str(scope(show(runs))["reviewer"])
    assignments.add(Assignment("only", (me,), flagged=False, blind=True))
    assignments.close()
    for page in blind.TELLING:
        app = show(runs, page)
        assert not app.exception
        assert len(app.title) == 1
        assert str(len(ids)) in text(app)
        assert not app.metric
        assert not app.dataframe
        assert not app.main.get("download_button")
    verdict = headline(dict(fresh.summary["verdicts"])).verdict
    assert verdict.split(":")[0] not in text(show(runs, "runs"))
    app = show(runs, show="all", verdict="shortcut", sort="confidence")
    assert {card["verdict"]["name"] for card in cards(app)} == {"Hidden"}  # type: ignore[index]
    assert scope(app)["total"] == len(ids)
    assert not app.sidebar.get("download_button")
    store.append(*(Review("only", case, me, ReviewDecision.UNSURE) for case in ids))
    store.close()
    app = show(runs, "overview")
    assert not app.exception
    assert app.metric
    assert len(cards(show(runs, show="all", verdict="shortcut"))) < len(ids)


def test_what_a_blind_reader_may_ask_tells_nothing_of_what_is_hidden(fresh: Run) -> None:
    ids = fresh.cases()["case_id"].tolist()
    said = [
        Review("only", ids[0], "a", ReviewDecision.CONFIRMED, "tag"),
        Review("only", ids[0], "b", ReviewDecision.UNSURE),
    ]
    sees = asked_by(fresh, "cy", *said)
    everything = len(ids)
    unsees = replace(sees, hidden=np.ones(everything, dtype=bool))
    for wanted in (
        Filters(verdicts=("shortcut",)),
        Filters(reviews=("confirmed",)),
        Filters(score="severity", low=0.9, high=1.0),
    ):
        assert len(sees.ranks(wanted)) < everything
        assert len(unsees.ranks(wanted)) == everything
    assert len(sees.ranks(Filters(find="tag"))) == 1
    assert len(unsees.ranks(Filters(find="tag"))) == 0
    image = fresh.cases()["image"].iloc[3]
    assert names(unsees, Filters(find=image)) == [ids[3]]
    assert len(sees.ranks(Filters(queue=DIFFER))) == 1
    assert len(unsees.ranks(Filters(queue=DIFFER))) == 0
    assert np.array_equal(unsees.ranks(Filters(sort="confidence")), np.arange(everything))


def test_the_team_page_tells_the_rules_and_everybodys_progress(fresh: Run, show: Open) -> None:
    runs = fresh.path.parent
    store = open_assignments(runs)
    for rule in RULES:
        store.add(rule)
    store.close()
    app = show(runs, "team")
    assert not app.exception
    assert not [button for button in app.button if button.icon == ":material/inbox:"]
    table = app.dataframe[0].value.set_index("Reviewer")
    assert table.loc["Ann", "Assigned"] + table.loc["ben", "Assigned"] == len(fresh.cases())
    assert table.loc["cy", "Left"] > 0
    assert table.loc["eve", "Assigned"] == 0
