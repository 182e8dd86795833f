"""A claimed audit is run, judged, told and recorded; whatever stops it, nothing is lost."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from auditor.domain.errors import AuditorError
from auditor.schedule.leases import LEASE, Leases
from auditor.schedule.scheduler_loop import keep_time, run_now
from auditor.schedule.trends import read_trends
from auditor.schedule.values import Outcome, ScheduledAudit
from auditor.schedule.work import ATTEMPTS
from auditor.storage.lock import FolderLock
from auditor.storage.run import is_finished, open_run
from tests.schedule.conftest import Bench

WEEK = timedelta(days=7)
ROOT = Path(__file__).parents[2]


def once(bench: Bench, **orders: Any) -> tuple[ScheduledAudit, Outcome]:
    bench.clock.time += timedelta(minutes=1)
    bench.orders(**orders)
    audit = run_now(bench.worker(), "weekly")
    assert audit.outcome
    return audit, audit.outcome


def eventually(condition: Any) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.02)


def keeping(bench: Bench) -> tuple[list[Outcome], threading.Thread]:
    """Time is kept in a thread; how its audits ended comes into the list."""
    worker, ended = bench.worker(), list[Outcome]()
    thread = threading.Thread(
        target=lambda: ended.extend(keep_time(worker, until_idle=True)), daemon=True
    )
    thread.start()
    return ended, thread


def test_what_is_due_runs_into_a_folder_named_by_schedule_and_time(bench: Bench) -> None:
    bench.add()
    bench.clock.time += WEEK
    (outcome,) = keep_time(bench.worker(), until_idle=True)
    assert outcome.exit_code == 0
    (audit,) = bench.store().history()
    assert audit.run == "weekly-20261130-120000"
    assert open_run(bench.runs / audit.run).summary == outcome.summary
    assert keep_time(bench.worker(), until_idle=True) == []
    assert len(bench.starts()) == 1


def test_history_says_what_moved_since_the_audit_before(bench: Bench) -> None:
    bench.add()
    _, first = once(bench, summary={"verdicts": {"a": "clean", "b": "clean"}, "confirmed": 0})
    assert first.message.startswith("done, ")
    assert re.findall(r"\d+", first.message) == ["0"]  # confirmed
    _, second = once(
        bench,
        summary={"verdicts": {"a": "confirmed", "c": "clean"}, "accuracy": 0.5, "confirmed": 1},
    )
    assert re.search(r"^done, 3\b", second.message)
    for said in ("a: clean → confirmed", "b: clean → none", "c: none → clean", "→ 50%"):
        assert said in second.message
    third = once(bench, summary={"verdicts": {"a": "confirmed", "c": "clean"}, "accuracy": 0.5})
    assert third[1].message == "done"


def test_a_failed_audit_is_recorded_with_its_words_and_the_next_one_runs(bench: Bench) -> None:
    bench.add()
    bench.clock.time += WEEK
    bench.orders(exit=2, says="error: no such data\n  remedy: name the right --data")
    (failed,) = keep_time(bench.worker(), until_idle=True)
    assert failed.exit_code == 2
    assert "no such data" in failed.message
    bench.clock.time += WEEK
    bench.orders()
    (mended,) = keep_time(bench.worker(), until_idle=True)
    assert mended.exit_code == 0
    assert "failed → done" in mended.message


def test_a_run_that_cannot_be_read_is_a_failure(bench: Bench, template: Path) -> None:
    broken = bench.home / "broken"
    broken.mkdir()
    for file in template.iterdir():
        cut = file.read_bytes()[:40] if file.name == "cases.parquet" else file.read_bytes()
        (broken / file.name).write_bytes(cut)
    bench.add()
    _, outcome = once(bench, template=str(broken))
    assert outcome.exit_code == 3
    assert "cases.parquet" in outcome.message


def test_a_folder_that_is_gone_is_a_failure_with_a_word(bench: Bench) -> None:
    schedule = bench.add()
    store = bench.store()
    store.remove("weekly", now=bench.clock.now())
    store.add(type(schedule)(**{**vars(schedule), "folder": bench.home / "gone"}))
    _, outcome = once(bench)
    assert outcome.exit_code == 2
    assert "gone" in outcome.message


def test_a_dead_process_s_audit_is_resumed_in_its_folder(bench: Bench) -> None:
    bench.add()
    bench.clock.time += WEEK
    claim = Leases(bench.store()).take("weekly", bench.clock.now())
    assert claim
    (bench.runs / claim.audit.run / "parts").mkdir(parents=True)
    bench.clock.time += 2 * LEASE
    (outcome,) = keep_time(bench.worker(), until_idle=True)
    assert outcome.exit_code == 0
    assert bench.starts() == [f"run {claim.audit.run} --quiet --resume"]
    (audit,) = bench.store().history()
    assert audit.attempts == 2


def test_a_run_that_was_finished_before_the_crash_is_not_made_again(bench: Bench) -> None:
    bench.add()
    bench.clock.time += WEEK
    claim = Leases(bench.store()).take("weekly", bench.clock.now())
    assert claim
    (bench.runs / claim.audit.run).mkdir()
    for file in bench.template.iterdir():
        (bench.runs / claim.audit.run / file.name).write_bytes(file.read_bytes())
    bench.clock.time += 2 * LEASE
    (outcome,) = keep_time(bench.worker(), until_idle=True)
    assert outcome.exit_code == 0
    assert bench.starts() == []


def test_an_orphaned_audit_is_waited_for(bench: Bench) -> None:
    """The scheduler died, its audit lives on and holds the lock."""
    bench.add()
    bench.clock.time += WEEK
    claim = Leases(bench.store()).take("weekly", bench.clock.now())
    assert claim
    folder = bench.runs / claim.audit.run
    (folder / "parts").mkdir(parents=True)
    lock = FolderLock.acquire(folder)
    bench.clock.time += 2 * LEASE
    ended, thread = keeping(bench)
    thread.join(timeout=0.5)
    assert thread.is_alive()
    for file in bench.template.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    lock.release()
    thread.join(timeout=60)
    assert [outcome.exit_code for outcome in ended] == [0]
    assert bench.starts() == []


def test_an_audit_that_outlives_no_process_is_given_up(bench: Bench) -> None:
    bench.add()
    bench.clock.time += WEEK
    for _ in range(3):
        assert Leases(bench.store()).take("weekly", bench.clock.now())
        bench.clock.time += 2 * LEASE
    (outcome,) = keep_time(bench.worker(), until_idle=True)
    assert outcome.exit_code is None
    assert str(ATTEMPTS) in outcome.message
    assert bench.starts() == []


def test_a_process_that_lost_the_lease_stops_its_audit(bench: Bench) -> None:
    bench.add()
    bench.clock.time += WEEK
    bench.orders(hold=True)
    ended, thread = keeping(bench)
    eventually(lambda: len(bench.starts()) == 1)
    with bench.store().engine.begin() as connection:
        connection.exec_driver_sql("UPDATE schedules SET lease_owner = 'another'")
    thread.join(timeout=60)
    assert not thread.is_alive()
    assert ended == []
    assert len(bench.said) == 2  # that it is due, and that another process has it
    (audit,) = bench.store().history()
    assert audit.ended is None
    assert not is_finished(bench.runs / audit.run)


def test_a_database_that_is_away_when_the_audit_ends_loses_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.add()
    bench.clock.time += WEEK
    away = AuditorError("The database is full.", expected="room", got="none", remedy="make room")
    finish, failures = Leases.finish, [away, away]

    def sometimes(leases: Leases, *words: Any) -> bool:
        if failures:
            raise failures.pop()
        return finish(leases, *words)

    class EnoughError(Exception):
        pass

    def sleep(seconds: float) -> None:
        bench.clock.time += timedelta(seconds=seconds)
        if bench.store().history()[-1].outcome:
            raise EnoughError

    monkeypatch.setattr(Leases, "finish", sometimes)
    monkeypatch.setattr(bench.clock, "sleep", sleep)
    with pytest.raises(EnoughError):
        keep_time(bench.worker())
    assert sum("database is full" in line for line in bench.said) == 2
    (audit,) = bench.store().history()
    assert audit.outcome
    assert (audit.outcome.exit_code, audit.attempts) == (0, 3)
    assert len(bench.starts()) == 1


KEEPER = """
import os, signal, sys
from pathlib import Path
from auditor.schedule.clock import SystemClock
from auditor.domain.errors import AuditorError
from auditor.schedule.scheduler_loop import keep_time
from auditor.schedule.leases import Leases
from auditor.schedule.running import Runner
from auditor.schedule.store import open_schedules
from auditor.schedule.work import ScheduleWorker

