"""How the app is started: the command, its environment, and what can be known beforehand."""

from __future__ import annotations

import ipaddress
import os
import secrets
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from auditor.domain.errors import AuditorError
from dashboard.door import PARAMETER, Rules, known_hosts

APP = Path(__file__).with_name("app.py")
SERVED = Path(__file__).with_name("serving.py")
RUNS_VARIABLE = "AUDITOR_RUNS"
DEFAULT_RUNS = Path("runs")
DEFAULT_ADDRESS = "127.0.0.1"
DEFAULT_PORT = 8501
HOSTS_VARIABLE = "STREAMLIT_SERVER_ALLOWED_HOSTS"
TOKEN_VARIABLE = "AUDITOR_DASHBOARD_TOKEN"  # noqa: S105 - the name of a variable
METRICS_VARIABLE = "AUDITOR_METRICS_TOKEN"
KNOWN_VARIABLE = "AUDITOR_DASHBOARD_HOSTS"
LITERALS_VARIABLE = "AUDITOR_DASHBOARD_ADDRESSES"
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
FEWEST_TOKEN = 16
"""Characters of a token that somebody chose."""

EXPOSED = """
WARNING: other machines can reach {address}, and nobody has to sign in.
  Whoever has the address with its token sees every picture and decides cases as "{name}".
  Keep it to yourself. Without TLS in front (a proxy) the token can be read on the way.
  For a team, let people sign in: docs/team.md.
"""


def command(address: str = DEFAULT_ADDRESS, port: int = DEFAULT_PORT) -> list[str]:
    """The process that serves the app; all that is not about the address is in config.toml."""
    return [
        *(sys.executable, "-m", "streamlit", "run", str(SERVED)),
        *("--server.address", address),
        *("--server.port", str(port)),
        *("--server.headless", "true"),
        *("--browser.gatherUsageStats", "false"),
        # We say where it is served, with the token where there is one, and stdout is ours.
        *("--logger.hideWelcomeMessage", "true"),
    ]


def environment(runs: Path, base: Mapping[str, str] | None = None) -> dict[str, str]:
    """The process's environment: `base` (this process's) and the folder of runs."""
    return {**(os.environ if base is None else base), RUNS_VARIABLE: str(runs.resolve())}


def guarded(
    address: str,
    *,
    expose: bool,
    signs_in: bool,
    hosts: Sequence[str] = (),
    base: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """What the served process has to know of who may ask, as variables of its environment.

    On this machine alone nobody is asked anything. Where others can reach the address, people sign
    in, or the address carries a token and `expose` says that this is meant.

    Args:
        address: that the server listens on.
        expose: whoever started it said that others may reach it without signing in.
        signs_in: team mode.
        hosts: further names by which browsers may ask, such as a proxy's.
        base: this process's environment.

    Raises:
        AuditorError: others could reach it without a token, or the given token is too short.
    """
    given = os.environ if base is None else base
    named = [*LOCAL_HOSTS, address, *hosts, *given.get(HOSTS_VARIABLE, "").split()]
    open_to_all = exposed(address)
    if open_to_all:
        named += [socket.gethostname(), socket.getfqdn()]
    known = " ".join(sorted(known_hosts(named)))
    found = {
        KNOWN_VARIABLE: known,
        # No name can be pointed at a number, so that only names have to be known. Streamlit's own
        # list has no word for that; the door stands before it.
        LITERALS_VARIABLE: "any" if open_to_all else "",
        HOSTS_VARIABLE: "*" if open_to_all else known,
        TOKEN_VARIABLE: "",
    }
    if not open_to_all or signs_in:
        return found
    if not expose:
        raise AuditorError(
            "Other machines could reach the dashboard, and nobody would have to sign in.",
            code="dashboard.exposed",
            expected="--address 127.0.0.1, team mode, or --exposed for an address with a token",
            got=f"--address {address} without any of these",
            remedy="add --exposed if that is meant; for a team: docs/team.md",
        )
    return found | {TOKEN_VARIABLE: _token(given)}


def rules(base: Mapping[str, str] | None = None) -> Rules:
    """What the door asks, as the environment of the served process says it."""
    given = os.environ if base is None else base
    return Rules(
        hosts=known_hosts([*LOCAL_HOSTS, *given.get(KNOWN_VARIABLE, "").split()]),
        literals=bool(given.get(LITERALS_VARIABLE)),
        token=given.get(TOKEN_VARIABLE) or None,
        metrics=given.get(METRICS_VARIABLE) or None,
    )


def _token(given: Mapping[str, str]) -> str:
    chosen = given.get(TOKEN_VARIABLE, "")
    if chosen and (len(chosen) < FEWEST_TOKEN or not chosen.isascii() or not chosen.isalnum()):
        raise AuditorError(
            "The dashboard's token is too easy to guess.",
            code="dashboard.weak_token",
            expected=f"at least {FEWEST_TOKEN} letters and digits in {TOKEN_VARIABLE}",
            got=f"{len(chosen)} characters",
            remedy=f"leave {TOKEN_VARIABLE} out: a token is drawn and printed",
        )
    return chosen or secrets.token_hex(16)


def runs_folder() -> Path:
    """The folder that the app was started with: one that holds runs, or a run itself."""
    return Path(os.environ.get(RUNS_VARIABLE) or DEFAULT_RUNS).resolve()


def check_address(address: str, port: int) -> None:
    """Raise `AuditorError` where the server could not listen: a busy port, a foreign address."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            # A port that waits out a closed connection is free for a server.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
    except (OSError, OverflowError) as error:
        raise AuditorError(
            f"The dashboard cannot be served at {address}:{port}.",
            code="dashboard.address",
            expected="an address of this machine and a port that nobody listens on",
            got=str(error),
            remedy=f"open http://{address}:{port} if a dashboard runs there already, "
            f"or choose another port: --port {port + 1}",
        ) from error


def exposed(address: str) -> bool:
    """Whether other machines can reach a server that listens on `address`."""
    try:
        return not ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address != "localhost"


def url(address: str, port: int, token: str = "") -> str:
    """What to type into the browser."""
    host = {"0.0.0.0": "localhost", "::": "localhost"}.get(address, address)  # noqa: S104
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}" + (f"/?{PARAMETER}={token}" if token else "")
