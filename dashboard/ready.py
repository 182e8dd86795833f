"""What is made ready before the first reader comes: what takes a second, and needs no session."""

from __future__ import annotations

import gc
import importlib
from pathlib import Path
from threading import Thread

from auditor.domain.errors import AuditorError

MODULES = (
    "auditor.comparison.compare",
    "auditor.export",
    "auditor.reports",
    "auditor.schedule.store",
    "dashboard.charts.changes",
    "dashboard.charts.groups",
    "dashboard.runs.images",
    "dashboard.charts.progress",
    "streamlit.emojis",
)


def modules() -> None:
    """Import what the pages import when they are first opened."""
    for module in MODULES:
        importlib.import_module(module)
    # Streamlit collects garbage after every run of the script. What was imported never is any: to
    # look through it each time took half of the processor time of an answer.
    gc.collect()
    gc.freeze()


def newest_run(runs: Path) -> Thread:
    """Check the files of the run that the gallery opens with, and order its cases, meanwhile.

    Hashing and ordering 1,000,000 cases take half a second. A run that cannot be opened is left to
    its reader, who is told why.
    """
    thread = Thread(target=_open, args=(runs,), name="newest-run", daemon=True)
    thread.start()
    return thread


def _open(runs: Path) -> None:
    from dashboard.runs import access

    try:
        found = access.catalog(runs).runs
        if found:
            access.ranking(access.run_at(found[0].path))
    except (AuditorError, OSError):
        return