def stop(*_): raise KeyboardInterrupt
signal.signal(signal.SIGTERM, stop)
store = open_schedules(Path(sys.argv[1]))
runner = Runner((sys.executable, sys.argv[2]), beat=0.1)
worker = ScheduleWorker(store, Leases(store), SystemClock(), os.environ, runner=runner)
keep_time(worker, until_idle=True)
"""


def keeper(bench: Bench) -> subprocess.Popen[bytes]:
    program = str(ROOT / "tests" / "fakes" / "audit_program.py")
    words = [sys.executable, "-c", KEEPER, str(bench.runs), program]
    return subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
def test_a_stopped_process_gives_its_audit_back_at_once(bench: Bench) -> None:
    bench.add()
    make_due(bench)
    bench.orders(hold=True)
    stopped = keeper(bench)
    eventually(lambda: len(bench.starts()) == 1)
    stopped.send_signal(signal.SIGTERM)
    stopped.communicate(timeout=60)
    (bench.home / "let-go").touch()
    # No lease to wait for: the next process goes on at once, on the real clock.
    assert keeper(bench).wait(timeout=60) == 0
    (audit,) = bench.store().history()
    assert audit.outcome
    assert (audit.outcome.exit_code, audit.attempts) == (0, 1)
    assert len(bench.starts()) == 2


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
def test_a_killed_process_leaves_the_schedule_whole(bench: Bench) -> None:
    bench.add()
    make_due(bench)
    bench.orders(hold=True)
    killed = keeper(bench)
    eventually(lambda: len(bench.starts()) == 1)
    killed.kill()
    killed.communicate(timeout=60)
    (audit,) = bench.store().history()
    assert audit.ended is None
    (bench.home / "let-go").touch()  # the orphaned audit comes to its end
    bench.clock.time = audit.started + 2 * LEASE
    (outcome,) = keep_time(bench.worker(), until_idle=True)
    assert outcome.exit_code == 0
    assert len(bench.starts()) == 1
    assert len(bench.store().history()) == 1


def test_two_processes_make_exactly_one_audit(bench: Bench) -> None:
    bench.add()
    make_due(bench)
    bench.orders(hold=True)
    both = [keeper(bench) for _ in range(2)]
    # One works on the audit, the other finds nothing to do and leaves while it does.
    eventually(lambda: any(process.poll() is not None for process in both))
    eventually(lambda: len(bench.starts()) == 1)
    (bench.home / "let-go").touch()
    assert [process.wait(timeout=60) for process in both] == [0, 0]
    assert len(bench.starts()) == 1
    (audit,) = bench.store().history()
    assert audit.outcome
    assert audit.outcome.exit_code == 0
    assert [folder.name for folder in bench.runs.iterdir() if folder.is_dir()] == [audit.run]


def test_trends_tell_the_numbers_of_every_finished_audit(bench: Bench) -> None:
    assert read_trends(bench.home, {}) == {}
    bench.add()
    once(bench, summary={"accuracy": 0.9, "shortcut_rate": None, "verdicts": {"a": "clean"}})
    once(bench, exit=3)
    once(bench, summary={"accuracy": 0.7, "shortcut_rate": 0.2, "verdicts": {"a": "confirmed"}})
    (points,) = read_trends(bench.runs, {}).values()
    assert [point.accuracy for point in points] == [0.9, 0.7]
    assert [point.shortcut_rate for point in points] == [None, 0.2]
    assert [point.verdicts["a"] for point in points] == ["clean", "confirmed"]
    assert all(point.there for point in points)


def make_due(bench: Bench) -> None:
    with bench.store().engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE schedules SET next_due = '2026-01-05T07:00:00.000000+00:00'"
        )


def test_the_stored_summary_is_plain_json(bench: Bench) -> None:
    bench.add()
    _, outcome = once(bench)
    assert json.loads(json.dumps(dict(outcome.summary))) == outcome.summary
