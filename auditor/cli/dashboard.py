"""`auditor dashboard`: starts the reviewers' app as a process of its own.

The app is found by its package, not imported, so that a machine without torch can serve it and
this package never depends on it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.options import (
    DEFAULT_ADDRESS,
    DEFAULT_PORT,
    Address,
    Debug,
    Exposed,
    Json,
    Port,
    Quiet,
    Version,
)
from auditor.domain.errors import RunError


def dashboard(
    runs: Annotated[Path, typer.Argument(metavar="[RUNS]", help="Folder of runs.")] = Path("runs"),
    address: Address = DEFAULT_ADDRESS,
    port: Port = DEFAULT_PORT,
    exposed: Exposed = False,
    host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A further name of this server, such as a proxy's."),
    ] = None,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
    version: Version = False,
) -> None:
    """Serve the reviewers' app until Ctrl-C."""
    served = serve(
        runs,
        address=address,
        port=port,
        exposed=exposed,
        hosts=host or (),
        quiet=quiet,
        as_json=as_json,
    )
    raise typer.Exit(served)


def serve(
    runs: Path,
    *,
    address: str,
    port: int,
    exposed: bool = False,
    hosts: Sequence[str] = (),
    quiet: bool = False,
    as_json: bool = False,
) -> int:
    """The app's exit code; it runs until it is stopped.

    Where the system can, this very process becomes the app: what stops one then stops the other,
    SIGTERM and `docker stop` too, and an audit that went before leaves no memory behind.
    """
    if find_spec("dashboard") is None or find_spec("streamlit") is None:
        raise RunError(
            "The dashboard is not installed.",
            code="extra.dashboard",
            expected="the packages dashboard and streamlit",
            got="at least one of them is missing",
            remedy="pip install shortcut-auditor",
        )
    if runs.exists() and not runs.is_dir():
        raise RunError(
            "This is no folder of runs.",
            code="runs.no_folder",
            expected="a folder; it may be empty, or not be there yet",
            got=f"{runs} is a file",
            remedy="name the folder that holds the run folders",
        )
    command = [sys.executable, "-m", "dashboard", "--address", address, "--port", str(port)]
    command += ["--exposed"] * exposed + [f"--host={name}" for name in hosts]
    command += ["--quiet"] * quiet + ["--json"] * as_json + ["--", str(runs)]
    if os.name == "posix":
        sys.stdout.flush()
        sys.stderr.flush()
        os.execv(sys.executable, command)  # noqa: S606 - our own package, no shell
    try:
        return subprocess.call(command)  # noqa: S603 - as above
    except KeyboardInterrupt:
        return 0
