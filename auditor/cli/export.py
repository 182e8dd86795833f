"""`auditor export`: a run's tables for data teams."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.options import Debug, Json, Quiet, RunFolder, Version, say, say_json
from auditor.domain.exports import Export, ReviewFilter


def export(
    run: RunFolder,
    what: Annotated[Export, typer.Option(help="Which table.")],
    out: Annotated[
        Path, typer.Option(metavar="FILE", help="A .csv, .parquet, .jsonl or .xlsx file.")
    ],
    class_: Annotated[str | None, typer.Option("--class", help="Only this class.")] = None,
    verdict: Annotated[str | None, typer.Option(help="Only this verdict.")] = None,
    review: Annotated[ReviewFilter | None, typer.Option(help="Only cases so reviewed.")] = None,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
    version: Version = False,
) -> None:
    """Write a table of a finished run as CSV, Parquet, JSON Lines or a spreadsheet."""
    from auditor import export as exporting
    from auditor.storage.run import open_run

    rows = exporting.export(open_run(run), what, out, class_=class_, verdict=verdict, review=review)
    if as_json:
        say_json({"file": str(out), "what": what.value, "rows": rows})
    say(f"written: {out} ({rows} rows)", quiet=quiet, as_json=as_json)
