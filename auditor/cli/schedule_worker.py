"""The process that runs scheduled audits: its store, its worker, its exit code."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from auditor.cli.options import say

if TYPE_CHECKING:
    from auditor.schedule.store import ScheduleStore
    from auditor.schedule.work import ScheduleWorker


def open_store(runs: Path) -> ScheduleStore:
    """The schedules of a folder of runs."""
    from auditor.schedule.store import open_schedules

    return open_schedules(runs)


def new_worker(runs: Path, *, quiet: bool, as_json: bool) -> ScheduleWorker:
    """A worker that stops cleanly when the system asks it to (SIGTERM)."""
    from auditor.schedule.clock import SystemClock
    from auditor.schedule.leases import Leases
    from auditor.schedule.work import ScheduleWorker

    signal.signal(signal.SIGTERM, _interrupt)
    store = open_store(runs)
    return ScheduleWorker(
        store,
        Leases(store),
        SystemClock(),
        os.environ,
        say=lambda line: say(line, quiet=quiet, as_json=as_json),
    )


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def exit_code_of(exit_code: int | None) -> int:
    """The exit code of this process; an audit that was killed failed part-way (3)."""
    return exit_code if exit_code in (0, 1, 2) else 3
