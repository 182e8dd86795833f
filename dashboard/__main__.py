"""`python -m dashboard [RUNS] [--address A] [--port P] [--quiet] [--json]`: the reviewers' app."""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import os
import runpy
import sys
from collections.abc import Sequence
from pathlib import Path

from auditor.domain.errors import AuditorError
from dashboard import launch
from dashboard.session import access, state

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
    parser.add_argument(
        "--exposed",
        action="store_true",
        help="let other machines reach it without sign-in, by an address with a token",
    )
    parser.add_argument(
        "--host",
        action="append",
        default=[],
        metavar="NAME",
        help="a further name by which browsers may ask, such as a proxy's",
    )
    parser.add_argument("--quiet", action="store_true", help="only errors")
    parser.add_argument("--json", action="store_true", help="the address as JSON on stdout")
    given = parser.parse_args(arguments)
    try:
        access.check()
        launch.check_address(given.address, given.port)
        team = access.team()
        guard = launch.guarded(
            given.address,
            expose=given.exposed,
            signs_in=team,
            hosts=[*given.host, *(access.own_hosts() if team else ())],
        )
    except AuditorError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    os.environ.update(launch.environment(given.runs) | guard)
    token = guard[launch.TOKEN_VARIABLE]
    if token:
        _warn(given.address)
    _say_where(launch.url(given.address, given.port, token), given, always=bool(token))
    for module in WARM:
        importlib.import_module(module)
    # Streamlit collects garbage after every run of the script. What was imported never is any: to
    # look through it each time took half of the processor time of an answer.
    gc.collect()
    gc.freeze()
    # In this very process, so that whoever started it can stop it by its id.
    sys.argv = launch.command(given.address, given.port)[2:]
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)
    return 0


def _say_where(url: str, given: argparse.Namespace, *, always: bool) -> None:
    """Without the token in it nobody finds in, so that address is said even with --quiet."""
    if given.json:
        print(json.dumps({"runs": str(given.runs), "url": url}, ensure_ascii=False), flush=True)
    elif always or not given.quiet:
        print(f"The dashboard: {url}", flush=True)


def _warn(address: str) -> None:
    print(launch.EXPOSED.format(address=address, name=state.reviewer()), file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
