"""The tables of the reviews' database and the steps that bring an older one up to date."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from auditor.domain.errors import AuditorError

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
    sa.Index("reviews_of_a_case", "run", "case_id", "id"),
)

_VERSION = sa.Table("schema_version", _METADATA, sa.Column("version", sa.Integer, primary_key=True))


def migrate(engine: sa.Engine) -> None:
    """Bring the database to this program's version; safe to call by several at once.

    Raises:
        AuditorError: a newer program wrote the database.
    """
    found = _found(engine)
    if found > len(_STEPS):
        raise AuditorError(
            "The reviews' database was written by a newer version of this program.",
            expected=f"database version {len(_STEPS)} or lower",
            got=f"database version {found}",
            remedy="update this program (pip install -U shortcut-auditor)",
        )
    for version, step in enumerate(_STEPS[found:], start=found + 1):
        try:
            with engine.begin() as connection:
                step(connection)
                connection.execute(_VERSION.insert().values(version=version))
        except (sa.exc.OperationalError, sa.exc.IntegrityError, sa.exc.ProgrammingError):
            # Another process was faster; anything else is still wrong when looked at again.
            if _found(engine) < version:
                raise


def _found(engine: sa.Engine) -> int:
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table(_VERSION.name):
            return 0
        return connection.scalar(sa.select(sa.func.max(_VERSION.c.version))) or 0


def _create(connection: sa.Connection) -> None:
    _METADATA.create_all(connection)


_STEPS: tuple[Callable[[sa.Connection], None], ...] = (_create,)
