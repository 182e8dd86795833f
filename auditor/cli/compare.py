"""`auditor compare`: what changed from one run to another, and what is noise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.cli.options import Debug, Json, Lang, Quiet, Version, say, say_json, spoken
from auditor.domain.errors import RunError

if TYPE_CHECKING:
    from auditor.comparison import Comparison

SUFFIXES = (".html", ".md", ".json")


def compare(
    base: Annotated[Path, typer.Argument(metavar="BASE", help="The run before.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The run after.")],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A .html, .md or .json file.")
    ] = None,
    lang: Lang = None,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
    version: Version = False,
) -> None:
    """Say what changed between two runs, with intervals, and what is noise."""
    from auditor.comparison import compare as compare_runs
    from auditor.storage.atomic import write_output
    from auditor.storage.run import open_run

    if out is not None and out.suffix.lower() not in SUFFIXES:
        raise RunError(
            "This is no file that a comparison can be written to.",
            code="output.suffix",
            expected=f"a name that ends in {' or '.join(SUFFIXES)}",
            got=out.suffix or "no suffix",
            remedy="name another --out",
        )
    told = spoken(lang)
    comparison = compare_runs(open_run(base), open_run(new))
    if out is not None:
        write_output(out, _document(comparison, out.suffix.lower(), told.language))
    if as_json:
        say_json(comparison.to_dict())
    elif not quiet:
        from auditor.cli.show_changes import changes

        changes(comparison, told)
    if out is not None:
        say(told("written: {path}", path=out), quiet=quiet, as_json=as_json)


def _document(comparison: Comparison, suffix: str, lang: str) -> str:
    from auditor.reports import render_comparison_html, render_comparison_markdown

    if suffix == ".html":
        return render_comparison_html(comparison, lang)
    if suffix == ".md":
        return render_comparison_markdown(comparison, lang)
    return json.dumps(comparison.to_dict(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
