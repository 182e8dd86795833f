"""The reviews in the database beside the runs."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from auditor.database import answering, open_engine
from auditor.reviews.events import Review, ReviewDecision, ReviewReason
from auditor.reviews.ledger import Ledger
from auditor.reviews.migrations import REVIEWS, migrate

WRITERS = 0x5E71E35
"""Names the lock of those who append."""


class ReviewStore:
    """Appends and reads events. Safe to share between threads and between processes."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        with answering(self._engine):
            migrate(engine)

    def append(self, *reviews: Review) -> int:
        """Save all of `reviews` or none; the number that was not there yet (by token).

        Raises:
            AuditorError: the database cannot be written.
        """
        if not reviews:
            return 0
        with answering(self._engine), self._engine.begin() as connection:
            self._in_order(connection)
            return sum(self._insert(connection, review) for review in reviews)

    def events(self, run: str, case_id: str | None = None) -> list[Review]:
        """Every event of a run (or of one of its cases), oldest first."""
        query = sa.select(REVIEWS).where(REVIEWS.c.run == run).order_by(REVIEWS.c.id)
        if case_id is not None:
            query = query.where(REVIEWS.c.case_id == case_id)
        with answering(self._engine), self._engine.connect() as connection:
            return [_review(row) for row in connection.execute(query).mappings()]

    def since(self, run: str, after: int) -> tuple[list[Review], int]:
        """The events of a run whose number is above `after`, oldest first, and the last number."""
        query = sa.select(REVIEWS).where(REVIEWS.c.run == run, REVIEWS.c.id > after)
        with answering(self._engine), self._engine.connect() as connection:
            rows = connection.execute(query.order_by(REVIEWS.c.id)).mappings().all()
        return [_review(row) for row in rows], rows[-1]["id"] if rows else after

    def latest(self, run: str, most: int) -> list[Review]:
        """The last `most` events of a run, newest first."""
        query = sa.select(REVIEWS).where(REVIEWS.c.run == run)
        query = query.order_by(REVIEWS.c.id.desc()).limit(most)
        with answering(self._engine), self._engine.connect() as connection:
            return [_review(row) for row in connection.execute(query).mappings()]

    def ledger(self, run: str) -> Ledger:
        """What stands of a run's reviews."""
        return Ledger().after(*self.since(run, 0))

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()

    def _in_order(self, connection: sa.Connection) -> None:
        """Let events become visible in the order of their numbers, which `since` relies on.

        SQLite has one writer at a time by itself. PostgreSQL gives numbers before it commits.
        """
        if self._engine.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(WRITERS)))

    def _insert(self, connection: sa.Connection, review: Review) -> int:
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        query = dialect.insert(REVIEWS).values(_row(review))
        # Rows that come back are counted: rowcount says -1 on PostgreSQL.
        new = query.on_conflict_do_nothing(index_elements=["token"]).returning(REVIEWS.c.id)
        return len(connection.execute(new).all())


def open_store(runs: Path) -> ReviewStore:
    """The store that belongs to a folder of runs; its tables are made if they are not there.

    Raises:
        AuditorError: the address is wrong, or the database cannot be reached or written.
    """
    return ReviewStore(open_engine(runs))


def _row(review: Review) -> dict[str, str | bool]:
    return {
        "run": review.run,
        "case_id": review.case_id,
        "reviewer": _storable(review.reviewer),
        "decision": review.decision.value,
        "note": _storable(review.note),
        "time": review.time.astimezone(UTC).isoformat(timespec="microseconds"),
        "token": review.token,
        "reasons": " ".join(reason.value for reason in review.reasons),
        "arbitration": review.arbitration,
    }


def _storable(text: str) -> str:
    """What no database takes, half a letter of UTF-16 or a NUL, as the sign for an unknown letter.

    Browsers and other tools can send both, and a decision must not be lost for it.
    """
    return (
        text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "\ufffd")
    )


def _review(row: sa.RowMapping) -> Review:
    return Review(
        run=row["run"],
        case_id=row["case_id"],
        reviewer=row["reviewer"],
        decision=ReviewDecision(row["decision"]),
        note=row["note"],
        time=datetime.fromisoformat(row["time"]),
        token=row["token"],
        # What a newer program wrote and this one does not know is left out, not raised.
        reasons=tuple(reason for reason in ReviewReason if reason in row["reasons"].split()),
        arbitration=bool(row["arbitration"]),
    )
