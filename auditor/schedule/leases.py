"""Who may run an audit: a lease in the database, taken by one process and renewed while it works.

A process that dies leaves its lease to run out; the next one takes it and goes on with the same
audit in the same folder. The clocks of machines that share a database have to agree to well
under `LEASE`.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

import sqlalchemy as sa

from auditor.database import answering
from auditor.schedule.rows import audit_of, outcome_row, schedule_of, text
from auditor.schedule.store import ScheduleStore
from auditor.schedule.tables import AUDITS, SCHEDULES
from auditor.schedule.values import Outcome, Schedule, ScheduledAudit

LEASE = timedelta(seconds=120)


@dataclass(frozen=True)
class Claim:
    """The right to work on one audit until the lease runs out."""

    schedule: Schedule
    audit: ScheduledAudit
    owner: str = field(repr=False)


class Leases:
    """The leases of one process."""

    def __init__(self, store: ScheduleStore, *, owner: str | None = None) -> None:
        self._store = store
        self._owner = owner or f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex}"

    def ready(self, now: datetime) -> list[str]:
        """Names of schedules that are due, or whose audit was left by a process that died."""
        unended = (
            sa.select(AUDITS.c.id)
            .where(
                AUDITS.c.runs == SCHEDULES.c.runs,
                AUDITS.c.schedule == SCHEDULES.c.name,
                AUDITS.c.ended.is_(None),
            )
            .exists()
        )
        query = (
            sa.select(SCHEDULES.c.name)
            .where(
                SCHEDULES.c.runs == str(self._store.runs),
                _free(now),
                sa.or_(SCHEDULES.c.next_due <= text(now), unended),
            )
            .order_by(SCHEDULES.c.next_due, SCHEDULES.c.name)
        )
        with answering(self._store.engine), self._store.engine.connect() as connection:
            return list(connection.scalars(query))

    def take(self, name: str, now: datetime, *, unasked: bool = True) -> Claim | None:
        """Claim what the schedule has to do now; None if that is nothing or another has it.

        Times that were missed are made up for by one audit, and the next one is due at the first
        time after `now`.

        Args:
            name: of the schedule.
            now: aware.
            unasked: only what is due or was left unfinished; otherwise an audit at any time.
        """
        with answering(self._store.engine), self._store.engine.connect() as connection:
            with connection.begin() as transaction:
                claim = self._take(connection, name, now, unasked=unasked)
                if claim is None:
                    transaction.rollback()
            return claim

    def renew(self, claim: Claim, now: datetime) -> bool:
        """Extend the lease; False if another process has it by now."""
        with answering(self._store.engine), self._store.engine.begin() as connection:
            return self._set(connection, claim, until=text(now + LEASE))

    def release(self, claim: Claim) -> None:
        """Give the audit back unfinished: whoever comes next goes on with it.

        A process that could say so much did not die: the attempt does not count.
        """
        with answering(self._store.engine), self._store.engine.begin() as connection:
            if self._set(connection, claim, until=None):
                connection.execute(
                    AUDITS.update()
                    .where(AUDITS.c.id == claim.audit.id)
                    .values(attempts=AUDITS.c.attempts - 1)
                )

    def finish(self, claim: Claim, outcome: Outcome, now: datetime) -> bool:
        """Record how the audit ended and give the lease back; False if it was lost meanwhile."""
        with answering(self._store.engine), self._store.engine.begin() as connection:
            if not self._set(connection, claim, until=None):
                return False
            connection.execute(
                AUDITS.update()
                .where(AUDITS.c.id == claim.audit.id)
                .values(ended=text(now), **outcome_row(outcome))
            )
            return True

    def _take(
        self, connection: sa.Connection, name: str, now: datetime, *, unasked: bool
    ) -> Claim | None:
        # The write comes first: it locks the row, so that what is read below holds.
        taken = connection.execute(
            SCHEDULES.update()
            .where(self._store.is_schedule(name), _free(now))
            .values(lease_owner=self._owner, lease_until=text(now + LEASE))
        )
        if not taken.rowcount:
            return None
        found = connection.execute(sa.select(SCHEDULES).where(self._store.is_schedule(name)))
        schedule = schedule_of(found.mappings().one())
        left = connection.execute(
            sa.select(AUDITS).where(self._store.is_audit(name), AUDITS.c.ended.is_(None))
        )
        unfinished = left.mappings().first()
        if unfinished is not None:
            again = unfinished["attempts"] + 1
            connection.execute(
                AUDITS.update().where(AUDITS.c.id == unfinished["id"]).values(attempts=again)
            )
            return Claim(schedule, audit_of({**unfinished, "attempts": again}), self._owner)
        if unasked and schedule.next_due > now:
            return None
        return self._begin(connection, schedule, now, due=min(schedule.next_due, now))

    def _begin(
        self, connection: sa.Connection, schedule: Schedule, now: datetime, *, due: datetime
    ) -> Claim:
        if schedule.next_due <= now:
            connection.execute(
                SCHEDULES.update()
                .where(self._store.is_schedule(schedule.name))
                .values(next_due=text(schedule.cron.next(now)))
            )
        run = f"{schedule.name}-{now:%Y%m%d-%H%M%S}"
        values = {
            "runs": str(self._store.runs),
            "schedule": schedule.name,
            "due": text(due),
            "started": text(now),
            "attempts": 1,
            "run": run,
        }
        made = connection.execute(AUDITS.insert().values(values))
        number = made.inserted_primary_key[0] if made.inserted_primary_key else 0
        return Claim(schedule, ScheduledAudit(number, schedule.name, due, now, 1, run), self._owner)

    def _set(self, connection: sa.Connection, claim: Claim, *, until: str | None) -> bool:
        mine = SCHEDULES.c.lease_owner == claim.owner
        owner = claim.owner if until else None
        changed = connection.execute(
            SCHEDULES.update()
            .where(self._store.is_schedule(claim.schedule.name), mine)
            .values(lease_owner=owner, lease_until=until)
        )
        return changed.rowcount == 1


def _free(now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(SCHEDULES.c.lease_until.is_(None), SCHEDULES.c.lease_until <= text(now))
