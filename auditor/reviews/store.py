"""The reviews' database: SQLite beside the runs, or whatever AUDITOR_DATABASE_URL names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from auditor.domain.errors import AuditorError
from auditor.reviews.events import Decision, Review
from auditor.reviews.migrations import REVIEWS, migrate

DATABASE_VARIABLE = "AUDITOR_DATABASE_URL"
DATABASE_FILE = "reviews.sqlite3"
BUSY_SECONDS = 30


class ReviewStore:
    """Appends and reads events. Safe to share between threads and between processes."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        with self._answering():
            migrate(engine)

    def append(self, *reviews: Review) -> int:
        """Save all of `reviews` or none; the number that was not there yet (by token).

        Raises:
            AuditorError: the database cannot be written.
        """
        if not reviews:
            return 0
        with self._answering(), self._engine.begin() as connection:
            return sum(self._insert(connection, review) for review in reviews)

    def events(self, run: str, case_id: str | None = None) -> list[Review]:
        """Every event of a run (or of one of its cases), oldest first."""
        query = sa.select(REVIEWS).where(REVIEWS.c.run == run).order_by(REVIEWS.c.id)
        if case_id is not None:
            query = query.where(REVIEWS.c.case_id == case_id)
        with self._answering(), self._engine.connect() as connection:
            return [_review(row) for row in connection.execute(query).mappings()]

    def latest(self, run: str) -> dict[str, Review]:
        """What stands: the last event of every case, withdrawn ones left out."""
        last = (
            sa.select(sa.func.max(REVIEWS.c.id).label("id"))
            .where(REVIEWS.c.run == run)
            .group_by(REVIEWS.c.case_id)
            .subquery()
        )
        query = sa.select(REVIEWS).join(last, REVIEWS.c.id == last.c.id)
        with self._answering(), self._engine.connect() as connection:
            rows = connection.execute(query).mappings()
            reviews = [_review(row) for row in rows]
        return {r.case_id: r for r in reviews if r.decision is not Decision.WITHDRAWN}

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()

    def _insert(self, connection: sa.Connection, review: Review) -> int:
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        query = dialect.insert(REVIEWS).values(_row(review))
        result = connection.execute(query.on_conflict_do_nothing(index_elements=["token"]))
        return result.rowcount

    @contextmanager
    def _answering(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            raise _unusable(self._engine.url.render_as_string(), error) from error


def database_url(runs: Path) -> str:
    """AUDITOR_DATABASE_URL, by default a SQLite file in the folder that holds the runs."""
    return os.environ.get(DATABASE_VARIABLE) or f"sqlite:///{runs.resolve() / DATABASE_FILE}"


def open_store(runs: Path) -> ReviewStore:
    """The store that belongs to a folder of runs; its tables are made if they are not there.

    Raises:
        AuditorError: the address is wrong, or the database cannot be reached or written.
    """
    url = database_url(runs)
    try:
        engine = sa.create_engine(url)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise _unusable(url.split("://")[0] + "://...", error) from error
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
    return ReviewStore(engine)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")


def _row(review: Review) -> dict[str, str]:
    return {
        "run": review.run,
        "case_id": review.case_id,
        "reviewer": review.reviewer,
        "decision": review.decision.value,
        "note": review.note,
        "time": review.time.astimezone(UTC).isoformat(timespec="microseconds"),
        "token": review.token,
    }


def _review(row: sa.RowMapping) -> Review:
    return Review(
        run=row["run"],
        case_id=row["case_id"],
        reviewer=row["reviewer"],
        decision=Decision(row["decision"]),
        note=row["note"],
        time=datetime.fromisoformat(row["time"]),
        token=row["token"],
    )


def _unusable(address: str, error: Exception) -> AuditorError:
    return AuditorError(
        "The reviews' database cannot be used.",
        expected="a database that can be reached and written",
        got=f"{address}: {str(error).splitlines()[0]}",
        remedy=f"make the folder writable, or put another database into {DATABASE_VARIABLE}",
    )
