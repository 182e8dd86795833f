"""The process that keeps the time: runs what is due, waits, and looks again."""

from __future__ import annotations

from datetime import datetime, timedelta

from auditor.domain.errors import AuditorError, ScheduleError
from auditor.schedule.values import Outcome, ScheduledAudit
from auditor.schedule.work import ScheduleWorker

LOOK_SECONDS = 30.0
"""A schedule that is added meanwhile is seen within this."""


def keep_time(worker: ScheduleWorker, *, until_idle: bool = False) -> list[Outcome]:
    """Run whatever is due, one audit at a time, for ever.

    Several processes may keep the time of the same schedules, each audit runs once. A database
    that is away is said and waited for.

    Args:
        worker: does the work.
        until_idle: come back as soon as nothing is due.

    Returns:
        How the audits of this process ended.

    Raises:
        AuditorError: the database cannot be used, with `until_idle`.
    """
    ended: list[Outcome] = []
    while True:
        try:
            worked = _work_off(worker)
        except AuditorError as error:
            if until_idle:
                raise
            worker.say(str(error))
            worked = []
        ended += worked
        if not worked:
            if until_idle:
                return ended
            worker.clock.sleep(_pause(worker))


def _work_off(worker: ScheduleWorker) -> list[Outcome]:
    ended = []
    for name in worker.leases.ready(worker.clock.now()):
        claim = worker.leases.take(name, worker.clock.now())
        outcome = worker.work(claim) if claim else None
        if outcome:
            ended.append(outcome)
    return ended


def _pause(worker: ScheduleWorker) -> float:
    """Seconds to the next due time, at most `LOOK_SECONDS`."""
    try:
        due = [schedule.next_due for schedule in worker.store.all()]
    except AuditorError:
        return LOOK_SECONDS
    now: datetime = worker.clock.now()
    nearest = min(((at - now).total_seconds() for at in due), default=LOOK_SECONDS)
    return min(LOOK_SECONDS, max(0.5, nearest))


def run_now(worker: ScheduleWorker, name: str, *, wait: float = 0.0) -> ScheduledAudit:
    """Run one schedule's audit, due or not, and go on with what was left unfinished.

    Args:
        worker: does the work.
        name: of the schedule.
        wait: seconds to wait for another process that has it.

    Returns:
        Its line in the history.

    Raises:
        ScheduleError: there is no such schedule, or another process has it.
    """
    worker.store.get(name)
    until = worker.clock.now() + timedelta(seconds=wait)
    while (claim := worker.leases.take(name, worker.clock.now(), unasked=False)) is None:
        if worker.clock.now() >= until:
            raise _busy(name, "another process runs it, or died less than two minutes ago")
        worker.clock.sleep(1.0)
    if worker.work(claim) is None:
        raise _busy(name, "another process took it over")
    return next(audit for audit in worker.store.history(name) if audit.id == claim.audit.id)


def _busy(name: str, got: str) -> ScheduleError:
    return ScheduleError(
        "The schedule is busy.",
        code="schedule.busy",
        expected=f"no other process that runs {name}",
        got=got,
        remedy="wait for its end (--wait SECONDS); see `auditor schedule list`",
    )
