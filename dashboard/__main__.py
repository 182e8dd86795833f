"""`python -m dashboard [RUNS] [--address A] [--port P] [--quiet] [--json]`: the reviewers' app."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import runpy
import sys
from collections.abc import Sequence
from pathlib import Path

from auditor.domain.errors import AuditorError
from dashboard import access, launch, state

WARM = (
    "auditor.comparison.compare",
    "auditor.export",
    "auditor.reports",
    "auditor.schedule.store",
    "dashboard.charts.changes",
    "dashboard.charts.groups",
    "dashboard.runs.images",
    "dashboard.charts.progress",
)
"""What takes a second to import and needs no session: the first reader shall not wait for it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until stopped; 2 when it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m dashboard", description=__doc__)
    parser.add_argument("runs", nargs="?", type=Path, default=launch.DEFAULT_RUNS)
    parser.add_argument("--address", default=launch.DEFAULT_ADDRESS)
    parser.add_argument("--port", type=int, default=launch.DEFAULT_PORT)
    parser.add_argument("--quiet", action="store_true", help="only errors")
    parser.add_argument("--json", action="store_true", help="the address as JSON on stdout")
    given = parser.parse_args(arguments)
    try:
        access.check()
        launch.check_address(given.address, given.port)
    except AuditorError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    if access.team():
        os.environ.update(launch.environment(given.runs))
    else:
        _warn(given.address)
        os.environ.update(launch.environment(given.runs) | launch.solo_hosts(given.address))
    _say_where(launch.url(given.address, given.port), given)
    for module in WARM:
        importlib.import_module(module)
    # In this very process, so that whoever started it can stop it by its id.
    sys.argv = launch.command(given.address, given.port)[2:]
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)
    return 0


def _say_where(url: str, given: argparse.Namespace) -> None:
    if given.json:
        print(json.dumps({"runs": str(given.runs), "url": url}, ensure_ascii=False), flush=True)
    elif not given.quiet:
        print(f"The dashboard: {url}", flush=True)


def _warn(address: str) -> None:
    if launch.exposed(address):
        print(launch.EXPOSED.format(address=address, name=state.reviewer()), file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
