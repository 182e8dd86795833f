"""Progress of an audit: a bar on a terminal, plain lines elsewhere, nothing with --quiet."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
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
from auditor.wording.catalogue import Translator

LINE_EVERY_SECONDS = 10.0


class Lines:
    """One line when a stage begins and ends, and one every ten seconds in between."""

    def __init__(self, _: Translator) -> None:
        self._words = _
        self._name = ""
        self._total: int | None = None
        self._done = 0
        self._began = self._said = time.monotonic()

    def stage(self, name: str, total: int | None) -> None:
        """Close the previous stage and announce this one."""
        self.close()
        _ = self._words
        self._name, self._total, self._done = _.told(name), total, 0
        self._began = self._said = time.monotonic()
        told = self._name
        if total:
            told = _.ngettext("{stage}: {n} image", "{stage}: {n} images", total, stage=told)
        print(told, file=sys.stderr, flush=True)

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
        _ = self._words
        rate = self._done / max(now - self._began, 1e-9)
        of = f"/{self._total}" if self._total else ""
        values = {"stage": self._name, "done": f"{self._done}{of}", "rate": rate}
        if self._total and self._done < self._total and rate:
            told = _(
                "{stage}: {done}, {rate:.0f} img/s, {seconds:.0f} s left, {memory}",
                **values,
                seconds=(self._total - self._done) / rate,
                memory=memory(_),
            )
        else:
            told = _("{stage}: {done}, {rate:.0f} img/s, {memory}", **values, memory=memory(_))
        print(f"  {told}", file=sys.stderr, flush=True)


class Bar:
    """A rich progress bar with img/s, ETA and memory."""

    def __init__(self, bars: Progress, _: Translator) -> None:
        self._bars = bars
        self._words = _
        self._task: TaskID | None = None
        self._began = time.monotonic()
        self._done = 0

    def stage(self, name: str, total: int | None) -> None:
        """Complete the previous bar and open a new one."""
        if self._task is not None:
            self._bars.update(self._task, total=self._done or 1, completed=self._done or 1)
        self._task = self._bars.add_task(escape(self._words.told(name)), total=total, speed="")
        self._began, self._done = time.monotonic(), 0

    def advance(self, steps: int = 1) -> None:
        """Move the bar."""
        if self._task is None:
            return
        self._done += steps
        rate = self._done / max(time.monotonic() - self._began, 1e-9)
        _ = self._words
        speed = _("{rate:.0f} img/s, {memory}", rate=rate, memory=memory(_))
        self._bars.update(self._task, advance=steps, speed=speed)


def memory(_: Translator) -> str:
    """Peak memory so far: the host's and, once torch has one, the device's."""
    host = host_peak() / 2**20
    device = device_use()
    if device is None:
        return f"{host:,.0f} MiB"
    peak = device.peak / 2**20
    if device.percent is None:
        return _("{host:,.0f} MiB, {peak:,.0f} MiB on the device", host=host, peak=peak)
    return _(
        "{host:,.0f} MiB, {peak:,.0f} MiB on the device ({percent}% busy)",
        host=host,
        peak=peak,
        percent=device.percent,
    )


@contextmanager
def progress(_: Translator, *, quiet: bool, log_json: bool = False) -> Iterator[ports.Progress]:
    """The progress that fits where stderr goes; JSON lines, in English, if asked for, also with
    `quiet`."""
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
        lines = Lines(_)
        yield lines
        lines.close()
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as bars:
        yield Bar(bars, _)
