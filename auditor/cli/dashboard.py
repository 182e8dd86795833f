"""`auditor dashboard`: starts the reviewers' app as a process of its own.

The app is found by its package, not imported, so that a machine without torch can serve it and
this package never depends on it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.options import (
    DEFAULT_ADDRESS,
    DEFAULT_PORT,
    Address,
    Debug,
    Port,
    Quiet,
    Version,
)
from auditor.domain.errors import RunError


def dashboard(
    runs: Annotated[Path, typer.Argument(metavar="[RUNS]", help="Folder of runs.")] = Path("runs"),
    address: Address = DEFAULT_ADDRESS,
    port: Port = DEFAULT_PORT,
    quiet: Quiet = False,
    debug: Debug = False,
    version: Version = False,
) -> None:
    """Serve the reviewers' app until Ctrl-C."""
    raise typer.Exit(serve(runs, address=address, port=port))


def serve(runs: Path, *, address: str, port: int) -> int:
    """The app's exit code; it runs until it is stopped.

    Where the system can, this very process becomes the app: what stops one then stops the other,
    SIGTERM and `docker stop` too, and an audit that went before leaves no memory behind.
    """
    if find_spec("dashboard") is None or find_spec("streamlit") is None:
        raise RunError(
            "The dashboard is not installed.",
            expected="the packages dashboard and streamlit",
            got="at least one of them is missing",
            remedy="pip install shortcut-auditor",
        )
    command = [sys.executable, "-m", "dashboard", str(runs)]
    command += ["--address", address, "--port", str(port)]
    if os.name == "posix":
        sys.stdout.flush()
        sys.stderr.flush()
        os.execv(sys.executable, command)  # noqa: S606 - our own package, no shell
    try:
        return subprocess.call(command)  # noqa: S603 - as above
    except KeyboardInterrupt:
        return 0
