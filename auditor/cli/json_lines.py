"""Progress for machines: one JSON object per line on stderr, for log collectors."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from auditor.profiling import device_use, host_peak

EVERY_SECONDS = 10.0


class JsonLines:
    """One line when a stage begins and ends, and one every ten seconds in between.

    Every line has `time` (UTC), `event` (stage, progress, done), `stage`, `peak_memory` (bytes on
    the host), `device_memory` (bytes at the peak) and `device_percent` (busy), both null without a
    GPU, the latter also where it is unknown; `progress` and `done` also `done`, `total`,
    `seconds` and `per_second`, and `progress` also `seconds_left`, null where it is unknown.
    """

    def __init__(self) -> None:
        self._name = ""
        self._total: int | None = None
        self._done = 0
        self._began = self._said = monotonic()

    def stage(self, name: str, total: int | None) -> None:
        """Close the previous stage and announce this one."""
        self.close()
        self._name, self._total, self._done = name, total, 0
        self._began = self._said = monotonic()
        self._say("stage", total=total)

    def advance(self, steps: int = 1) -> None:
        """Count, and report at intervals."""
        self._done += steps
        now = monotonic()
        if now - self._said >= EVERY_SECONDS:
            self._said = now
            rate = self._done / max(now - self._began, 1e-9)
            left = None if self._total is None else round((self._total - self._done) / rate, 1)
            self._say("progress", **self._figures(now), seconds_left=left)

    def close(self) -> None:
        """Report how the stage ended."""
        if self._name:
            self._say("done", **self._figures(monotonic()))
        self._name = ""

    def _figures(self, now: float) -> dict[str, Any]:
        seconds = now - self._began
        return {
            "done": self._done,
            "total": self._total,
            "seconds": round(seconds, 3),
            "per_second": round(self._done / max(seconds, 1e-9), 1),
        }

    def _say(self, event: str, **figures: Any) -> None:
        device = device_use()
        line = {
            "stage": self._name,
            **figures,
            "peak_memory": host_peak(),
            "device_memory": None if device is None else device.peak,
            "device_percent": None if device is None else device.percent,
        }
        say_line(event, **line)


def say_line(event: str, **figures: Any) -> None:
    """One line: `time` (UTC), `event`, and what belongs to it."""
    line = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **figures}
    print(json.dumps(line, ensure_ascii=False), file=sys.stderr, flush=True)
