"""CSV: `decision`, and `case_id` or `image`; `label`, `reviewer`, `note`, `time` if there."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from auditor.review_imports.records import (
    Imported,
    ImportedDecision,
    ReviewTarget,
    decision_of,
    unreadable,
)


def read_csv(text: str) -> Imported:
    """Rows without a decision are cases that nobody decided: they are passed over.

    Raises:
        DataError: a needed column is missing or a decision is not understood.
    """
    try:
        rows = list(csv.DictReader(io.StringIO(text), strict=True))
    except csv.Error as error:
        raise unreadable("the CSV", str(error)) from None
    columns = set(rows[0]) if rows else set()
    if rows and ("decision" not in columns or not columns & {"case_id", "image"}):
        raise unreadable("the header", "it needs decision, and case_id or image")
    told = (_decision(row, f"row {number}") for number, row in enumerate(rows, start=2))
    return Imported(tuple(each for each in told if each is not None))


def _decision(row: Mapping[str, str | None], place: str) -> ImportedDecision | None:
    def text(name: str) -> str | None:
        value = (row.get(name) or "").strip()
        return _unprefixed(value) or None

    word = text("decision")
    if word is None or word == "withdrawn":
        return None
    return ImportedDecision(
        ReviewTarget(text("case_id"), text("image"), text("label"), place),
        decision_of(word, place),
        text("reviewer"),
        text("note") or "",
        text("time"),
    )


def _unprefixed(value: str) -> str:
    """Exports put ' before text that a spreadsheet would run."""
    return value[1:] if len(value) > 1 and value[0] == "'" and value[1] in "=+-@\t\r" else value
