"""`python -m dashboard [RUNS] [--address A] [--port P] [--quiet] [--json]`: the reviewers' app."""

from __future__ import annotations

import argparse
import json
import os
import runpy
import sys
from collections.abc import Sequence
from pathlib import Path

from streamlit.logger import get_logger

from auditor.domain.errors import AuditorError
from dashboard import launch, ready
from dashboard.message_size import bound_messages
from dashboard.session import access, state


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
    ready.modules()
    ready.newest_run(given.runs.resolve())
    # Streamlit was imported before it heard the address, and would call that a change.
    get_logger("streamlit.config").addFilter(lambda said: "[server]" not in said.getMessage())
    bound_messages()
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
