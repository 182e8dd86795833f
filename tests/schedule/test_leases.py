"""Who may run what: due once, one process, and nothing lost when a process dies."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from auditor.domain.errors import AuditorError, ScheduleError
from auditor.schedule.leases import LEASE, Claim, Leases
from auditor.schedule.store import open_schedules
from auditor.schedule.values import Outcome
from tests.schedule.conftest import START, Bench

WEEK = timedelta(days=7)
DUE = START.replace(hour=7) + WEEK


def test_a_schedule_comes_back_as_it_was_added(bench: Bench) -> None:
    added = bench.add(
        timezone="Europe/Berlin",
        notify=("env:HOOK",),
        notify_on="always",
        gate={"max_confirmed": 2},
        keep=3,
    )
    assert bench.store().get("weekly") == added
    assert bench.store().all() == [added]


def test_two_of_one_name_are_refused_and_the_first_stays(bench: Bench) -> None:
    first = bench.add()
    with pytest.raises(ScheduleError) as caught:
        bench.add(cron="0 8 * * *")
    assert caught.value.code == "schedule.exists"
    assert bench.store().all() == [first]


def test_another_folder_of_runs_has_other_schedules(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUDITOR_DATABASE_URL", f"sqlite:///{bench.home / 'team.sqlite3'}")
    bench.add()
    other = open_schedules(bench.home / "other-runs")
    assert other.all() == []
    assert Leases(other).ready(DUE + WEEK) == []
    with pytest.raises(ScheduleError) as caught:
        other.get("weekly")
    assert caught.value.code == "schedule.unknown"


def test_nothing_is_taken_before_it_is_due(bench: Bench) -> None:
    bench.add()
    leases = Leases(bench.store())
    just_before = DUE - timedelta(microseconds=1)
    assert leases.ready(just_before) == []
    assert leases.take("weekly", just_before) is None
    assert leases.ready(DUE) == ["weekly"]
    claim = leases.take("weekly", DUE)
    assert claim
    assert claim.audit.due == DUE
    assert bench.store().get("weekly").next_due == DUE + WEEK


def test_missed_times_are_made_up_for_once(bench: Bench) -> None:
    bench.add()
    leases = Leases(bench.store())
    late = DUE + 3 * WEEK + timedelta(hours=5)
    claim = leases.take("weekly", late)
    assert claim
    assert leases.finish(claim, Outcome(0), late)
    assert leases.ready(late) == []
    assert bench.store().get("weekly").next_due == DUE + 4 * WEEK
    assert len(bench.store().history()) == 1


def test_only_one_has_it_at_a_time(bench: Bench) -> None:
    bench.add()
    first, second = Leases(bench.store()), Leases(bench.store())
    claim = first.take("weekly", DUE)
    assert claim
    for unasked in (True, False):
        assert second.take("weekly", DUE, unasked=unasked) is None
    assert second.ready(DUE) == []
    assert first.finish(claim, Outcome(0), DUE)
    assert second.take("weekly", DUE) is None


def test_a_renewed_lease_holds_and_an_expired_one_is_taken_over(bench: Bench) -> None:
    bench.add()
    dead, next_one = Leases(bench.store()), Leases(bench.store())
    claim = dead.take("weekly", DUE)
    assert claim
    assert dead.renew(claim, DUE + LEASE / 2)
    assert next_one.take("weekly", DUE + LEASE) is None
    after = DUE + 1.5 * LEASE
    assert next_one.ready(after) == ["weekly"]
    taken = next_one.take("weekly", after)
    assert taken
    assert (taken.audit.id, taken.audit.run, taken.audit.attempts) == (
        claim.audit.id,
        claim.audit.run,
        2,
    )
    # The first was not dead but slow: it has lost the audit and cannot record anything.
    assert not dead.renew(claim, after)
    assert not dead.finish(claim, Outcome(3, message="wrong"), after)
    assert next_one.finish(taken, Outcome(0, message="right"), after)
    (audit,) = bench.store().history()
    assert audit.outcome == Outcome(0, message="right")
    assert bench.store().get("weekly").next_due == DUE + WEEK


def test_what_is_given_back_is_gone_on_with_and_counts_no_attempt(bench: Bench) -> None:
    bench.add()
    leases = Leases(bench.store())
    first = leases.take("weekly", DUE)
    assert first
    leases.release(first)
    again = leases.take("weekly", DUE + timedelta(seconds=1))
    assert again
    assert (again.audit.run, again.audit.attempts) == (first.audit.run, 1)


def test_an_audit_at_any_time_leaves_the_next_due_time_and_takes_a_due_one(bench: Bench) -> None:
    bench.add()
    leases = Leases(bench.store())
    early = leases.take("weekly", START, unasked=False)
    assert early
    assert early.audit.due == START
    leases.finish(early, Outcome(0), START)
    assert bench.store().get("weekly").next_due == DUE
    due = leases.take("weekly", DUE + timedelta(minutes=1), unasked=False)
    assert due
    assert due.audit.due == DUE
    leases.finish(due, Outcome(0), DUE)
    assert leases.ready(DUE + timedelta(minutes=2)) == []


def test_of_many_threads_one_gets_it(bench: Bench) -> None:
    bench.add()
    stores = [bench.store() for _ in range(8)]
    barrier, claims = threading.Barrier(8), list[Claim | None]()

    def take(number: int) -> None:
        leases = Leases(stores[number])
        barrier.wait()
        claims.append(leases.take("weekly", DUE))

    threads = [threading.Thread(target=take, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(claim is not None for claim in claims) == 1
    assert len(bench.store().history()) == 1


def test_the_database_itself_refuses_one_audit_twice(bench: Bench) -> None:
    bench.add()
    leases = Leases(bench.store())
    claim = leases.take("weekly", DUE)
    assert claim
    assert leases.finish(claim, Outcome(0), DUE)
    with bench.store().engine.begin() as connection:
        connection.execute(sa.text("UPDATE schedules SET next_due = :due"), {"due": DUE_TEXT})
    with pytest.raises(AuditorError) as caught:
        leases.take("weekly", DUE)
    assert caught.value.code == "database.unusable"
    assert len(bench.store().history()) == 1


DUE_TEXT = DUE.isoformat(timespec="microseconds")


def test_a_schedule_that_runs_is_not_removed(bench: Bench) -> None:
    bench.add()
    leases = Leases(bench.store())
    claim = leases.take("weekly", DUE)
    assert claim
    with pytest.raises(ScheduleError) as caught:
        bench.store().remove("weekly", now=DUE)
    assert caught.value.code == "schedule.running"
    leases.finish(claim, Outcome(0), DUE)
    bench.store().remove("weekly", now=DUE)
    assert bench.store().all() == []
    assert len(bench.store().history("weekly")) == 1
    with pytest.raises(ScheduleError) as caught:
        bench.store().remove("weekly", now=DUE)
    assert caught.value.code == "schedule.unknown"


def test_a_newer_database_is_refused(bench: Bench) -> None:
    with bench.store().engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO schedules_version VALUES (99)"))
    with pytest.raises(AuditorError) as caught:
        bench.store()
    assert caught.value.code == "database.newer"


def test_a_database_of_the_first_version_is_brought_up_to_date(bench: Bench) -> None:
    bench.add("nightly", timeout=60.0)
    with bench.store().engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE schedules DROP COLUMN timeout"))
        connection.execute(sa.text("DELETE FROM schedules_version WHERE version > 1"))
    assert bench.store().get("nightly").timeout is None
    bench.add("weekly", timeout=60.0)
    assert bench.store().get("weekly").timeout == 60.0
