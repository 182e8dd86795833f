"""`auditor demo`: audits the sample data that comes with the package, then serves the dashboard."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from auditor.cli import dashboard
from auditor.cli import run as run_command
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
    say,
)
from auditor.config import AuditConfig
from auditor.domain.errors import DataError

OUT = Path("runs") / "demo"


def demo(
    no_dashboard: Annotated[
        bool, typer.Option("--no-dashboard", help="Stop after the run and the report.")
    ] = False,
    address: Address = DEFAULT_ADDRESS,
    port: Port = DEFAULT_PORT,
    exposed: Exposed = False,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
    version: Version = False,
) -> None:
    """Audit the sample data, write runs/demo and serve the dashboard."""
    config = AuditConfig.load(sample_data() / "demo.toml", {"run.out": OUT})
    run_command.audit(config, resume=False, quiet=quiet, as_json=as_json, overwrite=True)
    if no_dashboard:
        return
    say(
        f"dashboard: http://{address}:{port}  (Ctrl-C stops it)",
        quiet=quiet,
        as_json=as_json,
    )
    raise typer.Exit(
        dashboard.serve(OUT.parent, address=address, port=port, exposed=exposed, quiet=True)
    )


def sample_data() -> Path:
    """The sample data's folder: inside the installed package, or beside it in a checkout."""
    package = Path(str(files("auditor")))
    for folder in (package / "_sample_data", package.parent / "sample_data"):
        if (folder / "demo.toml").is_file():
            return folder
    raise DataError(
        "The sample data is missing.",
        code="demo.no_sample_data",
        expected="the folder _sample_data inside the package, or sample_data beside it",
        got=f"neither in {package} nor in {package.parent}",
        remedy="install the package again: pip install --force-reinstall shortcut-auditor",
    )
