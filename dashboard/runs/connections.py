"""The databases that the pages share: queries in place, reviews, saved views, schedules."""

from __future__ import annotations

from pathlib import Path

import duckdb
import streamlit as st

from auditor.domain.errors import AuditorError
from auditor.reviews.store import ReviewStore, open_store
from auditor.reviews.views import ViewStore, open_views
from auditor.schedule.store import ScheduleStore, open_schedules
from auditor.schedule.values import Schedule, ScheduledAudit

DUCKDB_MEMORY = "256MB"


def schedules(folder: Path) -> tuple[list[Schedule], list[ScheduledAudit]]:
    """The schedules of a folder of runs, and what they have run, oldest first.

    Raises:
        AuditorError: the database cannot be reached.
    """
    store = _schedules(folder)
    return store.all(), store.history()


@st.cache_resource(show_spinner=False)
def _schedules(folder: Path) -> ScheduleStore:
    return open_schedules(folder)


@st.cache_resource(show_spinner=False)
def _store(folder: Path) -> ReviewStore:
    return open_store(folder)


@st.cache_resource(show_spinner=False)
def views(folder: Path) -> ViewStore:
    """The saved views of a folder of runs.

    Raises:
        AuditorError: the database cannot be used.
    """
    return open_views(folder)


def store(folder: Path) -> ReviewStore | AuditorError:
    """The reviews' database, or why there is none: runs can then be looked at all the same."""
    try:
        return _store(folder)
    except AuditorError as error:
        return error


def cursor() -> duckdb.DuckDBPyConnection:
    """A cursor of its own for this rerun, on the connection that all share."""
    return database().cursor()


@st.cache_resource(show_spinner=False)
def database() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(":memory:")
    connection.execute(f"SET memory_limit = '{DUCKDB_MEMORY}'")
    connection.execute("SET parquet_metadata_cache = true")
    connection.execute("SET autoinstall_known_extensions = false")
    connection.execute("SET autoload_known_extensions = false")
    return connection
