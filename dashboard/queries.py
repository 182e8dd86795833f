"""Questions to a run's cases, answered by DuckDB on the Parquet file in place. Pure: no cache.

Every value is bound; nothing but this file's own words and column names that the schema knows
becomes part of a statement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from auditor.domain.errors import RunError
from auditor.domain.schema import CASES, SLICE_PREFIX

UNREVIEWED = "unreviewed"
GROUP_SIGN = ": "
"""Between a slice's column and its value in the name of a group."""
WORST_FIRST = "severity DESC, case_id"
Test = tuple[str, list[Any]]
"""A condition with its values for the question marks."""

MAPS = ", ".join(column.name for column in CASES if column.kind == "bytes")
SCORE_COLUMNS = frozenset(column.name for column in CASES if column.kind == "float")


@dataclass(frozen=True, slots=True)
class Filters:
    """Which cases are wanted; an empty tuple or None asks for nothing.

    Attributes:
        classes: labels.
        verdicts: case verdicts.
        reviews: latest decisions, or "unreviewed".
        groups: values of metadata columns as `group_name` writes them. Groups of one column add
            up, columns narrow each other down.
        score: a float column of the cases, with the bounds `low` and `high` (both included);
            a case without the score is then left out.
    """

    classes: tuple[str, ...] = ()
    verdicts: tuple[str, ...] = ()
    reviews: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
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

    def __post_init__(self) -> None:
        decided = pd.DataFrame(
            {"case_id": list(self.reviews), "decision": list(self.reviews.values())}, dtype="str"
        )
        self.cursor.register("decided", decided)

    def page(self, filters: Filters, *, offset: int, limit: int) -> pd.DataFrame:
        """`limit` matching cases from `offset` on, worst first, with their column `review`."""
        # First which ones, then what is in them: sorting whole rows costs seconds far down.
        tail = f"ORDER BY {WORST_FIRST} LIMIT {int(limit)} OFFSET {int(offset)}"
        found = self.ask("case_id", self._tests(filters), tail).fetchall()
        return self.where([("list_contains(?, case_id)", [[row[0] for row in found]])], limit=limit)

    def where(self, tests: Sequence[Test], *, limit: int) -> pd.DataFrame:
        """The `limit` worst cases for which `tests` hold, with their column `review`."""
        return self.ask("*", tests, f"ORDER BY {WORST_FIRST} LIMIT {int(limit)}").df()

    def all(self, filters: Filters) -> pd.DataFrame:
        """Every matching case, worst first, in the run's own columns but the maps."""
        tail = f"ORDER BY {WORST_FIRST}"
        return self.ask(f"* EXCLUDE ({MAPS}, review)", self._tests(filters), tail).df()

    def tally(self, filters: Filters) -> Tally:
        """Counts of the matching cases."""
        counts = f"count(*), count(*) FILTER (review = '{UNREVIEWED}')"
        total, left = self.ask(counts, self._tests(filters)).fetchall()[0]
        return Tally(total=total, left=left)

    def case(self, case_id: str) -> dict[str, Any] | None:
        """One row with its column `review`, or None where the run has no such case."""
        rows = plain_rows(self.ask("*", [("case_id = ?", [case_id])]).df())
        return rows[0] if rows else None

    def neighbours(
        self, filters: Filters, case: Mapping[str, Any]
    ) -> tuple[str | None, str | None]:
        """The matching cases before and after `case` (which need not match), worst first."""
        place = [case["severity"], case["severity"], case["case_id"]]
        worse = "(severity > ? OR (severity = ? AND case_id < ?))"
        milder = "(severity < ? OR (severity = ? AND case_id > ?))"
        before = self._first([*self._tests(filters), (worse, place)], "severity, case_id DESC")
        return before, self._first([*self._tests(filters), (milder, place)], WORST_FIRST)

    def labels(self, case_ids: Sequence[str]) -> dict[str, str]:
        """The labels of those of `case_ids` that the run has."""
        asked = [("list_contains(?, case_id)", [list(case_ids)])]
        return dict(self.ask("case_id, label", asked).fetchall())

    def verdicts(self) -> set[str]:
        """The verdicts that occur."""
        return {row[0] for row in self.ask("DISTINCT verdict", []).fetchall()}

    def slice_columns(self) -> list[str]:
        """Names of the metadata columns, without their prefix, in the table's order."""
        try:
            stored = pq.read_schema(self.table).names
        except (OSError, pa.ArrowException) as error:
            raise _unreadable(self.table, error) from error
        return [n.removeprefix(SLICE_PREFIX) for n in stored if n.startswith(SLICE_PREFIX)]

    def bounds(self, score: str) -> tuple[float, float] | None:
        """Lowest and highest value of a score, or None where it is nowhere defined."""
        column = _score(score)
        finite: list[Test] = [(f"isfinite({column})", [])]
        low, high = self.ask(f"min({column}), max({column})", finite).fetchall()[0]
        return None if low is None else (low, high)

    def _tests(self, filters: Filters) -> list[Test]:
        return conditions(filters, self.slice_columns() if filters.groups else ())

    def _first(self, tests: list[Test], order: str) -> str | None:
        rows = self.ask("case_id", tests, f"ORDER BY {order} LIMIT 1").fetchall()
        return rows[0][0] if rows else None

    def ask(
        self, select: str, tests: Sequence[Test] = (), tail: str = ""
    ) -> duckdb.DuckDBPyConnection:
        """The answer to SELECT `select` with a `review` for every case, WHERE all of `tests`.

        `select`, the tests' conditions and `tail` are this program's own words, never a reader's.

        Raises:
            RunError: the table cannot be read.
        """
        where = "WHERE " + " AND ".join(test for test, _ in tests) if tests else ""
        # Without a review the join would only read every case_id.
        source = (
            f"c.*, coalesce(d.decision, '{UNREVIEWED}') AS review "
            "FROM read_parquet(?) c LEFT JOIN decided d USING (case_id)"
            if self.reviews
            else f"*, '{UNREVIEWED}' AS review FROM read_parquet(?)"
        )
        query = f"""
            WITH answered AS (SELECT {source})
            SELECT {select} FROM answered {where} {tail}
        """  # noqa: S608 - see above
        values = [value for _, values in tests for value in values]
        return ask(self.cursor, query, [str(self.table), *values])


