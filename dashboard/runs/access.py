"""The only cache: which runs there are, their tables, the reviews' database.

Streamlit leaves arguments that begin with an underscore out of a cache's key; what has to be read
anew when something changes takes that something as an argument and does nothing else with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from auditor.class_reviews import answers, with_answers
from auditor.reviews.store import ReviewStore
from auditor.storage.layout import MANIFEST
from auditor.storage.listing import BrokenRun, list_broken, list_runs
from auditor.storage.run import Run, open_run
from dashboard.runs.connections import database
from dashboard.runs.heat import MeanMap, mean_map
from dashboard.runs.picture_map import CaseMap
from dashboard.runs.picture_map import picture_map as picture_map_of
from dashboard.runs.queries import Cases
from dashboard.runs.ranks import Decided, Ranking

FEWEST_WRONG = 3


@dataclass(frozen=True)
class RunCatalog:
    """The folder of runs as it is now.

    Attributes:
        folder: that holds the runs and the reviews.
        runs: newest first.
        broken: folders that look like runs and cannot be opened.
    """

    folder: Path
    runs: tuple[Run, ...]
    broken: tuple[BrokenRun, ...]

    def names(self) -> list[str]:
        """Names of the runs, newest first."""
        return [run.name for run in self.runs]


def catalog(folder: Path) -> RunCatalog:
    """What is in `folder`; looked at again whenever a run in it is added, made anew or removed."""
    if (folder / MANIFEST).is_file():
        return _catalog(folder, folder.parent, _stamp([folder]))
    try:
        inside = sorted(path for path in folder.iterdir() if path.is_dir())
    except OSError:
        inside = []
    return _catalog(folder, folder, _stamp(inside))


@st.cache_resource(max_entries=8, show_spinner=False)
def _catalog(folder: Path, home: Path, key: tuple[tuple[str, int], ...]) -> RunCatalog:
    return RunCatalog(home, tuple(list_runs(folder)), tuple(list_broken(folder)))


def run_named(catalog: RunCatalog, name: str) -> Run:
    """A run of the shelf, opened.

    Raises:
        RunError: it is not whole any more.
    """
    path = next(run.path for run in catalog.runs if run.name == name)
    return run_at(path)


def stamp(path: Path) -> int:
    """Changes when a run is made anew (nanoseconds of its manifest)."""
    try:
        return (path / MANIFEST).stat().st_mtime_ns
    except OSError:
        return 0


def run_at(path: Path) -> Run:
    """The run in a folder, opened.

    Raises:
        RunError: it is not whole any more.
    """
    return _run(path, stamp(path))


def cases(
    run: Run,
    decided: Decided,
    reviewer: str = "",
    mine: NDArray[np.bool_] | None = None,
    hidden: NDArray[np.bool_] | None = None,
) -> Cases:
    """The run's cases, on a cursor of its own for this rerun; see `Cases` for who asks."""
    table = run.table_path("cases")
    return Cases(database().cursor(), table, ranking(run), decided, reviewer, mine, hidden)


def ranking(run: Run) -> Ranking:
    """The order of the run's cases, which all sessions share."""
    return _ranking(run.path, stamp(run.path))


@st.cache_resource(max_entries=4, show_spinner=False)
def _ranking(path: Path, stamp_of_run: int) -> Ranking:
    return Ranking(database(), _run(path, stamp_of_run).table_path("cases"))


def picture_map(run: Run) -> CaseMap:
    """What the map of the run's pictures is coloured by; not to be changed."""
    return _picture_map(run.path, stamp(run.path))


@st.cache_resource(max_entries=2, show_spinner=False)
def _picture_map(path: Path, stamp_of_run: int) -> CaseMap:
    return picture_map_of(_asked(path, stamp_of_run))


@st.cache_resource(max_entries=8, show_spinner=False)
def _classes(path: Path, stamp_of_run: int) -> pd.DataFrame:
    return open_run(path, lazily=True).classes()


