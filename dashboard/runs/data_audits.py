"""The audits of data in the folder of runs, read once each."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import streamlit as st

from auditor.storage.data_runs import MANIFEST, DataRun, data_run_of, list_data_runs, open_data_run
from auditor.storage.run import Run


def audits(folder: Path) -> list[DataRun]:
    """Those directly in `folder`, newest first; looked at again in every rerun."""
    return list_data_runs(folder)


def of_run(run: Run) -> DataRun | None:
    """The audit of the data that a model was audited on, if there is one."""
    return data_run_of(run)


def findings(audit: DataRun) -> pd.DataFrame:
    """One row per family of traits and class; not to be changed.

    Raises:
        RunError: the table cannot be read.
    """
    return _findings(audit.path, _stamp(audit.path))


def places(audit: DataRun) -> pd.DataFrame:
    """One row per class with its pictures; not to be changed.

    Raises:
        RunError: the table cannot be read.
    """
    return _places(audit.path, _stamp(audit.path))


@st.cache_resource(max_entries=8, show_spinner=False)
def _findings(path: Path, stamp: int) -> pd.DataFrame:  # noqa: ARG001 - the cache key
    return open_data_run(path).findings()


@st.cache_resource(max_entries=8, show_spinner=False)
def _places(path: Path, stamp: int) -> pd.DataFrame:  # noqa: ARG001 - the cache key
    return open_data_run(path).places()


def _stamp(path: Path) -> int:
    try:
        return (path / MANIFEST).stat().st_mtime_ns
    except OSError:
        return 0
