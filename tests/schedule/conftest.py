"""A folder of runs, a configuration, a clock, and audits that take a moment."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from auditor.database import DATABASE_VARIABLE
from auditor.schedule.cron import Cron
from auditor.schedule.leases import Leases
from auditor.schedule.running import Runner
from auditor.schedule.store import ScheduleStore, open_schedules
from auditor.schedule.values import Schedule
from auditor.schedule.work import ScheduleWorker
from tests.fakes.clock import FakeClock
from tests.fakes.hook import Hook, receiver
from tests.fakes.runs import make_run

PROGRAM = (sys.executable, str(Path(__file__).parents[1] / "fakes" / "audit_program.py"))
START = datetime(2026, 11, 23, 12, tzinfo=UTC)
"""a Monday"""
CONFIG = """
[data]
path = "images"
[model]
factory = "nobody:builds_it"
"""


@dataclass
class Bench:
    """Everything a test of a worker turns."""

    home: Path
    template: Path
    clock: FakeClock = field(default_factory=lambda: FakeClock(START))
    environment: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    @property
    def runs(self) -> Path:
        return self.home / "runs"

    @property
    def config(self) -> Path:
        return self.home / "audit.toml"

    def orders(self, **orders: Any) -> None:
        text = json.dumps({"template": str(self.template)} | orders)
        (self.home / "orders.json").write_text(text)

    def starts(self) -> list[str]:
        file = self.home / "starts.txt"
        return file.read_text().splitlines() if file.exists() else []

    def store(self) -> ScheduleStore:
        return open_schedules(self.runs)

    def add(self, name: str = "weekly", cron: str = "0 7 * * 1", **more: Any) -> Schedule:
        when = Cron.parse(cron, more.pop("timezone", "UTC"))
        schedule = Schedule(
            name=name,
            cron=when,
            config=self.config,
            folder=self.home,
            next_due=when.next(self.clock.now()),
            **more,
        )
        self.store().add(schedule)
        return schedule

    def worker(self, *, beat: float = 0.05) -> ScheduleWorker:
        store = self.store()
        return ScheduleWorker(
            store,
            Leases(store),
            self.clock,
            self.environment,
            runner=Runner(PROGRAM, beat=beat),
            say=self.said.append,
        )


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_run(tmp_path_factory.mktemp("template") / "run", images=False).path


@pytest.fixture
def bench(tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.delenv(DATABASE_VARIABLE, raising=False)
    (tmp_path / "runs").mkdir()
    (tmp_path / "audit.toml").write_text(CONFIG)
    made = Bench(tmp_path, template)
    made.orders()
    return made


@pytest.fixture
def hook() -> Iterator[Hook]:
    with receiver() as got:
        yield got
