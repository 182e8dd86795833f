"""The tables of the reviews and the steps that bring an older database up to date."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from auditor import database
from auditor.domain.messages import phrase

_METADATA = sa.MetaData()

REVIEWS = sa.Table(
    "reviews",
    _METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("run", sa.Text, nullable=False),
    sa.Column("case_id", sa.Text, nullable=False),
    sa.Column("reviewer", sa.Text, nullable=False),
    sa.Column("decision", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    # Text sorts as time does and keeps its zone on every database.
    sa.Column("time", sa.Text, nullable=False),
    sa.Column("token", sa.Text, nullable=False, unique=True),
    sa.Column("reasons", sa.Text, nullable=False, server_default=""),
    sa.Column("arbitration", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index("reviews_of_a_case", "run", "case_id", "id"),
)

_IN_ORDER = sa.Index("reviews_in_order", REVIEWS.c.run, REVIEWS.c.id)

VIEWS = sa.Table(
    "saved_views",
    _METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("filters", sa.Text, nullable=False),
    sa.Column("reviewer", sa.Text, nullable=False),
    sa.Column("time", sa.Text, nullable=False),
)

ASSIGNMENTS = sa.Table(
    "assignments",
    _METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("run", sa.Text, nullable=False),
    sa.Column("token", sa.Text, nullable=False, unique=True),
    # The token of the rule that this row ends; "" where the row is a rule.
    sa.Column("ends", sa.Text, nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("time", sa.Text, nullable=False),
    sa.Index("assignments_of_a_run", "run", "id"),
)

_VERSION = sa.Table("schema_version", _METADATA, sa.Column("version", sa.Integer, primary_key=True))


def migrate(engine: sa.Engine) -> None:
    """Bring the reviews' tables to this program's version; safe to call by several at once.

    Raises:
        AuditorError: a newer program wrote the database.
    """
    database.migrate(engine, _VERSION, _STEPS, whose=phrase("reviews' database"))


def _create(connection: sa.Connection) -> None:
    _METADATA.create_all(connection, tables=[REVIEWS, _VERSION])


def _add_views(connection: sa.Connection) -> None:
    # A database of today's has the index from its first step.
    _IN_ORDER.create(connection, checkfirst=True)
    VIEWS.create(connection, checkfirst=True)


def _add_reasons(connection: sa.Connection) -> None:
    _add_column(connection, REVIEWS.c.reasons, "TEXT NOT NULL DEFAULT ''")


def _add_assignments(connection: sa.Connection) -> None:
    ASSIGNMENTS.create(connection, checkfirst=True)
    _add_column(connection, REVIEWS.c.arbitration, "BOOLEAN NOT NULL DEFAULT FALSE")


def _add_column(connection: sa.Connection, column: sa.Column[Any], kind: str) -> None:
    """Add a column of the reviews; a database of today's has it from its first step."""
    there = {each["name"] for each in sa.inspect(connection).get_columns(REVIEWS.name)}
    if column.name not in there:
        connection.execute(sa.text(f"ALTER TABLE {REVIEWS.name} ADD COLUMN {column.name} {kind}"))


_STEPS: tuple[database.Step, ...] = (_create, _add_views, _add_reasons, _add_assignments)