def ask(
    cursor: duckdb.DuckDBPyConnection, query: str, values: list[Any]
) -> duckdb.DuckDBPyConnection:
    """The answer to a query whose first value is the table's path.

    Raises:
        RunError: the table cannot be read.
    """
    try:
        return cursor.execute(query, values)
    except duckdb.Error as error:
        raise _unreadable(values[0], error) from error


def group_name(column: str, value: str) -> str:
    """A group of cases in words: the metadata column without its prefix, and the value."""
    return f"{column}{GROUP_SIGN}{value}"


def quoted(column: str) -> str:
    """A column's name for a statement, whatever stands in it."""
    return '"' + column.replace('"', '""') + '"'


def plain_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of `frame` as dicts with None for null, whatever the column's type makes of it."""
    return [_plain(row) for _, row in frame.iterrows()]


def _plain(row: pd.Series[Any]) -> dict[str, Any]:
    return {
        str(name): None if not isinstance(value, (bytes, bytearray)) and pd.isna(value) else value
        for name, value in row.items()
    }


def conditions(filters: Filters, columns: Sequence[str]) -> list[Test]:
    """The conditions of `filters`; `columns` are the run's metadata columns."""
    tests: list[Test] = [
        (f"list_contains(?, {column})", [list(wanted)])
        for column, wanted in (
            ("label", filters.classes),
            ("verdict", filters.verdicts),
            ("review", filters.reviews),
        )
        if wanted
    ]
    for column in columns:
        start = f"{column}{GROUP_SIGN}"
        values = [name.removeprefix(start) for name in filters.groups if name.startswith(start)]
        if values:
            tests.append((f"list_contains(?, {quoted(SLICE_PREFIX + column)})", [values]))
    if filters.score is not None:
        column = _score(filters.score)
        bounds = ((">=", filters.low), ("<=", filters.high))
        tests += [(f"{column} {sign} ?", [bound]) for sign, bound in bounds if bound is not None]
    return tests


def _score(name: str) -> str:
    if name not in SCORE_COLUMNS:
        raise ValueError(f"{name!r} is no score")
    return quoted(name)


def _unreadable(table: Path | str, error: Exception) -> RunError:
    return RunError(
        "A table of the run cannot be read.",
        expected=f"a whole Parquet file at {table}",
        got=str(error).splitlines()[0],
        remedy="restore the file, or make the run anew",
    )
