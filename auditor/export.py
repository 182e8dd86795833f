"""A run's tables as CSV, Parquet, JSON Lines or a spreadsheet. CONTRACT section 4."""

from __future__ import annotations

import json
from collections.abc import Callable
from difflib import get_close_matches
from io import BytesIO
from pathlib import Path
from typing import Literal, get_args

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from auditor.actions import CASE_COLUMNS, actions_of
from auditor.domain.errors import RunError
from auditor.domain.schema import CLASSES
from auditor.domain.verdicts import CaseVerdict, ClassVerdict
from auditor.reviewed import AGREEMENT, agreement_table, decisions, standing_words
from auditor.storage.atomic import write_output
from auditor.storage.csv_text import csv_bytes, holds_bytes
from auditor.storage.findings_table import findings_of, first_hypothesis
from auditor.storage.manifest import json_values
from auditor.storage.run import Run
from auditor.storage.schema import arrow_field, arrow_schema
from auditor.storage.xlsx import xlsx_bytes

__all__ = ["csv_bytes", "export", "jsonl_bytes", "parquet_bytes", "select", "table_bytes"]

What = Literal[
    "cases", "classes", "slices", "findings", "hypotheses", "reviews", "agreement", "actions"
]
Reviewed = Literal["confirmed", "dismissed", "unreviewed"]

NAMES_SHOWN = 10
SUFFIXES = (".csv", ".parquet", ".jsonl", ".xlsx")

DEFAULT_MIN_IMAGES = 20
CLASS_COLUMN = {"cases": "label", "reviews": "label", "slices": None}
VERDICTS: dict[str, type[CaseVerdict] | type[ClassVerdict]] = {
    "cases": CaseVerdict,
    "classes": ClassVerdict,
    "findings": ClassVerdict,
    "actions": ClassVerdict,
}


def export(
    run: Run,
    what: str,
    out: Path,
    *,
    class_: str | None = None,
    verdict: str | None = None,
    review: str | None = None,
) -> int:
    """Write a table of a run; the suffix of `out` (.csv, .parquet, .jsonl, .xlsx) says how.

    Args:
        run: a finished run.
        what: cases, classes, slices, findings (classes that are not clean), hypotheses (on classes
            without masks), reviews (every event), agreement (of reviewers, a row a class) or
            actions (what to do about which class, with how many images).
        out: replaced in one step; its folder has to be there.
        class_: only rows of this class.
        verdict: only rows of this verdict.
        review: cases and reviews by their latest decision: confirmed, dismissed, unreviewed.

    Returns:
        How many rows were written.

    Raises:
        RunError: for a table, a filter or a suffix that does not exist or does not apply.
    """
    suffix = out.suffix.lower()
    if suffix not in SUFFIXES:
        got = out.suffix or "no suffix"
        raise _unusable("file", f"a name that ends in {' or '.join(SUFFIXES)}", got)
    rows = select(run, what, class_=class_, verdict=verdict, review=review)
    write_output(out, table_bytes(rows, what, suffix))
    return len(rows)


def table_bytes(rows: pd.DataFrame, what: str, suffix: str) -> bytes:
    """A selected table as a file of that suffix."""
    match suffix:
        case ".parquet":
            return parquet_bytes(rows, what)
        case ".xlsx":
            return xlsx_bytes(rows, what)
        case ".jsonl":
            return jsonl_bytes(rows)
        case _:
            return csv_bytes(rows)


def select(
    run: Run,
    what: str,
    *,
    class_: str | None = None,
    verdict: str | None = None,
    review: str | None = None,
) -> pd.DataFrame:
    """The rows that `export` writes, with its arguments and errors."""
    if what not in get_args(What):
        raise _unusable("table", ", ".join(get_args(What)), what)
    rows = _table(run, what)
    if class_ is not None:
        rows = _of_class(run, what, rows, class_)
    if verdict is not None:
        rows = _of_verdict(what, rows, verdict)
    if review is not None:
        rows = _of_review(run, what, rows, review)
    return rows.reset_index(drop=True)


