"""The cache of two runs held against one another."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from auditor.comparison.compare import compare
from auditor.comparison.model import Comparison
from auditor.storage.run import Run
from dashboard.runs import access, connections
from dashboard.runs.pairs import Pairs, changed_pairs


def comparison(base: Run, new: Run) -> Comparison:
    """What changed from `base` to `new`.

    Raises:
        RunError: a table cannot be read, or the runs share no class.
    """
    return _comparison(base.path, access.stamp(base.path), new.path, access.stamp(new.path))


@st.cache_resource(max_entries=8, show_spinner=False)
def _comparison(base: Path, base_stamp: int, new: Path, new_stamp: int) -> Comparison:
    return compare(access.run_at(base), access.run_at(new))


def pairs(base: Run, new: Run) -> Pairs:
    """The cases that the two runs see differently.

    Raises:
        RunError: a table cannot be read.
    """
    return _pairs(base.path, access.stamp(base.path), new.path, access.stamp(new.path))


@st.cache_resource(max_entries=4, show_spinner=False)
def _pairs(base: Path, base_stamp: int, new: Path, new_stamp: int) -> Pairs:
    tables = (access.run_at(path).table_path("cases") for path in (base, new))
    return changed_pairs(connections.cursor(), *tables)
