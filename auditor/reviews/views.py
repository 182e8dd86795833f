"""Filters that a reviewer named, for all who use the same database."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from auditor.database import answering, open_engine
from auditor.domain.errors import AuditorError
from auditor.domain.messages import N_, phrase
from auditor.reviews.migrations import VIEWS, migrate

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class SavedView:
    """A filter with a name; of no run in particular.

    Attributes:
        name: unique, at most `LONGEST_NAME` characters.
        filters: as in the dashboard's address: parameter -> its values.
        reviewer: who saved it last.
        time: when; aware, UTC.
    """

    name: str
    filters: Mapping[str, Sequence[str]]
    reviewer: str
    time: datetime = field(default_factory=lambda: datetime.now(UTC))


class ViewStore:
    """Saved views. Safe to share between threads and between processes."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        with answering(self._engine):
            migrate(engine)

    def save(self, view: SavedView) -> None:
        """Save a view; one of the same name is replaced.

        Raises:
            AuditorError: the name is empty or too long, or the database cannot be written.
        """
        if not view.name.strip() or len(view.name) > LONGEST_NAME:
            raise AuditorError(
                N_("A view cannot have this name."),
                code="views.name",
                expected=phrase("1 to {most} characters", most=LONGEST_NAME),
                got=phrase("{n} characters", n=len(view.name)),
                remedy=N_("choose another name"),
            )
        row = {
            "name": view.name,
            "filters": json.dumps({key: list(values) for key, values in view.filters.items()}),
            "reviewer": view.reviewer,
            "time": view.time.astimezone(UTC).isoformat(timespec="microseconds"),
        }
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        query = dialect.insert(VIEWS).values(row)
        with answering(self._engine), self._engine.begin() as connection:
            connection.execute(query.on_conflict_do_update(index_elements=["name"], set_=row))

    def remove(self, name: str) -> None:
        """Forget a view; nothing happens where there is none of that name."""
        with answering(self._engine), self._engine.begin() as connection:
            connection.execute(sa.delete(VIEWS).where(VIEWS.c.name == name))

    def all(self) -> list[SavedView]:
        """Every view, by name."""
        with answering(self._engine), self._engine.connect() as connection:
            rows = connection.execute(sa.select(VIEWS).order_by(VIEWS.c.name)).mappings().all()
        return [
            SavedView(
                name=row["name"],
                filters=json.loads(row["filters"]),
                reviewer=row["reviewer"],
                time=datetime.fromisoformat(row["time"]),
            )
            for row in rows
        ]


def open_views(runs: Path) -> ViewStore:
    """The views that belong to a folder of runs.

    Raises:
        AuditorError: the address is wrong, or the database cannot be reached or written.
    """
    return ViewStore(open_engine(runs))
