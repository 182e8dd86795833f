"""A run's tables as CSV, Parquet, JSON Lines or a spreadsheet. docs/exports.md."""

from __future__ import annotations

from pathlib import Path

from auditor.export.formats import SUFFIXES, jsonl_bytes, parquet_bytes, table_bytes
from auditor.export.selection import select, unusable
from auditor.storage.atomic import write_output
from auditor.storage.csv_text import csv_bytes
from auditor.storage.run import Run

__all__ = ["csv_bytes", "export", "jsonl_bytes", "parquet_bytes", "select", "table_bytes"]


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
        what: a name of `auditor.domain.exports.EXPORTS`.
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
        raise unusable("file", f"a name that ends in {' or '.join(SUFFIXES)}", got)
    rows = select(run, what, class_=class_, verdict=verdict, review=review)
    write_output(out, table_bytes(rows, what, suffix))
    return len(rows)
