"""The schedules and their history in the database beside the runs."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from auditor.database import answering, open_engine
from auditor.domain.errors import ScheduleError
from auditor.schedule.rows import audit_of, schedule_of, schedule_row, text
from auditor.schedule.tables import AUDITS, SCHEDULES, migrate
from auditor.schedule.values import Schedule, ScheduledAudit


class ScheduleStore:
    """Schedules of one folder of runs. Safe to share between threads and between processes."""

    def __init__(self, engine: sa.Engine, runs: Path) -> None:
        self.engine = engine
        self.runs = runs.resolve()
        with answering(engine):
            migrate(engine)

    def add(self, schedule: Schedule) -> None:
        """Keep a new schedule.

        Raises:
            ScheduleError: there is one of that name.
        """
        row = schedule_row(schedule, self.runs)
        with answering(self.engine):
            try:
                with self.engine.begin() as connection:
                    connection.execute(SCHEDULES.insert().values(row))
            except sa.exc.IntegrityError:
                raise ScheduleError(
                    "There is a schedule of that name.",
                    code="schedule.exists",
                    expected="a new name",
                    got=schedule.name,
                    remedy=f"give another, or `auditor schedule remove {schedule.name}` first",
                ) from None

    def remove(self, name: str, *, now: datetime) -> None:
        """Forget a schedule; its runs and its history stay.

        Raises:
            ScheduleError: there is none of that name, or it runs right now.
        """
        held = sa.and_(SCHEDULES.c.lease_until.is_not(None), SCHEDULES.c.lease_until > text(now))
        with answering(self.engine), self.engine.begin() as connection:
            gone = connection.execute(
                SCHEDULES.delete().where(self.is_schedule(name), sa.not_(held))
            )
            if gone.rowcount:
                unended = AUDITS.c.ended.is_(None)
                connection.execute(
                    AUDITS.update()
                    .where(self.is_audit(name), unended)
                    .values(ended=text(now), message="the schedule was removed", notified=[])
                )
                return
        self.get(name)
        raise ScheduleError(
            "The schedule runs right now.",
            code="schedule.running",
            expected="a schedule at rest",
            got=f"an audit of {name} that has not ended",
            remedy="wait for its end, or stop the process that runs it",
        )

    def get(self, name: str) -> Schedule:
        """The schedule of that name.

        Raises:
            ScheduleError: there is none.
        """
        query = sa.select(SCHEDULES).where(self.is_schedule(name))
        with answering(self.engine), self.engine.connect() as connection:
            row = connection.execute(query).mappings().first()
        if row is not None:
            return schedule_of(row)
        names = ", ".join(schedule.name for schedule in self.all()) or "none"
        raise ScheduleError(
            "There is no schedule of that name.",
            code="schedule.unknown",
            expected=f"one of the schedules of {self.runs}: {names}",
            got=name,
            remedy="see `auditor schedule list`, and give --runs where the runs are elsewhere",
        )

    def all(self) -> list[Schedule]:
        """Every schedule, by name."""
        query = (
            sa.select(SCHEDULES)
            .where(SCHEDULES.c.runs == str(self.runs))
            .order_by(SCHEDULES.c.name)
        )
        with answering(self.engine), self.engine.connect() as connection:
            return [schedule_of(row) for row in connection.execute(query).mappings()]

    def history(self, name: str | None = None) -> list[ScheduledAudit]:
        """What was run, of one schedule or of all, oldest first; removed schedules too."""
        query = sa.select(AUDITS).where(AUDITS.c.runs == str(self.runs)).order_by(AUDITS.c.id)
        if name is not None:
            query = query.where(AUDITS.c.schedule == name)
        with answering(self.engine), self.engine.connect() as connection:
            return [audit_of(row) for row in connection.execute(query).mappings()]

    def note_removed(self, audit: ScheduledAudit, *, now: datetime) -> None:
        """Say in the history that a run folder was deleted."""
        with answering(self.engine), self.engine.begin() as connection:
            connection.execute(
                AUDITS.update().where(AUDITS.c.id == audit.id).values(removed=text(now))
            )

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()

    def is_schedule(self, name: str) -> sa.ColumnElement[bool]:
        """Condition on table `schedules`."""
        return sa.and_(SCHEDULES.c.runs == str(self.runs), SCHEDULES.c.name == name)

    def is_audit(self, name: str) -> sa.ColumnElement[bool]:
        """Condition on table `scheduled_audits`."""
        return sa.and_(AUDITS.c.runs == str(self.runs), AUDITS.c.schedule == name)


def open_schedules(runs: Path) -> ScheduleStore:
    """The schedules that belong to a folder of runs.

    Raises:
        AuditorError: the database cannot be reached or written.
    """
    return ScheduleStore(open_engine(runs), runs)
