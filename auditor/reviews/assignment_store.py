"""Assignments in the database beside the reviews: rules are added and ended, never changed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from auditor.database import answering, open_engine
from auditor.reviews.assignments import Assignment, Task, Unit
from auditor.reviews.migrations import ASSIGNMENTS, migrate


class AssignmentStore:
    """Adds, ends and reads rules. Safe to share between threads and between processes."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        with answering(self._engine):
            migrate(engine)

    def add(self, rule: Assignment) -> None:
        """Save a rule; the same token twice is once.

        Raises:
            AuditorError: the database cannot be written.
        """
        self._insert(
            run=rule.run,
            token=rule.token,
            ends="",
            rule=json.dumps(_stored(rule)),
            author=rule.author,
            time=rule.time,
        )

    def end(self, run: str, token: str, author: str) -> None:
        """End the rule of a run with that token; it stays in the database."""
        self._insert(
            run=run, token=uuid4().hex, ends=token, rule="", author=author, time=datetime.now(UTC)
        )

    def in_force(self, run: str) -> list[Assignment]:
        """The rules of a run that nobody ended, oldest first."""
        query = sa.select(ASSIGNMENTS).where(ASSIGNMENTS.c.run == run).order_by(ASSIGNMENTS.c.id)
        with answering(self._engine), self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        ended = {row["ends"] for row in rows}
        return [_rule(row) for row in rows if not row["ends"] and row["token"] not in ended]

    def last(self, run: str) -> int:
        """Number of the run's last change, 0 before the first."""
        query = sa.select(sa.func.max(ASSIGNMENTS.c.id)).where(ASSIGNMENTS.c.run == run)
        with answering(self._engine), self._engine.connect() as connection:
            return connection.scalar(query) or 0

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()

    def _insert(self, **row: Any) -> None:
        row["time"] = row["time"].astimezone(UTC).isoformat(timespec="microseconds")
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        query = dialect.insert(ASSIGNMENTS).values(row)
        with answering(self._engine), self._engine.begin() as connection:
            connection.execute(query.on_conflict_do_nothing(index_elements=["token"]))


def open_assignments(runs: Path) -> AssignmentStore:
    """The assignments that belong to a folder of runs.

    Raises:
        AuditorError: the address is wrong, or the database cannot be reached or written.
    """
    return AssignmentStore(open_engine(runs))


def _stored(rule: Assignment) -> dict[str, Any]:
    return {
        "people": rule.people,
        "shares": rule.shares,
        "each": rule.each,
        "unit": rule.unit.value,
        "task": rule.task.value,
        "classes": rule.classes,
        "flagged": rule.flagged,
        "blind": rule.blind,
    }


def _rule(row: sa.RowMapping) -> Assignment:
    found = json.loads(row["rule"])
    return Assignment(
        run=row["run"],
        people=tuple(found["people"]),
        shares=tuple(found["shares"]),
        each=found["each"],
        unit=Unit(found["unit"]),
        task=Task(found["task"]),
        classes=tuple(found["classes"]),
        flagged=found["flagged"],
        blind=found["blind"],
        author=row["author"],
        time=datetime.fromisoformat(row["time"]),
        token=row["token"],
    )
