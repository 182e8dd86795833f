"""A clock that only moves when it is told to, or slept on."""

from __future__ import annotations

from datetime import datetime, timedelta


class FakeClock:
    """A `Clock`."""

    def __init__(self, now: datetime) -> None:
        self.time = now
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += timedelta(seconds=seconds)
