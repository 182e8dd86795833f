"""People hear what changed, once, and an audit never fails because they could not be told."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

from auditor.schedule.leases import LEASE, Leases
from auditor.schedule.scheduler_loop import keep_time, run_now
from auditor.schedule.values import Outcome
from auditor.storage.lock import FolderLock
from tests.fakes.hook import Hook
from tests.fakes.runs import make_run
from tests.schedule.conftest import Bench


def audit(bench: Bench, **orders: Any) -> Outcome:
    bench.clock.time += timedelta(hours=1)
    bench.orders(**orders)
    outcome = run_now(bench.worker(), "weekly").outcome
    assert outcome
    return outcome


def delivered(outcome: Outcome) -> list[str]:
    """Whom the message reached."""
    return [line.split()[1] for line in outcome.notified if line.startswith("told ")]


def bodies(hook: Hook) -> list[dict[str, Any]]:
    return [json.loads(body) for body in hook.bodies]


def test_only_what_changed_is_told(bench: Bench, hook: Hook) -> None:
    bench.environment["CHAT"] = hook.address
    bench.add(notify=("env:CHAT",))
    assert delivered(audit(bench)) == ["env:CHAT"]
    assert not delivered(audit(bench))
    verdicts = {"lighthouse": "confirmed"}
    assert delivered(audit(bench, summary={"verdicts": verdicts})) == ["env:CHAT"]
    first, moved = bodies(hook)
    assert first["changes"]["first"]
    assert moved["status"] == "done"
    gone = {move["what"] for move in moved["changes"]["verdicts"] if move["after"] is None}
    assert gone
    assert first["delivery"] != moved["delivery"]
    assert (moved["version"], moved["schedule"]) == (1, "weekly")
    assert moved["run"] == bench.store().history()[-1].run


def test_always_tells_that_nothing_changed(bench: Bench, hook: Hook) -> None:
    bench.add(notify=(hook.address,), notify_on="always")
    audit(bench)
    audit(bench)
    first, same = bodies(hook)
    assert (first["changes"]["first"], same["changes"]["first"]) == (True, False)
    assert not same["changes"]["verdicts"]


def test_an_audit_that_hangs_is_stopped_told_and_the_next_one_runs(
    bench: Bench, hook: Hook
) -> None:
    bench.add(notify=(hook.address,), timeout=2.0)
    hung = audit(bench, hold=True)
    assert hung.exit_code == 3
    assert "--timeout" in hung.message
    assert bodies(hook)[0]["status"] == "failed"
    assert "--timeout" in bodies(hook)[0]["text"]
    assert audit(bench).exit_code == 0


def test_a_hanging_audit_of_a_dead_scheduler_is_not_waited_for_for_ever(bench: Bench) -> None:
    bench.add(timeout=0.2)
    bench.clock.time += timedelta(hours=1)
    out = bench.runs / f"weekly-{bench.clock.now():%Y%m%d-%H%M%S}"
    out.mkdir()
    lock = FolderLock.acquire(out)
    outcome = run_now(bench.worker(), "weekly").outcome
    lock.release()
    assert outcome
    assert outcome.exit_code == 3
    assert outcome.message
    assert bench.starts() == []


def test_every_failure_is_told(bench: Bench, hook: Hook) -> None:
    bench.add(notify=(hook.address,))
    for _ in range(2):
        audit(bench, exit=3, says="error: the disk is full")
    audit(bench)
    failed, again, mended = bodies(hook)
    assert (failed["status"], failed["exit_code"]) == ("failed", 3)
    assert "the disk is full" in failed["text"]
    assert again["status"] == "failed"
    assert mended["status"] == "done"
    assert "failed → done" in mended["text"]


def test_whom_nobody_can_reach_is_recorded_and_the_audit_counts(bench: Bench) -> None:
    dead = "http://127.0.0.1:9/t0ken"
    bench.add(notify=(dead, "env:NOBODY"))
    outcome = audit(bench)
    assert outcome.exit_code == 0
    refused, unset = outcome.notified
    assert refused.startswith("not told: The webhook http://127.0.0.1:9 ")
    assert "NOBODY" in unset
    stored = bench.store().history()[-1].outcome
    assert stored
    assert stored.notified == outcome.notified
    assert any("not told" in line for line in bench.said)
    assert "t0ken" not in "".join([*bench.said, *outcome.notified])


def test_the_file_s_targets_count_where_the_schedule_has_none(bench: Bench, hook: Hook) -> None:
    section = f'[notify]\ntargets = ["{hook.address}"]\non = "always"\n'
    bench.config.write_text(bench.config.read_text() + section)
    bench.add()
    audit(bench)
    audit(bench)
    assert len(hook.bodies) == 2


def test_a_crash_after_the_message_repeats_it_under_the_same_name(bench: Bench, hook: Hook) -> None:
    bench.add(notify=(hook.address,))
    bench.clock.time += timedelta(days=7)
    worker = bench.worker()
    claim = worker.leases.take("weekly", bench.clock.now())
    assert claim
    worker._told(claim, worker._audited(claim))  # and here the process dies
    bench.clock.time += 2 * LEASE
    keep_time(bench.worker(), until_idle=True)
    first, second = bodies(hook)
    assert first["delivery"] == second["delivery"]
    assert len(bench.starts()) == 1


def test_a_slow_teller_whose_audit_was_taken_over_tells_nothing(bench: Bench, hook: Hook) -> None:
    bench.add(notify=(hook.address,))
    bench.clock.time += timedelta(days=7)
    slow = bench.worker(beat=60)
    claim = slow.leases.take("weekly", bench.clock.now())
    assert claim
    bench.clock.time += 2 * LEASE
    assert Leases(bench.store()).take("weekly", bench.clock.now())
    assert slow.work(claim) is None
    assert hook.bodies == []


def test_real_runs_are_compared_and_noise_is_called_noise(bench: Bench) -> None:
    """The same seed twice is the same run; one verdict is changed by hand, no number is."""
    run = make_run(bench.home / "base", images=False)
    name = next(n for n, verdict in run.summary["verdicts"].items() if verdict == "suspected")
    bench.add()
    audit(bench, template=str(run.path))
    classes = run.classes()
    classes.loc[classes["class"] == name, "verdict"] = "clean"
    classes.to_parquet(run.path / "classes.parquet")
    moved = {**run.summary["verdicts"], name: "clean"}
    outcome = audit(bench, template=str(run.path), summary={"verdicts": moved})
    told = next(line for line in re.split("; |\n", outcome.message) if name in line)
    assert "suspected → clean" in told
    assert not told.endswith("suspected → clean")  # it is called noise


def test_the_older_run_may_be_gone(bench: Bench) -> None:
    bench.add()
    audit(bench, summary={"verdicts": {"a": "clean"}})
    (bench.runs / bench.store().history()[-1].run / "manifest.json").unlink()
    outcome = audit(bench, summary={"verdicts": {"a": "confirmed"}})
    assert "a: clean → confirmed" in outcome.message
