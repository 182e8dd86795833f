"""The SQL database of a folder of runs: reviews and schedules, each with its own tables.

SQLite beside the runs, or whatever AUDITOR_DATABASE_URL names. Every owner of tables brings them
up to date by steps of its own, noted in a version table of its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from auditor.domain.errors import AuditorError

DATABASE_VARIABLE = "AUDITOR_DATABASE_URL"
DATABASE_FILE = "reviews.sqlite3"
BUSY_SECONDS = 30

Step = Callable[[sa.Connection], None]


def database_url(runs: Path) -> str:
    """AUDITOR_DATABASE_URL, by default a SQLite file in the folder that holds the runs."""
    return os.environ.get(DATABASE_VARIABLE) or f"sqlite:///{runs.resolve() / DATABASE_FILE}"


def open_engine(runs: Path) -> sa.Engine:
    """An engine for the database that belongs to a folder of runs; connects when first used.

    Raises:
        AuditorError: the address is wrong, or its driver is not installed.
    """
    url = database_url(runs)
    try:
        engine = sa.create_engine(_with_driver(url))
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise _unusable(url.split("://")[0] + "://...", error) from error
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
    return engine


@contextmanager
def answering(engine: sa.Engine) -> Iterator[None]:
    """Turn what the database refuses into an `AuditorError` with a remedy, without passwords."""
    try:
        yield
    except SQLAlchemyError as error:
        raise _unusable(engine.url.render_as_string(), error) from error


def migrate(engine: sa.Engine, version: sa.Table, steps: Sequence[Step], *, whose: str) -> None:
    """Bring an owner's tables to this program's version; safe to call by several at once.

    Args:
        engine: the database.
        version: the owner's version table, with a column `version`.
        steps: what leads from each version to the next, the first from an empty database.
        whose: the owner in a message, as "reviews' database".

    Raises:
        AuditorError: a newer program wrote the database.
    """
    found = _found(engine, version)
    if found > len(steps):
        raise AuditorError(
            f"The {whose} was written by a newer version of this program.",
            expected=f"database version {len(steps)} or lower",
            got=f"database version {found}",
            remedy="update this program (pip install -U shortcut-auditor)",
        )
    for number, step in enumerate(steps[found:], start=found + 1):
        try:
            with engine.begin() as connection:
                step(connection)
                connection.execute(version.insert().values(version=number))
        except (sa.exc.OperationalError, sa.exc.IntegrityError, sa.exc.ProgrammingError):
            # Another process was faster; anything else is still wrong when looked at again.
            if _found(engine, version) < number:
                raise


def _found(engine: sa.Engine, version: sa.Table) -> int:
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table(version.name):
            return 0
        return connection.scalar(sa.select(sa.func.max(version.c.version))) or 0


def _with_driver(url: str) -> sa.URL:
    """PostgreSQL by the driver that the extra `postgres` brings, unless another one is named."""
    made = sa.make_url(url)
    plain = made.drivername in {"postgresql", "postgres"}
    return made.set(drivername="postgresql+psycopg") if plain else made


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")


def _unusable(address: str, error: Exception) -> AuditorError:
    remedy = f"make the folder writable, or put another database into {DATABASE_VARIABLE}"
    if isinstance(error, ModuleNotFoundError):
        driver = "pip install 'shortcut-auditor[postgres]'"
        remedy = f"install the database's driver ({driver}), or mend {DATABASE_VARIABLE}"
    return AuditorError(
        "The database beside the runs cannot be used.",
        expected="a database that can be reached and written",
        got=f"{address}: {str(error).splitlines()[0]}",
        remedy=remedy,
    )
