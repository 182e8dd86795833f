"""The tables of the schedules and the steps that bring an older database up to date."""

from __future__ import annotations

import sqlalchemy as sa

from auditor import database
from auditor.domain.messages import phrase

_METADATA = sa.MetaData()

# Times are text in UTC with six decimals: they sort and compare as time does on every database.
SCHEDULES = sa.Table(
    "schedules",
    _METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("runs", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("cron", sa.Text, nullable=False),
    sa.Column("timezone", sa.Text, nullable=False),
    sa.Column("config", sa.Text, nullable=False),
    sa.Column("folder", sa.Text, nullable=False),
    sa.Column("notify", sa.JSON, nullable=False),
    sa.Column("notify_on", sa.Text),
    sa.Column("gate", sa.JSON, nullable=False),
    sa.Column("keep", sa.Integer),
    sa.Column("next_due", sa.Text, nullable=False),
    sa.Column("lease_owner", sa.Text),
    sa.Column("lease_until", sa.Text),
    # Added by the second step.
    sa.Column("timeout", sa.Float),
    # Added by the third step.
    sa.Column("repair", sa.JSON),
    sa.UniqueConstraint("runs", "name"),
)

AUDITS = sa.Table(
    "scheduled_audits",
    _METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("runs", sa.Text, nullable=False),
    sa.Column("schedule", sa.Text, nullable=False),
    sa.Column("due", sa.Text, nullable=False),
    sa.Column("started", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("run", sa.Text, nullable=False),
    sa.Column("ended", sa.Text),
    sa.Column("exit_code", sa.Integer),
    sa.Column("gate", sa.Boolean),
    sa.Column("gate_failures", sa.JSON),
    sa.Column("message", sa.Text),
    sa.Column("summary", sa.JSON),
    sa.Column("notified", sa.JSON),
    sa.Column("removed", sa.Text),
    # The last word against running one audit twice, whatever the leases say.
    sa.UniqueConstraint("runs", "schedule", "due"),
)

_VERSION = sa.Table(
    "schedules_version", _METADATA, sa.Column("version", sa.Integer, primary_key=True)
)


def migrate(engine: sa.Engine) -> None:
    """Bring the schedules' tables to this program's version; safe to call by several at once.

    Raises:
        AuditorError: a newer program wrote the database.
    """
    database.migrate(engine, _VERSION, _STEPS, whose=phrase("schedules' database"))


def _create(connection: sa.Connection) -> None:
    _METADATA.create_all(connection)


def _add_timeout(connection: sa.Connection) -> None:
    _add(connection, "timeout", "FLOAT")


def _add_repair(connection: sa.Connection) -> None:
    _add(connection, "repair", "JSON")


def _add(connection: sa.Connection, name: str, kind: str) -> None:
    # A new database was made with it.
    if name not in {each["name"] for each in sa.inspect(connection).get_columns("schedules")}:
        connection.execute(sa.text(f"ALTER TABLE schedules ADD COLUMN {name} {kind}"))


_STEPS: tuple[database.Step, ...] = (_create, _add_timeout, _add_repair)
