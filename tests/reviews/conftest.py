"""Both databases that reviews are kept in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from auditor.database import DATABASE_VARIABLE, open_engine


@pytest.fixture(params=["sqlite", "postgresql"])
def runs(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A folder of runs whose reviews lie in SQLite beside it, or in an empty PostgreSQL."""
    if request.param == "sqlite":
        monkeypatch.delenv(DATABASE_VARIABLE, raising=False)
        yield tmp_path
        return
    monkeypatch.setenv(DATABASE_VARIABLE, request.getfixturevalue("postgres"))
    engine = open_engine(tmp_path)
    _empty(engine)
    yield tmp_path
    _empty(engine)
    engine.dispose()


def _empty(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
