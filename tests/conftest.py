"""What tests of several packages share: one headless Chromium, one PostgreSQL server."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from auditor.threads import choose_threads, usable_cores
from tests.fakes.postgres import binaries, server

MOST_WORKERS = 4
SLOW_SECONDS = 10.0

# Before any test imports torch; workers of pytest-xdist share the cores.
choose_threads(processes=int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))

# What tests compute of their data is not remembered among the user's.
os.environ["AUDITOR_CACHE"] = tempfile.mkdtemp(prefix="auditor-test-cache-")

# Assertions on words are on English ones, whatever the locale of this machine.
os.environ["AUDITOR_LANG"] = "en"

# How long an example takes says how busy the machine is: by default over 200 ms would be a failure.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def pytest_xdist_auto_num_workers() -> int:
    """Processes for `-n auto`: one a core, and no more than memory holds networks for."""
    return min(usable_cores(), MOST_WORKERS)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name tests that took long without being marked `slow`; a busy machine makes more of them."""
    passed = terminalreporter.stats.get("passed", [])
    found = [
        report
        for report in passed
        if report.duration > SLOW_SECONDS and "slow" not in report.keywords
    ]
    if found:
        terminalreporter.section(f"took over {SLOW_SECONDS:.0f} s and is not marked slow")
        for report in sorted(found, key=lambda each: -each.duration):
            terminalreporter.write_line(f"{report.duration:6.1f} s  {report.nodeid}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's browser; Playwright can run only once in a process."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip(f"no Chromium on this machine (looked for {', '.join(NAMES)})")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server that lives as long as the tests."""
    programs = binaries()
    if programs is None:
        pytest.skip("no PostgreSQL server on this machine (looked for initdb)")
    with server(programs) as address:
        yield address
