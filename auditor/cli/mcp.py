"""`auditor mcp`: runs for assistants, read only."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.options import Debug, Quiet, Version
from auditor.domain.errors import AuditorError, RunError


def mcp(
    runs: Annotated[Path, typer.Argument(metavar="RUNS", help="A folder of runs.")],
    quiet: Quiet = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Nothing more: the protocol is JSON.")
    ] = False,
    debug: Debug = False,
    version: Version = False,
) -> None:
    """Serve runs to assistants over the Model Context Protocol on stdin and stdout, read only."""
    if not runs.is_dir():
        raise RunError(
            "The folder of runs is not there.",
            code="runs.no_folder",
            expected="a folder that holds runs, or one run",
            got=str(runs),
            remedy="name the folder that --out of `auditor run` lies in",
        )
    try:
        import mcp.server  # noqa: F401
    except ModuleNotFoundError:
        raise AuditorError(
            "The MCP server needs the extra `mcp`.",
            code="extra.mcp",
            expected="the package mcp",
            got="it is not installed",
            remedy="pip install 'shortcut-auditor[mcp]'",
        ) from None
    from auditor import __version__
    from auditor.mcp_server.answers import RunFolder
    from auditor.mcp_server.server import build_server

    build_server(RunFolder(runs), __version__).run("stdio")