def jsonl_bytes(frame: pd.DataFrame) -> bytes:
    """A frame as strict JSON Lines: null for null (and for infinities), no bytes columns."""
    kept = [name for name in frame.columns if not holds_bytes(frame[name])]
    columns = [frame[name].astype(object).where(frame[name].notna(), None) for name in kept]
    lines = (
        json.dumps(json_values(dict(zip(kept, row, strict=True))), ensure_ascii=False)
        for row in zip(*columns, strict=True)
    )
    return "".join(f"{line}\n" for line in lines).encode()


def parquet_bytes(frame: pd.DataFrame, what: str) -> bytes:
    """A frame as Parquet with the types of the run's tables, bytes columns included."""
    buffer = BytesIO()
    arrow = pa.Table.from_pandas(frame, schema=_schema(frame, what), preserve_index=False)
    pq.write_table(arrow.replace_schema_metadata(None), buffer, compression="zstd")
    return buffer.getvalue()


def _table(run: Run, what: str) -> pd.DataFrame:
    tables: dict[str, Callable[[], pd.DataFrame]] = {
        "cases": run.cases,
        "classes": run.classes,
        "slices": run.slices,
        "findings": lambda: _findings(run),
        "hypotheses": run.hypotheses,
        "reviews": lambda: decisions(run),
        "agreement": lambda: agreement_table(run),
        "actions": lambda: _actions(run),
    }
    return tables[what]()


def _findings(run: Run) -> pd.DataFrame:
    return findings_of(run.classes(), run.cases(("label", "verdict")), run.hypotheses())


def _actions(run: Run) -> pd.DataFrame:
    findings = (run.manifest.get("config") or {}).get("findings") or {}
    fewest = int(findings.get("min_images") or DEFAULT_MIN_IMAGES)
    return actions_of(run.classes(), run.cases(CASE_COLUMNS), min_images=fewest)


def _schema(frame: pd.DataFrame, what: str) -> pa.Schema:
    if what == "cases":
        return arrow_schema("cases", [name for name in frame.columns if name.startswith("slice_")])
    if what in {"slices", "hypotheses"}:
        return arrow_schema(what)
    if what == "reviews":
        return pa.schema([(name, pa.string()) for name in frame.columns])
    if what == "agreement":
        return pa.schema(AGREEMENT)
    known = {column.name: arrow_field(column) for column in (*CLASSES, *first_hypothesis())} | {
        "kind": pa.field("kind", pa.string(), nullable=False),
        "count": pa.field("count", pa.int64()),
        "flagged": pa.field("flagged", pa.int64(), nullable=False),
    }
    return pa.schema([known[str(name)] for name in frame.columns])


def _of_class(run: Run, what: str, rows: pd.DataFrame, class_: str) -> pd.DataFrame:
    column = CLASS_COLUMN.get(what, "class")
    if column is None:
        raise _unusable("filter", f"no --class: {what} are of the whole dataset", class_)
    known = run.classes()["class"].tolist()
    if class_ not in known:
        raise _unusable("class", _named(class_, known), repr(class_))
    return rows[rows[column] == class_]


def _named(class_: str, known: list[str]) -> str:
    """Names that were meant, or the first few of all of them."""
    meant = get_close_matches(class_, known, n=3)
    shown = meant or known[:NAMES_SHOWN]
    more = len(known) - len(shown)
    return f"one of {', '.join(map(repr, shown))}" + (f" and {more:,} more" if more else "")


def _of_verdict(what: str, rows: pd.DataFrame, verdict: str) -> pd.DataFrame:
    known = VERDICTS.get(what)
    if known is None:
        raise _unusable("filter", f"no --verdict: {what} have none", verdict)
    if verdict not in list(known):
        raise _unusable("verdict", f"of {what}: {', '.join(known)}", verdict)
    return rows[rows["verdict"] == verdict]


def _of_review(run: Run, what: str, rows: pd.DataFrame, review: str) -> pd.DataFrame:
    if what not in {"cases", "reviews"}:
        raise _unusable("filter", f"no --review: only cases are reviewed, not {what}", review)
    if review not in get_args(Reviewed):
        raise _unusable("review", ", ".join(get_args(Reviewed)), review)
    latest = standing_words(run)
    decided = rows["case_id"].map(lambda case: latest.get(case, "unreviewed"))
    return rows[decided == review]


def _unusable(thing: str, expected: str, got: str) -> RunError:
    return RunError(
        f"This {thing} cannot be exported.",
        expected=expected,
        got=got,
        remedy="see `auditor export --help`",
    )
