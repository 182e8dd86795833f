"""Scheduled audits over time: what the chart says is what the history keeps."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from auditor.database import DATABASE_VARIABLE
from auditor.schedule.cron import Cron
from auditor.schedule.leases import Leases
from auditor.schedule.store import open_schedules
from auditor.schedule.trends import TrendPoint
from auditor.schedule.values import Outcome, Schedule
from auditor.storage.run import Run
from dashboard.charts.trends import trend_chart
from tests.dashboard.apps import Open, text

START = datetime(2026, 11, 23, 7, tzinfo=UTC)


def point(day: int, verdicts: dict[str, str], **numbers: Any) -> TrendPoint:
    numbers = {"accuracy": None, "worst_group_accuracy": None, "shortcut_rate": None} | numbers
    return TrendPoint(
        schedule="nightly",
        run=f"nightly-{day}",
        due=START + timedelta(days=day),
        there=True,
        verdicts=verdicts,
        confirmed=0,
        images=None,
        tested=None,
        gate=None,
        **numbers,
    )


def test_bars_count_verdicts_and_lines_leave_gaps() -> None:
    figure = trend_chart(
        [
            point(0, {"a": "clean", "b": "clean"}, accuracy=0.9, shortcut_rate=0.0),
            point(1, {"a": "confirmed", "b": "clean"}, accuracy=None, shortcut_rate=0.2),
            point(2, {"a": "confirmed"}, accuracy=0.8, shortcut_rate=0.3),
        ]
    )
    drawn = {
        trace.name.split(" ", 1)[-1] if trace.type == "bar" else trace.name: (
            trace.type,
            list(trace.x),
            list(trace.y),
        )
        for trace in figure.data
    }
    days = ["2026-11-23 07:00", "2026-11-24 07:00", "2026-11-25 07:00"]
    assert drawn["Confirmed"] == ("bar", days, [0, 1, 1])
    assert drawn["Clean"] == ("bar", days, [2, 1, 0])
    assert "Undetermined" not in drawn
    assert drawn["Accuracy"] == ("scatter", days, [0.9, None, 0.8])
    assert drawn["Shortcut rate"][2] == [0.0, 0.2, 0.3]


def schedule_ran(runs: Path, name: str, times: int) -> None:
    store = open_schedules(runs)
    cron = Cron.parse("0 7 * * *")
    store.add(Schedule(name, cron, runs / "audit.toml", runs, cron.next(START)))
    leases = Leases(store)
    for day in range(times):
        now = START + timedelta(days=day)
        claim = leases.take(name, now, unasked=False)
        assert claim
        leases.finish(claim, Outcome(0, summary={"verdicts": {"a": "clean"}, "accuracy": 0.5}), now)


def test_the_page_of_runs_shows_a_schedule_that_has_run_twice(
    show: Open, fresh: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(DATABASE_VARIABLE, raising=False)
    runs = fresh.path.parent
    assert not show(runs, "runs").get("plotly_chart")
    schedule_ran(runs, "weekly", 1)
    assert not show(runs, "runs").get("plotly_chart")
    schedule_ran(runs, "nightly", 3)
    app = show(runs, "runs")
    assert not app.exception
    assert len(app.get("plotly_chart")) == 1
    assert re.search(r"\b3\b.*\bnightly\b", text(app))
