"""What a reader wants to see, and the statements that ask a run's table for it. Pure.

Every value is bound; nothing but this program's own words and column names that the schema knows
becomes part of a statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from auditor.domain.case_columns import CASES
from auditor.domain.errors import RunError
from auditor.domain.messages import N_, phrase
from auditor.domain.schema import SLICE_PREFIX
from auditor.domain.verdicts import CaseVerdict

UNREVIEWED = "unreviewed"
MINE, DIFFER = "mine", "differ"
"""Queues: the cases that were assigned to whoever looks; those on which reviewers differ."""
FLAGGED = (CaseVerdict.SHORTCUT, CaseVerdict.MISLED, CaseVerdict.SUSPECTED)
"""Verdicts of cases that a person should look at: the worklist."""
GROUP_SIGN = ": "
"""Between a slice's column and its value in the name of a group."""
RANK = "file_row_number"
"""A case's place in the table, which is stored worst first."""
Test = tuple[str, list[Any]]
"""A condition with its values for the question marks."""

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
        find: text in the file's name, in the reason or in a note, in upper or lower case.
        codes: reasons whose sentence in the reader's language holds `find`.
        flagged: only cases of the verdicts `FLAGGED`; a choice of verdicts goes before it.
        score: a float column of the cases, with the bounds `low` and `high` (both included);
            a case without the score is then left out.
        queue: "", `MINE` or `DIFFER`.
        sort: a float column of the cases by which they are listed, None for worst first.
        rising: the lowest value comes first; else the highest.
        region: of the map of pictures, as `regions.write_region` writes it, or "".
        names_only: `find` asks for file names alone.
    """

    classes: tuple[str, ...] = ()
    verdicts: tuple[str, ...] = ()
    reviews: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    flagged: bool = False
    score: str | None = None
    low: float | None = None
    high: float | None = None
    queue: str = ""
    find: str = ""
    codes: tuple[str, ...] = ()
    sort: str | None = None
    rising: bool = False
    region: str = ""
    names_only: bool = False

    def told_blind(self) -> Filters:
        """Those of the filters that a reader may use who decides blind: none that asks for
        verdict, score, reason, note or decision."""
        return replace(
            self,
            verdicts=(),
            reviews=(),
            score=None,
            low=None,
            high=None,
            codes=(),
            sort=None,
            rising=False,
            names_only=True,
        )


def conditions(filters: Filters, columns: Sequence[str], *, coded: bool = True) -> list[Test]:
    """The conditions of `filters` but its reviews, queue and region, and what only notes say.

    Args:
        columns: the run's metadata columns.
        coded: whether the run stores the codes of its reasons.

    Raises:
        ValueError: the score is none of the schema's.
    """
    flagged = tuple(verdict.value for verdict in FLAGGED) if filters.flagged else ()
    tests: list[Test] = [
        (f"list_contains(?, {column})", [list(wanted)])
        for column, wanted in (("label", filters.classes), ("verdict", filters.verdicts or flagged))
        if wanted
    ]
    for column in columns:
        start = f"{column}{GROUP_SIGN}"
        values = [name.removeprefix(start) for name in filters.groups if name.startswith(start)]
        if values:
            tests.append((f"list_contains(?, {quoted(SLICE_PREFIX + column)})", [values]))
    if filters.find:
        codes = filters.codes if coded else ()
        tests.append(_found(filters.find, codes, names_only=filters.names_only))
    if filters.score is not None:
        column = score_column(filters.score)
        bounds = ((">=", filters.low), ("<=", filters.high))
        tests += [(f"{column} {sign} ?", [bound]) for sign, bound in bounds if bound is not None]
    return tests


def _found(text: str, codes: tuple[str, ...], *, names_only: bool) -> Test:
    places = ["contains(lower(image), lower(?))"]
    values: list[Any] = [text]
    if not names_only:
        places.append("contains(lower(reason), lower(?))")
        values.append(text)
    if codes:
        places.append("list_contains(?, reason_code)")
        values.append(list(codes))
    # A null reason holds nothing.
    return "coalesce(" + " OR ".join(places) + ", false)", values


def group_name(column: str, value: str) -> str:
    """A group of cases in words: the metadata column without its prefix, and the value."""
    return f"{column}{GROUP_SIGN}{value}"


def quoted(column: str) -> str:
    """A column's name for a statement, whatever stands in it."""
    return '"' + column.replace('"', '""') + '"'


def score_column(name: str) -> str:
    """A score's name for a statement.

    Raises:
        ValueError: it is none of the schema's.
    """
    if name not in SCORE_COLUMNS:
        raise ValueError(f"{name!r} is no score")
    return quoted(name)


def from_table(
    table: Path, select: str, tests: Sequence[Test] = (), tail: str = ""
) -> tuple[str, list[Any]]:
    """A statement with its values: SELECT `select` of a run's table WHERE all of `tests` hold.

    `select`, the tests' conditions and `tail` are this program's own words, never a reader's.
    """
    where = "WHERE " + " AND ".join(test for test, _ in tests) if tests else ""
    source = "read_parquet(?, file_row_number = true)"
    values = [value for _, values in tests for value in values]
    query = f"SELECT {select} FROM {source} {where} {tail}"  # noqa: S608 - see above
    return query, [str(table), *values]


def stored_columns(table: Path) -> list[str]:
    """Names of a stored table's columns.

    Raises:
        RunError: the table cannot be read.
    """
    try:
        return list(pq.read_schema(table).names)
    except (OSError, pa.ArrowException) as error:
        raise unreadable(table, error) from error


def run_query(
    cursor: duckdb.DuckDBPyConnection, query: str, values: list[Any]
) -> duckdb.DuckDBPyConnection:
    """The answer to a query whose first value is the table's path.

    Raises:
        RunError: the table cannot be read.
    """
    try:
        return cursor.execute(query, values)
    except duckdb.Error as error:
        raise unreadable(values[0], error) from error


def unreadable(table: Path | str, error: Exception) -> RunError:
    """A table that is damaged or gone."""
    return RunError(
        N_("A table of the run cannot be read."),
        code="run.unreadable",
        expected=phrase("a whole Parquet file at {table}", table=table),
        got=str(error).splitlines()[0],
        remedy=N_("restore the file, or make the run anew"),
    )
