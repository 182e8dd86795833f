"""`auditor dashboard`: starts the reviewers' app as a process of its own.

The app is found by its package, not imported, so that a machine without torch can serve it and
this package never depends on it.
"""

from __future__ import annotations

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
    """The app's exit code; it runs until it is stopped."""
    if find_spec("dashboard") is None or find_spec("streamlit") is None:
        raise RunError(
            "The dashboard is not installed.",
            expected="the packages dashboard and streamlit",
            got="at least one of them is missing",
            remedy="pip install shortcut-auditor",
        )
    command = [sys.executable, "-m", "dashboard", str(runs)]
    command += ["--address", address, "--port", str(port)]
    process = subprocess.Popen(command)  # noqa: S603 - our own package, no shell
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.terminate()
        process.wait(timeout=10)
        return 0
