"""A PostgreSQL server of this machine, for a test session: nothing of it stays."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER = "postgres"
"""The server refuses to run as root; Debian's package brings this user."""


def binaries() -> Path | None:
    """The folder of `initdb` and `postgres`, if they are installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    named = shutil.which("initdb")
    return Path(named).parent if named else (found[-1].parent if found else None)


@contextmanager
def server(programs: Path) -> Iterator[str]:
    """The address of a fresh server on a free port of this machine."""
    data = Path(tempfile.mkdtemp(prefix="auditor-postgres-"))
    as_user: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(data, USER)
        as_user = ["runuser", "-u", USER, "--"]
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    initdb = [
        programs / "initdb",
        "-D",
        data,
        "-U",
        "auditor",
        "--no-sync",
        "-A",
        "trust",
    ]
    run = [programs / "postgres", "-D", data, "-p", str(port), "-k", data, "-F"]
    try:
        subprocess.run([*as_user, *initdb], check=True, capture_output=True, cwd="/")
        with (data / "log").open("wb") as log:
            process = subprocess.Popen(
                [*as_user, *run, "-h", "127.0.0.1"], stdout=log, stderr=log, cwd="/"
            )
        try:
            _wait(port, process)
            yield f"postgresql://auditor@127.0.0.1:{port}/postgres"
        finally:
            process.terminate()
            process.wait(timeout=60)
    finally:
        shutil.rmtree(data, ignore_errors=True)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the PostgreSQL server did not start")
