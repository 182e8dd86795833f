"""The SQL database of a folder of runs: reviews and schedules, each with its own tables.

SQLite beside the runs, or whatever AUDITOR_DATABASE_URL names. Every owner of tables brings them
up to date by steps of its own, noted in a version table of its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from auditor.domain.errors import AuditorError
from auditor.domain.messages import N_, phrase

DATABASE_VARIABLE = "AUDITOR_DATABASE_URL"
DATABASE_FILE = "reviews.sqlite3"
BUSY_SECONDS = 30

_SHOWN = frozenset(
    ("sslmode", "connect_timeout", "application_name", "target_session_attrs", "host", "port")
)
"""An address's parameters whose values are shown. Any other may be a password, under a mistyped
name too."""

Step = Callable[[sa.Connection], None]


def database_url(runs: Path) -> str:
    """AUDITOR_DATABASE_URL, by default a SQLite file in the folder that holds the runs."""
    return os.environ.get(DATABASE_VARIABLE) or f"sqlite:///{runs.resolve() / DATABASE_FILE}"


def open_engine(runs: Path) -> sa.Engine:
    """An engine for the database that belongs to a folder of runs; connects when first used.

    Raises:
        AuditorError: the address is wrong, or its driver is not installed.
    """
    url = parsed(database_url(runs))
    try:
        engine = sa.create_engine(url)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError, ValueError) as error:
        raise _unusable(url, error) from None
    if engine.dialect.name == "sqlite":
        _make_private(url)
        sa.event.listen(engine, "connect", _prepare_sqlite)
    return engine


def parsed(text: str) -> sa.URL:
    """The address of a database, with the driver that the extra `postgres` brings for PostgreSQL.

    Raises:
        AuditorError: it is none. Nothing of the text is repeated: it may hold a password anywhere.
    """
    try:
        url = sa.make_url(text)
    except (ArgumentError, ValueError):
        raise _no_address("something else (not shown: it may hold a password)") from None
    if "@" in (url.host or ""):
        raise _no_address("a password with a plain @ in it (not shown)")
    plain = url.drivername in {"postgresql", "postgres"}
    return url.set(drivername="postgresql+psycopg") if plain else url


def masked(url: sa.URL) -> str:
    """An address as it may be printed: the only way in which one leaves this program."""
    hidden = {name: "***" for name in url.query if name.lower() not in _SHOWN}
    return url.update_query_dict(hidden).render_as_string(hide_password=True)


@contextmanager
def answering(engine: sa.Engine) -> Iterator[None]:
    """Turn what the database refuses into an `AuditorError` with a remedy, without passwords."""
    try:
        yield
    except SQLAlchemyError as error:
        raise _unusable(engine.url, error) from None


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
            phrase("The {whose} was written by a newer version of this program.", whose=whose),
            code="database.newer",
            expected=phrase("database version {n} or lower", n=len(steps)),
            got=phrase("database version {found}", found=found),
            remedy=N_("update this program (pip install -U shortcut-auditor)"),
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


def _make_private(url: sa.URL) -> None:
    """A new SQLite file is its owner's alone where the umask shuts others out, as in a container.

    Its journal and shared memory take over its permissions.
    """
    path = Path(url.database or "")
    if not url.database or url.database == ":memory:" or url.query:
        return
    # A folder that is not there, or that may not be written, is told when somebody connects.
    with suppress(OSError):
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666)
        if not os.fstat(handle).st_mode & 0o007:
            path.chmod(0o600)
        os.close(handle)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")


def _unusable(url: sa.URL, error: Exception) -> AuditorError:
    name = DATABASE_VARIABLE
    remedy = phrase("make the folder writable, or put another database into {name}", name=name)
    if isinstance(error, ModuleNotFoundError):
        driver = "pip install 'shortcut-auditor[postgres]'"
        remedy = phrase(
            "install the database's driver ({driver}), or correct {name}", driver=driver, name=name
        )
    return AuditorError(
        N_("The database beside the runs cannot be used."),
        code="database.unusable",
        expected=N_("a database that can be reached and written"),
        got=f"{masked(url)}: {_without_secrets(str(error).splitlines()[0], url)}",
        remedy=remedy,
    )


def _no_address(got: str) -> AuditorError:
    return AuditorError(
        N_("The address of the database cannot be read."),
        code="database.address",
        expected=N_("sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/NAME"),
        got=phrase("{variable} holds {got}", variable=DATABASE_VARIABLE, got=got),
        remedy=phrase(
            "correct {variable}; in a password write @ : / ? # % as %40 %3A %2F %3F %23 %25",
            variable=DATABASE_VARIABLE,
        ),
    )


def _without_secrets(text: str, url: sa.URL) -> str:
    """What a driver says of an address, without the secrets in it."""
    for secret in (url.password or "", *_hidden_values(url)):
        for spelt in (secret, quote(secret, safe=""), quote_plus(secret)):
            text = text.replace(spelt, "***") if spelt else text
    return text


def _hidden_values(url: sa.URL) -> list[str]:
    """Longest first, since one may hold another; a digit or two is no secret."""
    hidden = [values for name, values in url.query.items() if name.lower() not in _SHOWN]
    each = [
        value for values in hidden for value in ([values] if isinstance(values, str) else values)
    ]
    return sorted((value for value in each if len(value) > 3), key=len, reverse=True)
