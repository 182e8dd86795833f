"""Questions to a run's cases, answered by DuckDB on the Parquet file in place. Pure: no cache."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditor.domain.case_columns import CASES
from auditor.domain.schema import SLICE_PREFIX
from auditor.storage.rows import check_frame
from dashboard.runs.filters import (
    DIFFER,
    MINE,
    RANK,
    Filters,
    Test,
    conditions,
    from_table,
    run_query,
    score_column,
    stored_columns,
)
from dashboard.runs.ranks import Decided, Ranking, Ranks

BYTES = tuple(column.name for column in CASES if column.kind == "bytes")
CARD = (
    "case_id, image, label, predicted, correct, confidence, severity, verdict, "
    "COLUMNS('^reason(_code|_numbers)?$'), "
    "cam, cam_height, cam_width, mask, image_width, image_height"
)
"""What a card shows. Runs of earlier versions have the reason without code and numbers."""
MOST_LISTED = 500
WORST_FIRST = f"ORDER BY {RANK}"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many cases match, and how many of them nobody has decided."""

    total: int
    left: int


@dataclass(frozen=True, slots=True)
class Cases:
    """The cases of one run with what reviewers said, ready to be asked.

    Attributes:
        cursor: of this rerun.
        table: the run's cases.parquet.
        ranking: the order of its cases.
        decided: what stands.
        reviewer: who asks.
        mine: (cases,) by rank: assigned to whoever asks; None for who has no cases assigned.
        hidden: (cases,) by rank: still to be decided blind by whoever asks; None without any.
            Filters by what is hidden then ask for nothing: `Filters.told_blind`.
    """

    cursor: duckdb.DuckDBPyConnection
    table: Path
    ranking: Ranking
    decided: Decided
    reviewer: str = ""
    mine: NDArray[np.bool_] | None = None
    hidden: NDArray[np.bool_] | None = None

    def ranks(self, filters: Filters) -> Ranks:
        """The matching cases, worst first or as `filters.sort` says; not to be changed."""
        found = self._matching(filters)
        if filters.sort is None or self.hidden is not None:
            return found
        return self.ranking.ordered(found, filters.sort, rising=filters.rising)

    def _matching(self, filters: Filters) -> Ranks:
        filters = filters if self.hidden is None else filters.told_blind()
        found = self.ranking.matching(filters, lambda: self._tests(filters))
        if filters.find and not filters.names_only:
            found = self._with_noted(found, filters)
        if filters.queue == MINE:
            found = found[:0] if self.mine is None else found[self.mine[found]]
        elif filters.queue == DIFFER:
            found = found[self._differing()[found]]
        return self.decided.among(found, filters.reviews) if filters.reviews else found

    def _with_noted(self, found: Ranks, filters: Filters) -> Ranks:
        """And the cases on which a note holds it. Notes come while one looks, so these are not
        kept."""
        noted = self._places(self.decided.ledger.noted(filters.find))
        if not len(noted):
            return found
        rest = replace(filters, find="", codes=())
        others = self.ranking.matching(rest, lambda: self._tests(rest))
        return np.union1d(found, np.intersect1d(others, noted)).astype(np.int32)

    def undecided(self, filters: Filters, ranks: Ranks) -> Ranks:
        """Those of `ranks` that still wait: in one's own queue, or blind, for one's own decision,
        in the queue of disagreements for whoever settles them, else for anybody's."""
        if filters.queue == DIFFER:
            waiting = self._differing()
        elif filters.queue == MINE or self.hidden is not None:
            waiting = self.decided.of(self.reviewer) == 0
        else:
            waiting = self.decided.codes == 0
        found: Ranks = ranks[waiting[ranks]]
        return found

    def _differing(self) -> NDArray[np.bool_]:
        differs = self.decided.differs
        return differs if self.hidden is None else differs & ~self.hidden

    def page(self, ranks: Ranks) -> pd.DataFrame:
        """What the cards of these cases show, with their column `review`, in the same order."""
        return self._rows(CARD, ranks)

    def worst(self, filters: Filters, limit: int) -> pd.DataFrame:
        """`page` of the worst matching cases."""
        return self.page(self.ranks(filters)[:limit])

    def named(self, case_ids: Iterable[str]) -> pd.DataFrame:
        """`page` of those of these cases that the run has."""
        return self.page(self._places(case_ids))

    def names(self, ranks: Ranks) -> list[str]:
        """The case_ids of these cases, worst first."""
        found: list[str] = self._rows("case_id", ranks)["case_id"].tolist()
        return found

    def where(self, tests: Sequence[Test], *, limit: int) -> pd.DataFrame:
        """`page` of the `limit` worst cases for which `tests` hold."""
        tail = f"{WORST_FIRST} LIMIT {int(limit)}"
        rows = self.ask(f"{RANK}::INTEGER", tests, tail).fetchall()
        return self.page(np.array([row[0] for row in rows], dtype=np.int32))

    def all(self, filters: Filters) -> pd.DataFrame:
        """Every matching case, worst first, in the run's own columns but the maps."""
        left_out = [name for name in BYTES if name in self.columns()]
        select = f"* EXCLUDE ({', '.join([*left_out, RANK])})"
        asked = (filters.reviews, filters.queue, filters.find, filters.region)
        by_rank = any(asked) or self.hidden is not None
        tests = [self._among(self._matching(filters))] if by_rank else self._tests(filters)
        return self.ask(select, tests, WORST_FIRST).df()

    def tally(self, filters: Filters) -> Tally:
        """Counts of the matching cases."""
        ranks = self._matching(filters)
        return Tally(total=len(ranks), left=len(self.undecided(filters, ranks)))

    def case(self, case_id: str) -> dict[str, Any] | None:
        """One row with its columns `review` and `rank`, or None where the run has no such case."""
        rows = plain_rows(self._rows(f"* EXCLUDE ({RANK})", self._places([case_id])))
        return rows[0] if rows else None

    def labels(self, case_ids: Sequence[str]) -> dict[str, str]:
        """The labels of those of `case_ids` that the run has."""
        found = self._rows("case_id, label", self._places(case_ids))
        return dict(zip(found["case_id"], found["label"], strict=True))

    def verdicts(self) -> set[str]:
        """The verdicts that occur."""
        return {row[0] for row in self.ask("DISTINCT verdict").fetchall()}

    def progress(self) -> pd.DataFrame:
        """Columns label, review, cases: how many cases of a class have which standing decision."""
        counts = self.ask("label, count(*) AS cases", (), "GROUP BY 1 ORDER BY 1").df()
        decided = self._rows("label", np.flatnonzero(self.decided.codes).astype(np.int32))
        done = decided.groupby(["label", "review"]).size().reset_index(name="cases")
        taken = done.groupby("label")["cases"].sum()
        left = counts["cases"] - counts["label"].map(taken).fillna(0).astype("int64")
        rest = counts.assign(review="unreviewed", cases=left)
        found = pd.concat([done, rest[rest["cases"] > 0]], ignore_index=True)
        return found[["label", "review", "cases"]].sort_values(["label", "review"])

    def slice_columns(self) -> list[str]:
        """Names of the metadata columns, without their prefix, in the table's order."""
        stored = self.columns()
        return [n.removeprefix(SLICE_PREFIX) for n in stored if n.startswith(SLICE_PREFIX)]

    def columns(self) -> list[str]:
        """Names of the table's columns; runs of earlier versions lack some."""
        return stored_columns(self.table)

    def bounds(self, score: str) -> tuple[float, float] | None:
        """Lowest and highest value of a score, or None where it is nowhere defined."""
        column = score_column(score)
        finite: list[Test] = [(f"isfinite({column})", [])]
        low, high = self.ask(f"min({column}), max({column})", finite).fetchall()[0]
        return None if low is None else (low, high)

    def ask(
        self, select: str, tests: Sequence[Test] = (), tail: str = ""
    ) -> duckdb.DuckDBPyConnection:
        """The answer to `filtering.from_table`; RunError where the table cannot be read."""
        return run_query(self.cursor, *from_table(self.table, select, tests, tail))

    def _tests(self, filters: Filters) -> list[Test]:
        columns = self.slice_columns() if filters.groups else ()
        coded = bool(filters.codes) and "reason_code" in self.columns()
        return conditions(filters, columns, coded=coded)

    def _places(self, case_ids: Iterable[str]) -> Ranks:
        return np.array(sorted(self.ranking.places(case_ids).values()), dtype=np.int32)

    def _rows(self, select: str, ranks: Ranks) -> pd.DataFrame:
        """Rows by their ranks, in their order, with the columns `rank` and `review`; RunError where
        one holds what no audit writes."""
        read = partial(self._read, select, ranks)
        found = self.ranking.rows.rows(select, ranks.tobytes(), len(ranks), read)
        order = np.argsort(ranks, kind="stable")
        back = np.argsort(order, kind="stable")
        return found.iloc[back].reset_index(drop=True).assign(review=self.decided.words(ranks))

    def _read(self, select: str, ranks: Ranks) -> pd.DataFrame:
        columns = f"{select}, {RANK}::INTEGER AS rank"
        found = self.ask(columns, [self._among(ranks)], WORST_FIRST).df()
        check_frame(self.table, "cases", found)
        return found

    def _among(self, ranks: Ranks) -> Test:
        if len(ranks) > MOST_LISTED:
            self.cursor.register("chosen", pd.DataFrame({"rank": ranks}))
            return f"{RANK} IN (SELECT rank FROM chosen)", []  # noqa: S608 - own words
        # Numbers in the statement, not bound: only so does DuckDB skip the other row groups.
        return f"{RANK} IN ({', '.join(str(int(rank)) for rank in ranks) or '-1'})", []


def plain_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of `frame` as dicts with None for null, whatever the column's type makes of it."""
    return [_plain(row) for row in frame.to_dict("records")]


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        str(name): None if not isinstance(value, (bytes, bytearray)) and pd.isna(value) else value
        for name, value in row.items()
    }
