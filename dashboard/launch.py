"""How the app is started: the command, its environment, and what can be known beforehand."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from auditor.domain.errors import AuditorError

APP = Path(__file__).with_name("app.py")
RUNS_VARIABLE = "AUDITOR_RUNS"
DEFAULT_RUNS = Path("runs")
DEFAULT_ADDRESS = "127.0.0.1"
DEFAULT_PORT = 8501
HOSTS_VARIABLE = "STREAMLIT_SERVER_ALLOWED_HOSTS"
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")

EXPOSED = """
WARNING: nobody has to sign in, and other machines can reach {address}.
  Whoever can open this address sees every picture and decides cases as "{name}".
  Let only this machine reach it (--address 127.0.0.1; with Docker: -p 127.0.0.1:8501:8501),
  or set up sign-in: docs/team.md.
"""


def command(address: str = DEFAULT_ADDRESS, port: int = DEFAULT_PORT) -> list[str]:
    """The process that serves the app; all that is not about the address is in config.toml."""
    return [
        *(sys.executable, "-m", "streamlit", "run", str(APP)),
        *("--server.address", address),
        *("--server.port", str(port)),
        *("--server.headless", "true"),
        *("--browser.gatherUsageStats", "false"),
    ]


def environment(runs: Path, base: Mapping[str, str] | None = None) -> dict[str, str]:
    """The process's environment: `base` (this process's) and the folder of runs."""
    return {**(os.environ if base is None else base), RUNS_VARIABLE: str(runs.resolve())}


def solo_hosts(address: str, base: Mapping[str, str] | None = None) -> dict[str, str]:
    """The names under which a browser may ask for an app that listens on this machine only.

    A page elsewhere could otherwise let its own name point here (DNS rebinding) and decide in the
    reader's place. What `base` (this process's environment) says goes before it.
    """
    given = os.environ if base is None else base
    if exposed(address) or HOSTS_VARIABLE in given:
        return {}
    return {HOSTS_VARIABLE: " ".join(dict.fromkeys([*LOCAL_HOSTS, address]))}


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


def url(address: str, port: int) -> str:
    """What to type into the browser."""
    host = {"0.0.0.0": "localhost", "::": "localhost"}.get(address, address)  # noqa: S104
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
