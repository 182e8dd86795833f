"""The cache of assignments: the store of a folder of runs, and what its rules say of a run."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from auditor.reviews.assignment_store import AssignmentStore, open_assignments
from auditor.storage.run import Run
from dashboard.runs import access
from dashboard.runs.assigned import Assigned, assign


@st.cache_resource(show_spinner=False)
def store(folder: Path) -> AssignmentStore:
    """The assignments of a folder of runs.

    Raises:
        AuditorError: the database cannot be used.
    """
    return open_assignments(folder)


def assigned(folder: Path, run: Run) -> Assigned:
    """What the rules in force say of a run; read again when one was added or ended.

    Raises:
        AuditorError: the database or the run cannot be read.
    """
    last = store(folder).last(run.name)
    return _assigned(folder, run.path, access.stamp(run.path), last) if last else Assigned()


@st.cache_resource(max_entries=4, show_spinner=False)
def _assigned(folder: Path, path: Path, stamp_of_run: int, last: int) -> Assigned:
    run = access.run_at(path)
    rules = store(folder).in_force(run.name)
    return assign(rules, access.cases(run, access.undecided(run)))
