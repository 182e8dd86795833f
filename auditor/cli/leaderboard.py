"""`auditor leaderboard`: finished runs of the same data side by side."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.options import Debug, Json, Lang, Quiet, Version, say, say_json, spoken
from auditor.domain.errors import RunError

SUFFIXES = (".html", ".md", ".json")


def leaderboard(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN RUN...", help="Two runs or more.")],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A .html, .md or .json file.")
    ] = None,
    lang: Lang = None,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
    version: Version = False,
) -> None:
    """Rank finished runs of the same data, and say which networks rely on the same cues."""
    from auditor.leaderboard import leaderboard as ranked
    from auditor.reports.leaderboard import render_leaderboard_html, render_leaderboard_markdown
    from auditor.storage.atomic import write_output
    from auditor.storage.run import open_run

    suffix = ".md" if out is None else out.suffix.lower()
    if suffix not in SUFFIXES:
        raise RunError(
            "This is no file that a leaderboard can be written to.",
            code="output.suffix",
            expected=f"a name that ends in {' or '.join(SUFFIXES)}",
            got=suffix or "no suffix",
            remedy="name another --out",
        )
    told = spoken(lang)
    board = ranked([open_run(run) for run in runs])
    match suffix:
        case ".html":
            content = render_leaderboard_html(board, told.language)
        case ".json":
            content = json.dumps(board.to_dict(), indent=2, ensure_ascii=False) + "\n"
        case _:
            content = render_leaderboard_markdown(board, told.language)
    if as_json:
        say_json(board.to_dict())
    elif out is None:
        say(content, quiet=quiet)
    if out is not None:
        write_output(out, content)
        say(told("written: {path}", path=out), quiet=quiet, as_json=as_json)
