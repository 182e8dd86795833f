"""Progress of an audit: a bar on a terminal, plain lines elsewhere, nothing with --quiet."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from auditor import ports
from auditor.cli.json_lines import JsonLines
from auditor.profiling import device_use, host_peak

LINE_EVERY_SECONDS = 10.0


class Lines:
    """One line when a stage begins and ends, and one every ten seconds in between."""

    def __init__(self) -> None:
        self._name = ""
        self._total: int | None = None
        self._done = 0
        self._began = self._said = time.monotonic()

    def stage(self, name: str, total: int | None) -> None:
        """Close the previous stage and announce this one."""
        self.close()
        self._name, self._total, self._done = name, total, 0
        self._began = self._said = time.monotonic()
        print(f"{name}: {total} images" if total else name, file=sys.stderr, flush=True)

    def advance(self, steps: int = 1) -> None:
        """Count, and report at intervals."""
        self._done += steps
        now = time.monotonic()
        if now - self._said >= LINE_EVERY_SECONDS:
            self._said = now
            self._say(now)

    def close(self) -> None:
        """Report how the stage ended."""
        if self._name and self._done:
            self._say(time.monotonic())
        self._name = ""

    def _say(self, now: float) -> None:
        rate = self._done / max(now - self._began, 1e-9)
        left = ""
        if self._total and self._done < self._total and rate:
            left = f", {(self._total - self._done) / rate:.0f} s left"
        of = f"/{self._total}" if self._total else ""
        print(
            f"  {self._name}: {self._done}{of}, {rate:.0f} img/s{left}{memory()}",
            file=sys.stderr,
            flush=True,
        )


class Bar:
    """A rich progress bar with img/s, ETA and memory."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._task: TaskID | None = None
        self._began = time.monotonic()
        self._done = 0

    def stage(self, name: str, total: int | None) -> None:
        """Complete the previous bar and open a new one."""
        if self._task is not None:
            self._bars.update(self._task, total=self._done or 1, completed=self._done or 1)
        self._task = self._bars.add_task(name, total=total, rate="", memory="")
        self._began, self._done = time.monotonic(), 0

    def advance(self, steps: int = 1) -> None:
        """Move the bar."""
        if self._task is None:
            return
        self._done += steps
        rate = self._done / max(time.monotonic() - self._began, 1e-9)
        self._bars.update(self._task, advance=steps, rate=f"{rate:.0f} img/s", memory=memory())


def memory() -> str:
    """Peak memory so far, as a clause: the host's and, once torch has one, the device's."""
    host = f", {host_peak() / 2**20:,.0f} MiB"
    device = device_use()
    if device is None:
        return host
    busy = "" if device.percent is None else f" ({device.percent}% busy)"
    return f"{host}, {device.peak / 2**20:,.0f} MiB on the device{busy}"


@contextmanager
def progress(*, quiet: bool, log_json: bool = False) -> Iterator[ports.Progress]:
    """The progress that fits where stderr goes; JSON lines if asked for, also with `quiet`."""
    if log_json:
        log = JsonLines()
        yield log
        log.close()
        return
    if quiet:
        yield ports.Silent()
        return
    console = Console(stderr=True)
    if not console.is_terminal:
        lines = Lines()
        yield lines
        lines.close()
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}{task.fields[memory]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as bars:
        yield Bar(bars)
