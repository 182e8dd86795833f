"""Which cases match a filter, as their places in the sorted table: kept, and counted by numpy.

A run's cases are stored worst first, so the number of a row is its rank. All sessions share what
is kept here: 12 bytes a case, and 4 bytes a matching case for each of the latest filters.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from auditor.reviews.events import VOTES, Review, person_id
from auditor.reviews.ledger import Ledger
from dashboard.runs.filters import (
    RANK,
    UNREVIEWED,
    Filters,
    Test,
    from_table,
    run_query,
    score_column,
    stored_columns,
)
from dashboard.runs.regions import read_region
from dashboard.runs.row_cache import RowCache

MOST_KEPT = 12
"""Filters whose matching cases are kept."""

MOST_SORTED = 2
"""Columns by which cases are listed whose values are kept: 8 bytes a case."""

Ranks = NDArray[np.int32]
"""Row numbers of cases, from 0, rising: worst first, unless they are `Ranking.ordered`."""
Map = NDArray[np.float32]
CODES = (UNREVIEWED, *(decision.value for decision in VOTES))
"""What a case's code in `Decided` says."""


class Ranking:
    """The order of one run's cases. Safe to share between threads."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, table: Path) -> None:
        self._connection = connection
        self._table = table
        self._lock = Lock()
        self._kept: OrderedDict[Filters, Ranks] = OrderedDict()
        self._values: OrderedDict[str, NDArray[np.float64]] = OrderedDict()
        self._map: Map | None = None
        self._by_name: tuple[NDArray[np.uint64], Ranks] | None = None
        self.rows = RowCache()
        self.count = int(self._ask("count(*) AS rows", ())["rows"][0])

    def matching(self, filters: Filters, tests: Callable[[], list[Test]]) -> Ranks:
        """The cases that match all of `filters` but its reviews and queue; not to be changed.

        Args:
            tests: gives the conditions; called where the answer is not kept.
        """
        key = replace(filters, reviews=(), queue="", sort=None, rising=False)
        if filters.region:
            self.places_on_map()
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                found = self._within(self._matching(tests()), filters.region)
                self._kept[key] = found
                if len(self._kept) > MOST_KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
        return found

    def ordered(self, ranks: Ranks, column: str, *, rising: bool) -> Ranks:
        """The same cases by a score, the highest first; those without it last, ties worst first.

        Raises:
            ValueError: the column is none of the schema's scores.
        """
        found = self._values_of(column)[ranks]
        order = np.argsort(found if rising else -found, kind="stable")
        return ranks[order]

    def _values_of(self, column: str) -> NDArray[np.float64]:
        name = score_column(column)
        with self._lock:
            if column not in self._values:
                found = self._ask(
                    f"coalesce({name}, 'nan')::DOUBLE AS value, {RANK}::INTEGER AS rank", ()
                )
                values = np.full(self.count, np.nan)
                values[found["rank"]] = found["value"]
                self._values[column] = values
                if len(self._values) > MOST_SORTED:
                    self._values.popitem(last=False)
            self._values.move_to_end(column)
            return self._values[column]

    def places(self, case_ids: Iterable[str]) -> dict[str, int]:
        """case_id -> rank, of those that the run has."""
        asked = list(dict.fromkeys(case_ids))
        if not asked:
            return {}
        hashes, ranks = self._names()
        cursor = self._connection.cursor()
        rows = cursor.execute("SELECT hash(unnest(?::VARCHAR[])) AS h", [asked]).fetchnumpy()["h"]
        at = np.searchsorted(hashes, rows)
        known = at < len(hashes)
        known[known] = hashes[at[known]] == rows[known]
        # 64 bits: two of a million cases share a hash once in forty million runs.
        return {
            name: int(ranks[place])
            for name, place, there in zip(asked, at, known, strict=True)
            if there
        }

    def places_on_map(self) -> Map | None:
        """(2, cases) float32 x and y by rank, NaN for a case without a place; None where the run
        has no map. Not to be changed."""
        with self._lock:
            if self._map is None:
                self._map = self._places_on_map()
            return self._map if len(self._map) else None

    def _places_on_map(self) -> Map:
        if "map_x" not in stored_columns(self._table):
            return np.zeros((0, 0), np.float32)
        found = self._ask(f"map_x, map_y, {RANK}::INTEGER AS rank", ())
        places = np.full((2, self.count), np.nan, np.float32)
        for row, name in zip(places, ("map_x", "map_y"), strict=True):
            row[found["rank"]] = np.ma.filled(np.ma.asarray(found[name], np.float64), np.nan)
        return places if np.isfinite(places).any() else np.zeros((0, 0), np.float32)

    def _within(self, ranks: Ranks, region: str) -> Ranks:
        """Those of `ranks` that lie in a region of the map, of which the places are known."""
        polygon = read_region(region)
        if polygon is None:
            return ranks
        if self._map is None or not len(self._map):
            return ranks[:0]
        inside: Ranks = ranks[polygon.inside(*self._map)[ranks]]
        return inside

    def _matching(self, tests: list[Test]) -> Ranks:
        if not tests:
            return np.arange(self.count, dtype=np.int32)
        found = self._ask(f"{RANK}::INTEGER AS rank", tests)["rank"]
        return np.sort(np.asarray(found, dtype=np.int32))

    def _names(self) -> tuple[NDArray[np.uint64], Ranks]:
        with self._lock:
            if self._by_name is None:
                found = self._ask(f"hash(case_id) AS h, {RANK}::INTEGER AS rank", ())
                order = np.argsort(found["h"], kind="stable")
                hashes = found["h"].astype(np.uint64)
                self._by_name = (hashes[order], found["rank"].astype(np.int32)[order])
            return self._by_name

    def _ask(self, select: str, tests: Iterable[Test]) -> dict[str, NDArray[Any]]:
        query, values = from_table(self._table, select, list(tests))
        found = run_query(self._connection.cursor(), query, values).fetchnumpy()
        return {name: np.asarray(column) for name, column in found.items()}


@dataclass(frozen=True, slots=True)
class Decided:
    """What reviewers said of a run's cases, by name and by rank.

    Attributes:
        ledger: by name.
        codes: (cases,) uint8 by rank: places in `CODES`.
        own: `person_id` -> the same of their own last words.
        differs: (cases,) bool by rank: reviewers differ, and nobody has settled it.
    """

    ledger: Ledger
    codes: NDArray[np.uint8]
    own: Mapping[str, NDArray[np.uint8]]
    differs: NDArray[np.bool_]

    @classmethod
    def nothing(cls, ranking: Ranking) -> Decided:
        """Before the first decision."""
        count = ranking.count
        return cls(Ledger(), np.zeros(count, np.uint8), {}, np.zeros(count, np.bool_))

    def after(self, events: Sequence[Review], last: int, ranking: Ranking) -> Decided:
        """With what came since (see `Ledger.after`); cases of no run are left out of the codes."""
        if not events:
            return self
        ledger = self.ledger.after(events, last)
        codes, differs = self.codes.copy(), self.differs.copy()
        names = {person_id(event.reviewer) for event in events}
        own = {**self.own, **{name: self.of(name).copy() for name in names}}
        for case, rank in ranking.places(event.case_id for event in events).items():
            codes[rank] = _code(ledger.standing(case))
            differs[rank] = ledger.differs(case)
            for name in names:
                own[name][rank] = _code(ledger.own(case, name))
        return Decided(ledger, codes, own, differs)

    def of(self, reviewer: str) -> NDArray[np.uint8]:
        """(cases,) a reviewer's own last words, as codes; not to be changed."""
        found = self.own.get(person_id(reviewer))
        return np.zeros(len(self.codes), np.uint8) if found is None else found

    def words(self, ranks: Ranks) -> list[str]:
        """What stands on these cases, or "unreviewed"."""
        return [CODES[code] for code in self.codes[ranks]]

    def among(self, ranks: Ranks, reviews: tuple[str, ...]) -> Ranks:
        """Those of `ranks` on which one of `reviews` stands."""
        wanted = np.array([code in reviews for code in CODES])
        found: Ranks = ranks[wanted[self.codes[ranks]]]
        return found


def _code(event: Review | None) -> int:
    return CODES.index(event.decision.value if event else UNREVIEWED)
