"""`auditor report`: a run as one self-contained document."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from auditor.cli.options import Debug, Json, Quiet, RunFolder, Version, say, say_json
from auditor.domain.errors import RunError

Format = Literal["html", "pdf", "md"]


def report(
    run: RunFolder,
    format_: Annotated[Format, typer.Option("--format", help="What to write.")] = "html",
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to write it.")] = None,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
    version: Version = False,
) -> None:
    """Write the report of a finished run."""
    from auditor.reports import render_html, render_markdown
    from auditor.storage.run import open_run

    if format_ == "pdf":
        raise RunError(
            "A PDF cannot be written by this version.",
            expected="--format html or md",
            got="--format pdf",
            remedy="write the HTML report and print it to PDF from a browser: it is made for paper",
        )
    opened = open_run(run)
    target = out or opened.path / f"report.{format_}"
    text = (render_html if format_ == "html" else render_markdown)(opened.contents())
    try:
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise RunError(
            "The report cannot be written.",
            expected=f"a writable file {target}",
            got=str(error),
            remedy="choose another --out",
        ) from None
    if as_json:
        say_json({"report": str(target), "format": format_, "bytes": target.stat().st_size})
    say(f"written: {target}", quiet=quiet, as_json=as_json)
