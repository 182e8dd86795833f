"""Questions to a run's cases, answered by DuckDB on the Parquet file in place. Pure: no cache.

Every value is bound; only column names that the schema knows become part of a statement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from auditor.domain.schema import CASES

UNREVIEWED = "unreviewed"
WORST_FIRST = "severity DESC, case_id"
SCORE_COLUMNS = frozenset(column.name for column in CASES if column.kind == "float")


@dataclass(frozen=True, slots=True)
class Filters:
    """Which cases are wanted; an empty tuple or None asks for nothing.

    Attributes:
        classes: labels.
        verdicts: case verdicts.
        reviews: latest decisions, or "unreviewed".
        score: a float column of the cases, with the bounds `low` and `high` (both included);
            a case without the score is then left out.
    """

    classes: tuple[str, ...] = ()
    verdicts: tuple[str, ...] = ()
    reviews: tuple[str, ...] = ()
    score: str | None = None
    low: float | None = None
    high: float | None = None


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
        reviews: case_id -> latest decision.
    """

    cursor: duckdb.DuckDBPyConnection
    table: Path
    reviews: Mapping[str, str]

    def page(self, filters: Filters, *, offset: int, limit: int) -> pd.DataFrame:
        """`limit` matching cases from `offset` on, worst first, with their column `review`."""
        return self._rows(filters, f"ORDER BY {WORST_FIRST} LIMIT ? OFFSET ?", [limit, offset])

    def all(self, filters: Filters) -> pd.DataFrame:
        """Every matching case, worst first, in the run's own columns but the map."""
        rows = self._rows(filters, f"ORDER BY {WORST_FIRST}", [])
        return rows.drop(columns=["cam", "review"])

    def tally(self, filters: Filters) -> Tally:
        """Counts of the matching cases."""
        where, values = _where(filters)
        total, left = self._ask(
            f"SELECT count(*), count(*) FILTER (review = '{UNREVIEWED}') FROM answered {where}",
            values,
        ).fetchall()[0]
        return Tally(total=total, left=left)

    def case(self, case_id: str) -> dict[str, Any] | None:
        """One row, or None where the run has no such case."""
        rows = self._rows(Filters(), "WHERE case_id = ?", [case_id])
        return None if rows.empty else _plain(rows.iloc[0])

    def neighbours(self, filters: Filters, case: Mapping[str, Any]) -> tuple[str | None, str | None]:
        """The matching cases before and after `case` (which need not match), worst first."""
        place = [case["severity"], case["severity"], case["case_id"]]
        where, values = _where(filters)
        joined = f"{where} AND" if where else "WHERE"
        found = []
        for test, order in (
            ("(severity > ? OR (severity = ? AND case_id < ?))", "severity, case_id DESC"),
            ("(severity < ? OR (severity = ? AND case_id > ?))", WORST_FIRST),
        ):
            query = f"SELECT case_id FROM answered {joined} {test} ORDER BY {order} LIMIT 1"
            row = self._ask(query, [*values, *place]).fetchone()
            found.append(row[0] if row else None)
        return found[0], found[1]

    def known(self, case_ids: Sequence[str]) -> set[str]:
        """Those of `case_ids` that the run has."""
        query = "SELECT case_id FROM answered WHERE list_contains(?, case_id)"
        return {row[0] for row in self._ask(query, [list(case_ids)]).fetchall()}

    def verdicts(self) -> dict[str, int]:
        """Number of cases of every verdict that occurs."""
        query = "SELECT verdict, count(*) FROM answered GROUP BY verdict"
        return dict(self._ask(query, []).fetchall())

    def bounds(self, score: str) -> tuple[float, float] | None:
        """Lowest and highest value of a score, or None where it is nowhere defined."""
        column = _score(score)
        query = f"SELECT min({column}), max({column}) FROM answered WHERE isfinite({column})"
        low, high = self._ask(query, []).fetchall()[0]
        return None if low is None else (low, high)

    def _rows(self, filters: Filters, tail: str, more: list[Any]) -> pd.DataFrame:
        where, values = _where(filters)
        return self._ask(f"SELECT * FROM answered {where} {tail}", [*values, *more]).df()

    def _ask(self, query: str, values: list[Any]) -> duckdb.DuckDBPyConnection:
        decided = pd.DataFrame(
            {"case_id": list(self.reviews), "decision": list(self.reviews.values())}, dtype="str"
        )
        self.cursor.register("decided", decided)
        answered = (
            f"WITH answered AS (SELECT c.*, coalesce(d.decision, '{UNREVIEWED}') AS review "
            "FROM read_parquet(?) c LEFT JOIN decided d USING (case_id)) "
        )
        return self.cursor.execute(answered + query, [str(self.table), *values])


def _where(filters: Filters) -> tuple[str, list[Any]]:
    tests: list[str] = []
    values: list[Any] = []
    for column, wanted in (
        ("label", filters.classes),
        ("verdict", filters.verdicts),
        ("review", filters.reviews),
    ):
        if wanted:
            tests.append(f"list_contains(?, {column})")
            values.append(list(wanted))
    if filters.score is not None:
        column = _score(filters.score)
        for sign, bound in ((">=", filters.low), ("<=", filters.high)):
            if bound is not None:
                tests.append(f"{column} {sign} ?")
                values.append(bound)
    return ("WHERE " + " AND ".join(tests) if tests else ""), values


def _score(name: str) -> str:
    if name not in SCORE_COLUMNS:
        raise ValueError(f"{name!r} is no score")
    return f'"{name}"'


def _plain(row: pd.Series) -> dict[str, Any]:
    """A row with None for null, whatever the column's type makes of it."""
    return {
        str(name): None if not isinstance(value, (bytes, bytearray)) and pd.isna(value) else value
        for name, value in row.items()
    }


def plain_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of `frame` as dicts with None for null."""
    return [_plain(row) for _, row in frame.iterrows()]


