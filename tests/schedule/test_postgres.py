"""The same on a team's PostgreSQL: schedules, leases and reviews in one database."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from auditor.database import DATABASE_VARIABLE
from auditor.reviews.events import Review, ReviewDecision
from auditor.reviews.store import open_store
from auditor.schedule.leases import LEASE, Claim, Leases
from auditor.schedule.scheduler_loop import run_now
from auditor.schedule.trends import read_trends
from auditor.schedule.values import Outcome
from tests.schedule.conftest import Bench

WEEK = timedelta(days=7)


@pytest.fixture
def team(bench: Bench, postgres: str, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setenv(DATABASE_VARIABLE, postgres)
    return bench


def race(team: Bench, count: int) -> list[Claim]:
    barrier, claims = threading.Barrier(count), list[Claim]()

    def take() -> None:
        barrier.wait()
        # Opening migrates: that races too.
        claim = Leases(team.store()).take("weekly", team.clock.now())
        if claim:
            claims.append(claim)

    threads = [threading.Thread(target=take) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return claims


def test_of_many_one_gets_it_and_the_next_takes_it_over(team: Bench) -> None:
    added = team.add(notify=("env:CHAT",), gate={"max_confirmed": 1}, keep=2)
    assert team.store().get("weekly") == added
    team.clock.time += WEEK
    (claim,) = race(team, 6)
    assert race(team, 6) == []
    team.clock.time += 2 * LEASE
    (again,) = race(team, 6)
    assert (again.audit.id, again.audit.attempts) == (claim.audit.id, 2)
    leases = Leases(team.store(), owner=again.owner)
    assert not Leases(team.store(), owner=claim.owner).finish(claim, Outcome(0), team.clock.now())
    outcome = Outcome(1, gate=False, gate_failures=("no",), summary={"verdicts": {"a": "clean"}})
    assert leases.finish(again, outcome, team.clock.now())
    (audit,) = team.store().history()
    assert audit.outcome == outcome
    team.store().remove("weekly", now=team.clock.now())


def test_a_whole_audit_with_reviews_and_retention(team: Bench, postgres: str) -> None:
    team.add(keep=1)
    made = []
    for _ in range(3):
        team.clock.time += timedelta(hours=1)
        made.append(run_now(team.worker(), "weekly").run)
        if len(made) == 1:
            review = Review(made[0], "a-case", "ann", ReviewDecision.CONFIRMED)
            assert open_store(team.runs).append(review, review) == 1
    assert {path.name for path in team.runs.iterdir()} == {made[0], made[2]}
    (points,) = read_trends(team.runs, {DATABASE_VARIABLE: postgres}).values()
    assert [point.there for point in points] == [True, False, True]
