"""Which rows of a table are wanted: by class, verdict and review."""

from __future__ import annotations

from difflib import get_close_matches

import pandas as pd

from auditor.domain.errors import RunError
from auditor.domain.exports import EXPORTS, ExportSpec, ReviewFilter
from auditor.export.tables import rows_of
from auditor.reviewed import latest_decisions
from auditor.storage.run import Run

NAMES_SHOWN = 10


def select(
    run: Run,
    what: str,
    *,
    class_: str | None = None,
    verdict: str | None = None,
    review: str | None = None,
) -> pd.DataFrame:
    """The rows that `export` writes, with its arguments and errors."""
    spec = EXPORTS.get(what)
    if spec is None:
        raise unusable("table", ", ".join(EXPORTS), what)
    rows = rows_of(run, spec.name)
    if class_ is not None:
        rows = _of_class(run, spec, rows, class_)
    if verdict is not None:
        rows = _of_verdict(spec, rows, verdict)
    if review is not None:
        rows = _of_review(run, spec, rows, review)
    return rows.reset_index(drop=True)


def _of_class(run: Run, spec: ExportSpec, rows: pd.DataFrame, class_: str) -> pd.DataFrame:
    if spec.class_column is None:
        raise unusable("filter", f"no --class: {spec.name} are of the whole dataset", class_)
    known = run.classes()["class"].tolist()
    if class_ not in known:
        raise unusable("class", _named(class_, known), repr(class_))
    return rows[rows[spec.class_column] == class_]


def _named(class_: str, known: list[str]) -> str:
    """Names that were meant, or the first few of all of them."""
    meant = get_close_matches(class_, known, n=3)
    shown = meant or known[:NAMES_SHOWN]
    more = len(known) - len(shown)
    return f"one of {', '.join(map(repr, shown))}" + (f" and {more:,} more" if more else "")


def _of_verdict(spec: ExportSpec, rows: pd.DataFrame, verdict: str) -> pd.DataFrame:
    if spec.verdicts is None:
        raise unusable("filter", f"no --verdict: {spec.name} have none", verdict)
    if verdict not in list(spec.verdicts):
        raise unusable("verdict", f"of {spec.name}: {', '.join(spec.verdicts)}", verdict)
    return rows[rows["verdict"] == verdict]


def _of_review(run: Run, spec: ExportSpec, rows: pd.DataFrame, review: str) -> pd.DataFrame:
    if not spec.by_case:
        raise unusable("filter", f"no --review: only cases are reviewed, not {spec.name}", review)
    if review not in list(ReviewFilter):
        raise unusable("review", ", ".join(ReviewFilter), review)
    latest = latest_decisions(run)
    decided = rows["case_id"].map(lambda case: latest.get(case, ReviewFilter.UNREVIEWED.value))
    return rows[decided == review]


def unusable(thing: str, expected: str, got: str) -> RunError:
    """A table, filter or file that does not exist or does not apply."""
    return RunError(
        f"This {thing} cannot be exported.",
        code="export.not_available",
        expected=expected,
        got=got,
        remedy="see `auditor export --help`",
    )
