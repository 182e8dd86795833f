"""A served dashboard and a browser that tells on every request to another host."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.fakes.runs import make_run

ROOT = Path(__file__).parents[2]
START_SECONDS = 180
PATIENCE_MS = 60_000
"""A loaded machine takes its time; what never comes is still told."""
expect.set_options(timeout=PATIENCE_MS)


@dataclass(frozen=True)
class Served:
    """A running dashboard: its address and the folder of runs."""

    url: str
    runs: Path


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    runs = tmp_path_factory.mktemp("served") / "runs"
    for name in ("solo", "fast", "walk", "bulk", "undo", "look"):
        make_run(runs / name, classes=4, per_class=12)
    make_run(runs / "hostile", classes=6, per_class=4, hostile=True)
    with serving(runs) as url:
        yield Served(url, runs)


@contextmanager
def serving(runs: Path, *, port: int | None = None, **environment: str) -> Iterator[str]:
    """A dashboard on loopback, from the folder beside the runs, until the block ends: its URL.

    `environment` goes on top of this process's; HOME is the same folder, so that no secrets of
    whoever runs the tests come in.
    """
    port = free_port() if port is None else port
    home = runs.parent
    command = [sys.executable, "-m", "dashboard", str(runs), "--port", str(port)]
    surroundings = os.environ | {"PYTHONPATH": str(ROOT), "HOME": str(home)} | environment
    log = (home / "log").open("w")
    process = subprocess.Popen(
        command, stdout=log, stderr=subprocess.STDOUT, cwd=home, env=surroundings
    )
    try:
        _wait(f"http://127.0.0.1:{port}/_stcore/health", process, home / "log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=10)
        log.close()


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@pytest.fixture
def page(chromium: Browser, served: Served) -> Iterator[Page]:
    page = chromium.new_page(viewport={"width": 1280, "height": 900}, color_scheme="light")
    page.set_default_timeout(PATIENCE_MS)
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    page.close()
    own = (served.url, served.url.replace("http", "ws"), "data:", "blob:")
    assert [url for url in asked if not url.startswith(own)] == []
    assert errors == []


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urlopen(url, timeout=2) as answer:  # noqa: S310
                if answer.read() == b"ok":
                    return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the dashboard did not start: {log.read_text()}")