def classes(run: Run) -> pd.DataFrame:
    """One row a class, with the classes that reviewers confirm; a copy."""
    found, proposed = _classes(run.path, stamp(run.path)).copy(), hypotheses(run)
    if not proposed["carries"].eq(True).any():
        return found
    return with_answers(found, proposed, answers(run))


@st.cache_resource(max_entries=8, show_spinner=False)
def _slices(path: Path, stamp_of_run: int) -> pd.DataFrame:
    return open_run(path, lazily=True).slices()


def slices(run: Run) -> pd.DataFrame:
    """One row a value of a metadata column; a copy."""
    return _slices(run.path, stamp(run.path)).copy()


@st.cache_resource(max_entries=8, show_spinner=False)
def _hypotheses(path: Path, stamp_of_run: int) -> pd.DataFrame:
    return open_run(path, lazily=True).hypotheses()


def hypotheses(run: Run) -> pd.DataFrame:
    """What classes without masks may rely on, ranked; not to be changed."""
    return _hypotheses(run.path, stamp(run.path))


@st.cache_resource(max_entries=8, show_spinner=False)
def _verdicts(path: Path, stamp_of_run: int) -> set[str]:
    return _asked(path, stamp_of_run).verdicts()


def verdicts(run: Run) -> set[str]:
    """The case verdicts that occur."""
    return _verdicts(run.path, stamp(run.path))


def _asked(path: Path, stamp_of_run: int) -> Cases:
    run = _run(path, stamp_of_run)
    return cases(run, undecided(run))


def mean_maps(run: Run, label: str) -> tuple[MeanMap | None, MeanMap | None, MeanMap | None]:
    """Mean heat of a class, of all others, and of the class's wrong answers (None if few)."""
    return _mean_maps(run.path, stamp(run.path), label)


@st.cache_resource(max_entries=64, show_spinner=False)
def _mean_maps(
    path: Path, stamp_of_run: int, label: str
) -> tuple[MeanMap | None, MeanMap | None, MeanMap | None]:
    asked = _asked(path, stamp_of_run)
    wrong = mean_map(asked, [("label = ?", [label]), ("NOT correct", [])])
    return (
        mean_map(asked, [("label = ?", [label])]),
        mean_map(asked, [("label <> ?", [label])]),
        wrong if wrong is not None and wrong.maps >= FEWEST_WRONG else None,
    )


def evidence(run: Run, case_id: str) -> pd.DataFrame:
    """Pictures of the interventions on a case, in the order in which they were made.

    Raises:
        RunError: they cannot be read, or are not what an audit writes.
    """
    return run.evidence(case_id)


def undecided(run: Run) -> Decided:
    """As if nobody had reviewed anything."""
    return Decided.nothing(ranking(run))


def decided(store: ReviewStore, folder: Path, run: Run) -> Decided:
    """What stands of a run's reviews now; only events that are new are read.

    Raises:
        AuditorError: the database cannot be read.
    """
    return _latest_reviews(folder, run.path, stamp(run.path)).now(store, run.name, ranking(run))


class _LatestReviews:
    """What stands of one run's reviews, as far as it has been read."""

    def __init__(self, ranking: Ranking) -> None:
        self._lock = Lock()
        self._decided = Decided.nothing(ranking)

    def now(self, store: ReviewStore, run: str, ranking: Ranking) -> Decided:
        with self._lock:
            new = store.since(run, self._decided.ledger.last)
            self._decided = self._decided.after(*new, ranking)
            return self._decided


@st.cache_resource(max_entries=8, show_spinner=False)
def _latest_reviews(folder: Path, path: Path, stamp_of_run: int) -> _LatestReviews:
    return _LatestReviews(_ranking(path, stamp_of_run))


@st.cache_resource(max_entries=8, show_spinner=False)
def _run(path: Path, stamp_of_run: int) -> Run:
    return open_run(path, lazily=True)


def _stamp(folders: list[Path]) -> tuple[tuple[str, int], ...]:
    return tuple((folder.name, stamp(folder)) for folder in folders)
